/** The application of `node/run.mjs` with the AI SDK 7, whose telemetry follows the current GenAI conventions. */
import { OpenTelemetry } from '@ai-sdk/otel';
import { createOpenAI } from '@ai-sdk/openai';
import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { embed, generateText, registerTelemetry, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';

const SYSTEM = 'You answer in one sentence.';
const QUESTION = 'What is the weather in Paris?';

const provider = new NodeTracerProvider({
  resource: defaultResource().merge(detectResources({ detectors: [envDetector] })),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
registerTelemetry(new OpenTelemetry());

const openai = createOpenAI({});
const tools = {
  get_weather: tool({
    description: 'The weather in a city.',
    inputSchema: z.object({ city: z.string() }),
    execute: async () => ({ sky: 'clear', degrees: 24 }),
  }),
};

await trace.getTracer('weather-app').startActiveSpan('GET /weather', async (span) => {
  await generateText({
    model: openai.chat('gpt-4o-mini'),
    system: SYSTEM,
    prompt: QUESTION,
    tools,
    temperature: 0.2,
    maxOutputTokens: 100,
    maxRetries: 0,
    stopWhen: stepCountIs(3),
    telemetry: { functionId: 'weather' },
  });
  const streamed = streamText({
    model: openai.chat('gpt-4.1-mini'),
    prompt: QUESTION,
    telemetry: { functionId: 'stream' },
  });
  for await (const _ of streamed.textStream);
  await generateText({ model: openai('o4-mini'), prompt: QUESTION, telemetry: { functionId: 'think' } });
  await generateText({
    model: openai.chat('status-429'),
    prompt: QUESTION,
    maxRetries: 0,
    telemetry: { functionId: 'fail' },
  }).catch((error) => console.log(error.name));
  await embed({
    model: openai.embedding('text-embedding-3-small'),
    value: QUESTION,
    telemetry: { functionId: 'find' },
  });
  span.end();
});
await provider.shutdown();
