import type { OtelGuide, OtelStep } from './otelGuides.ts';
import { environmentStep, langfuseStep, npmStep, OTEL_JS, runStep, traceloopStep } from './otelSteps.ts';
import type { SnippetTarget } from './snippets.ts';

const FILE = 'first-call.mjs';

const PROVIDER = `// Reads from the environment where to send, and with which key.
const provider = new NodeTracerProvider({
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();`;

const PROVIDER_IMPORTS = `import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';`;

/** A script ends at once: what it made is sent before, also of a call that failed. */
function thenSend(call: string, send = 'provider.shutdown()'): string {
  return `try {
${call.replaceAll(/^(?=.)/gm, '  ')}
} finally {
  await ${send}; // Only for scripts, which end at once: a call that fails is logged too.
}`;
}

const OPENAI_CALL = `const completion = await new OpenAI().chat.completions.create({
  model: 'gpt-4.1-mini',
  messages: [{ role: 'user', content: 'Say hello to PromptLab.' }],
});
console.log(completion.choices[0].message.content);`;

function codeStep(code: string): OtelStep {
  return {
    text: `Save as ${FILE}. In your own program, the part before the call goes into the file that runs first.`,
    code,
    language: 'js',
    label: 'JavaScript that logs a call',
  };
}

/** The guides for JavaScript and TypeScript. */
export function javaScriptGuides(target: SnippetTarget) {
  return {
    aiSdk6: {
      id: 'ai-sdk-6',
      title: 'AI SDK v6',
      about:
        'Each call of `generateText`, `streamText`, `generateObject` and `embed` whose telemetry is enabled, with its steps and tools. Versions 4 and 5 are enabled in the same way.',
      steps: [
        npmStep('ai@6', '@ai-sdk/openai@3', ...OTEL_JS),
        environmentStep(target),
        codeStep(`${PROVIDER_IMPORTS}
import { openai } from '@ai-sdk/openai';
import { generateText } from 'ai';

${PROVIDER}

${thenSend(`const { text } = await generateText({
  model: openai('gpt-4.1-mini'),
  prompt: 'Say hello to PromptLab.',
  experimental_telemetry: {
    isEnabled: true,
    functionId: 'say-hello', // The name of the call.
    metadata: { userId: 'user-1', sessionId: 'session-1' },
  },
});
console.log(text);`)}`),
        runStep(`node ${FILE}`),
      ],
    },
    aiSdk7: {
      id: 'ai-sdk-7',
      title: 'AI SDK v7',
      about: 'Every call, once the integration is registered. Version 7 needs Node 22.',
      steps: [
        npmStep('ai@7', '@ai-sdk/openai@4', '@ai-sdk/otel@1', ...OTEL_JS),
        environmentStep(target),
        codeStep(`${PROVIDER_IMPORTS}
import { openai } from '@ai-sdk/openai';
import { OpenTelemetry } from '@ai-sdk/otel';
import { generateText, registerTelemetry } from 'ai';

${PROVIDER}
registerTelemetry(new OpenTelemetry());

${thenSend(`const { text } = await generateText({
  model: openai('gpt-4.1-mini'),
  prompt: 'Say hello to PromptLab.',
  telemetry: { functionId: 'say-hello' }, // The name of the call.
});
console.log(text);`)}`),
        runStep(`node ${FILE}`),
      ],
    },
    langChainJs: {
      id: 'langchain-js',
      title: 'LangChain JS',
      about: 'Chains, agents, tools, retrievers and model calls of LangChain and LangGraph.',
      steps: [
        npmStep('@langchain/core', '@langchain/openai', '@arizeai/openinference-instrumentation-langchain', ...OTEL_JS),
        environmentStep(target),
        codeStep(`${PROVIDER_IMPORTS}
import { LangChainInstrumentation } from '@arizeai/openinference-instrumentation-langchain';
import * as CallbackManagerModule from '@langchain/core/callbacks/manager';
import { ChatOpenAI } from '@langchain/openai';

${PROVIDER}
new LangChainInstrumentation().manuallyInstrument(CallbackManagerModule);

${thenSend(`const model = new ChatOpenAI({ model: 'gpt-4.1-mini' });
const answer = await model.invoke('Say hello to PromptLab.');
console.log(answer.content);`)}`),
        runStep(`node ${FILE}`),
      ],
    },
    openInferenceJs: {
      id: 'openinference-js',
      title: 'OpenInference JS',
      about: 'Calls of the OpenAI client. The instrumentations of OpenInference for other libraries are set up alike.',
      steps: [
        npmStep('openai@6', '@arizeai/openinference-instrumentation-openai', ...OTEL_JS),
        environmentStep(target),
        codeStep(`${PROVIDER_IMPORTS}
import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
import OpenAI from 'openai';

${PROVIDER}
new OpenAIInstrumentation().manuallyInstrument(OpenAI);

${thenSend(OPENAI_CALL)}`),
        runStep(`node ${FILE}`),
      ],
    },
    openLlmetryJs: {
      id: 'openllmetry-js',
      title: 'OpenLLMetry JS',
      about: 'Calls of OpenAI, Anthropic, Bedrock, LangChain, LlamaIndex and others, and workflows of your own.',
      steps: [
        npmStep('openai@6', '@traceloop/node-server-sdk'),
        traceloopStep(target),
        codeStep(`import * as traceloop from '@traceloop/node-server-sdk';
import OpenAI from 'openai';

traceloop.initialize({
  appName: 'my-app',
  instrumentModules: { openAI: OpenAI },
});

${thenSend(OPENAI_CALL, 'traceloop.forceFlush()')}`),
        runStep(`node ${FILE}`),
      ],
    },
    langfuseJs: {
      id: 'langfuse-js',
      title: 'Langfuse JS',
      about: 'What the Langfuse SDK (v4 and v5) traces. Its prompts and scores are not part of OpenTelemetry.',
      steps: [
        npmStep('openai@6', '@langfuse/openai', '@langfuse/otel', '@opentelemetry/sdk-trace-node@2'),
        langfuseStep(target),
        codeStep(`import { observeOpenAI } from '@langfuse/openai';
import { LangfuseSpanProcessor } from '@langfuse/otel';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import OpenAI from 'openai';

// Reads from the environment where to send, and with which key.
const provider = new NodeTracerProvider({ spanProcessors: [new LangfuseSpanProcessor()] });
provider.register();

const openai = observeOpenAI(new OpenAI());
${thenSend(OPENAI_CALL.replace('new OpenAI()', 'openai'))}`),
        runStep(`node ${FILE}`),
      ],
    },
  } satisfies Record<string, OtelGuide>;
}
