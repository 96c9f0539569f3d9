/** One small application, recorded by the instrumentation whose name is given. `collect.py` starts it. */
import { createRequire } from 'node:module';
import { trace } from '@opentelemetry/api';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { callByAiSdk } from '../aiSdkCalls.mjs';
import { callOpenAI, callResponses, QUESTION, RESULT } from '../openAiCalls.mjs';

const require = createRequire(import.meta.url);
const resource = defaultResource().merge(detectResources({ detectors: [envDetector] }));

/** By the name of the emitter. */
const calls = process.argv[2].includes('-responses-') ? callResponses : callOpenAI;

function provide(Exporter = JsonExporter, processors = []) {
  const provider = new NodeTracerProvider({
    resource,
    spanProcessors: processors.length > 0 ? processors : [new BatchSpanProcessor(new Exporter())],
  });
  provider.register();
  return provider;
}

/** As an application has it: a span of HTTP around the calls. */
async function inAppSpan(work) {
  const attributes = { 'http.request.method': 'GET', 'url.path': '/weather' };
  await trace.getTracer('weather-app').startActiveSpan('GET /weather', { attributes }, async (span) => {
    await work();
    span.end();
  });
}

/** By the AI SDK 6, with who it was for. */
async function callByAiSdk6() {
  const modules = { ai: await import('ai'), openAi: await import('@ai-sdk/openai'), zod: await import('zod') };
  const metadata = { userId: 'user-42', sessionId: 'chat-7', tags: ['beta', 'team:search'], plan: 'pro' };
  await callByAiSdk(modules, (functionId) => ({
    experimental_telemetry: { isEnabled: true, functionId, metadata },
  }));
}

const EMITTERS = {
  async 'otel-openai-js'() {
    const { OpenAIInstrumentation } = require('@opentelemetry/instrumentation-openai');
    const { registerInstrumentations } = require('@opentelemetry/instrumentation');
    const provider = provide();
    const loggerProvider = new LoggerProvider({
      resource,
      processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter() })],
    });
    registerInstrumentations({
      instrumentations: [new OpenAIInstrumentation({ captureMessageContent: true })],
      tracerProvider: provider,
      loggerProvider,
    });
    const { OpenAI } = require('openai');
    await inAppSpan(() => calls(new OpenAI({ maxRetries: 0 })));
    await provider.shutdown();
    await loggerProvider.shutdown();
  },
  async 'traceloop-openai-js'() {
    const { OpenAIInstrumentation } = require('@traceloop/instrumentation-openai');
    const { OpenAI } = require('openai');
    const provider = provide(ProtobufExporter);
    const instrumentation = new OpenAIInstrumentation({ enrichTokens: false });
    instrumentation.setTracerProvider(provider);
    instrumentation.manuallyInstrument(OpenAI);
    await inAppSpan(() => callOpenAI(new OpenAI({ maxRetries: 0 })));
    await provider.shutdown();
  },
  async 'openinference-openai-js'() {
    const { OpenAIInstrumentation } = require('@arizeai/openinference-instrumentation-openai');
    const { OpenAI } = require('openai');
    const provider = provide(ProtobufExporter);
    const instrumentation = new OpenAIInstrumentation();
    instrumentation.setTracerProvider(provider);
    instrumentation.manuallyInstrument(OpenAI);
    await inAppSpan(() => calls(new OpenAI({ maxRetries: 0 })));
    await provider.shutdown();
  },
  async 'langfuse-openai-js'() {
    const { LangfuseSpanProcessor } = await import('@langfuse/otel');
    const { observeOpenAI } = await import('@langfuse/openai');
    const { propagateAttributes, startActiveObservation } = await import('@langfuse/tracing');
    const { OpenAI } = await import('openai');
    const provider = provide(undefined, [new LangfuseSpanProcessor()]);
    await startActiveObservation('answer-question', async (span) => {
      span.update({ input: { question: QUESTION } });
      const about = {
        userId: 'user-42',
        sessionId: 'chat-7',
        tags: ['beta', 'team:search'],
        metadata: { plan: 'pro' },
      };
      await propagateAttributes(about, async () => {
        await callOpenAI(observeOpenAI(new OpenAI({ maxRetries: 0 })));
        startActiveObservation(
          'get_weather',
          (tool) => void tool.update({ input: { city: 'Paris' }, output: RESULT }),
          { asType: 'tool' },
        );
      });
      span.update({ output: 'It is sunny in Paris, 24 degrees.' });
    });
    await provider.forceFlush();
    await provider.shutdown();
  },
  /** All by the variables of OpenTelemetry. */
  async 'otel-sdk-node-js'() {
    const { NodeSDK } = require('@opentelemetry/sdk-node');
    const { OpenAIInstrumentation } = require('@opentelemetry/instrumentation-openai');
    const sdk = new NodeSDK({ instrumentations: [new OpenAIInstrumentation({ captureMessageContent: true })] });
    sdk.start();
    const { OpenAI } = require('openai');
    await inAppSpan(() => callOpenAI(new OpenAI({ maxRetries: 0 })));
    await sdk.shutdown();
  },
  async 'ai-sdk-js'() {
    const provider = provide();
    await inAppSpan(callByAiSdk6);
    await provider.shutdown();
  },
  async 'vercel-otel-js'() {
    const { registerOTel } = await import('@vercel/otel');
    // It finds where to send by the variables of OpenTelemetry.
    registerOTel({ serviceName: 'weather-app' });
    await inAppSpan(callByAiSdk6);
    await trace.getTracerProvider().getDelegate().shutdown();
  },
  async 'openinference-vercel-js'() {
    const { OpenInferenceBatchSpanProcessor } = await import('@arizeai/openinference-vercel');
    const provider = provide(undefined, [new OpenInferenceBatchSpanProcessor({ exporter: new ProtobufExporter() })]);
    await inAppSpan(callByAiSdk6);
    await provider.shutdown();
  },
};

await EMITTERS[process.argv[2].replace('-responses-', '-openai-')]();
