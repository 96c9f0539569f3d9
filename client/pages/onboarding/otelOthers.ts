import type { OtelGuide } from './otelGuides.ts';
import { environmentStep, otelEndpoint, runStep } from './otelSteps.ts';
import type { SnippetTarget } from './snippets.ts';

/** The guides for other languages, and for a collector. */
export function otherGuides(target: SnippetTarget) {
  return {
    go: {
      id: 'go',
      title: 'OpenTelemetry Go',
      about:
        'Spans that your program makes, by the names of the GenAI conventions. A library that makes such spans itself needs the exporter alone.',
      steps: [
        {
          text: 'Install, in a module of your own, or in a new one.',
          code: 'go mod init first-call\ngo get go.opentelemetry.io/otel/sdk go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp',
          language: 'sh',
          label: 'Command that installs the packages',
        },
        environmentStep(target),
        {
          text: 'Save as main.go.',
          code: GO,
          language: 'go',
          label: 'Go that logs a call',
        },
        { text: 'Run it.', code: 'go run .', language: 'sh', label: 'Command that runs it' },
      ],
    },
    java: {
      id: 'java',
      title: 'OpenTelemetry Java',
      about: "Calls of OpenAI's and Bedrock's clients, without a line of code.",
      steps: [
        {
          text: 'Download the agent.',
          code: 'curl -LO https://github.com/open-telemetry/opentelemetry-java-instrumentation/releases/latest/download/opentelemetry-javaagent.jar',
          language: 'sh',
          label: 'Command that downloads the agent',
        },
        environmentStep(
          target,
          'OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
          'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true',
        ),
        runStep('java -javaagent:opentelemetry-javaagent.jar -jar my-app.jar'),
      ],
    },
    collector: {
      id: 'collector',
      title: 'OpenTelemetry Collector',
      about:
        'Everything that your programs send to a collector already; it passes traces and logs on. What has no sign of a model call is dropped here, and counted.',
      steps: [
        {
          text: 'Save as collector.yaml, or add the exporter to the configuration that you have.',
          code: `receivers:
  otlp:
    protocols:
      http:
        endpoint: localhost:4318
      grpc:
        endpoint: localhost:4317
processors:
  batch:
exporters:
  otlp_http/promptlab: # In older collectors: otlphttp/promptlab.
    endpoint: ${otelEndpoint(target)}
    headers:
      Authorization: Bearer ${target.apiKey}
service:
  pipelines:
    traces:
      receivers: [otlp]
      processors: [batch]
      exporters: [otlp_http/promptlab]
    logs:
      receivers: [otlp]
      processors: [batch]
      exporters: [otlp_http/promptlab]`,
          language: 'yaml',
          label: 'Configuration of a collector',
        },
        { text: 'Run it.', code: 'otelcol --config collector.yaml', language: 'sh', label: 'Command that runs it' },
      ],
    },
  } satisfies Record<string, OtelGuide>;
}

const GO = `package main

import (
	"context"
	"log"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

func main() {
	ctx := context.Background()
	// Reads from the environment where to send, and with which key.
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		log.Fatal(err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer provider.Shutdown(ctx)

	_, span := provider.Tracer("my-app").Start(ctx, "chat gpt-4.1-mini")
	// Call the model here, and say what it was given and what came back.
	span.SetAttributes(
		attribute.String("gen_ai.operation.name", "chat"),
		attribute.String("gen_ai.provider.name", "openai"),
		attribute.String("gen_ai.request.model", "gpt-4.1-mini"),
		attribute.String("gen_ai.input.messages", \`[{"role":"user","parts":[{"type":"text","content":"Say hello to PromptLab."}]}]\`),
		attribute.String("gen_ai.output.messages", \`[{"role":"assistant","parts":[{"type":"text","content":"Hello, PromptLab!"}],"finish_reason":"stop"}]\`),
		attribute.Int("gen_ai.usage.input_tokens", 13),
		attribute.Int("gen_ai.usage.output_tokens", 5),
	)
	span.End()
}`;
