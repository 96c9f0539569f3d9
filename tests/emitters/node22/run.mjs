/** The application of `node/run.mjs` with the AI SDK 7, whose telemetry follows the current GenAI conventions. */
import { OpenTelemetry } from '@ai-sdk/otel';
import * as openAi from '@ai-sdk/openai';
import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import * as ai from 'ai';
import * as zod from 'zod';
import { callByAiSdk } from '../aiSdkCalls.mjs';

const provider = new NodeTracerProvider({
  resource: defaultResource().merge(detectResources({ detectors: [envDetector] })),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
ai.registerTelemetry(new OpenTelemetry());

await trace.getTracer('weather-app').startActiveSpan('GET /weather', async (span) => {
  await callByAiSdk({ ai, openAi, zod }, (functionId) => ({ telemetry: { functionId } }));
  span.end();
});
await provider.shutdown();
