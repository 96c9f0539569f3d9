/** The same instrumentations, set up in other ways: by Traceloop's whole SDK, by Vercel's package, by OpenInference's processor. */
import { textOf } from '#shared/conversation/part';
import type { JsonObject } from '#shared/primitives';
import { AI_SDK } from './aiSdk.ts';
import { OPENAI_CALLS } from './openAiCalls.ts';
import { type ExpectedSpan, PERSON, QUESTION, RESULT, SERVICE } from './scenario.ts';

/** Words of a stream are counted by the SDK itself, where the provider told no usage. */
const COUNTED = { input_tokens: 13, output_tokens: 10 };
const WORKFLOW: JsonObject = {
  'traceloop.workflow.name': 'answer-question',
  plan: 'pro',
  'service.name': 'weather-app',
};

function step(span: string, kind: 'tool' | 'chain', fields: JsonObject): ExpectedSpan {
  return {
    span,
    role: kind,
    fields: { ...SERVICE, ...PERSON, kind, status: 'success', ...fields },
    metadata: WORKFLOW,
  };
}

const traceloopSdk: ExpectedSpan[] = [
  ...(OPENAI_CALLS['traceloop-openai-js'] ?? [])
    .filter(({ role }) => role === 'llm')
    .map((one) => ({
      ...one,
      fields: { ...one.fields, ...PERSON, ...(one.fields.model === 'gpt-4.1-mini' ? COUNTED : {}) },
      metadata: WORKFLOW,
      notes: [],
    })),
  step('get_weather.tool', 'tool', { name: 'get_weather', input: { city: 'Paris' }, output: RESULT }),
  step('answer-question.workflow', 'chain', {
    name: 'answer-question',
    input: { question: QUESTION },
    output: RESULT,
  }),
];

/** Vercel's package traces `fetch` too, below each call: no AI work, and nothing under it. */
function fetchSpan(path: string): ExpectedSpan {
  const name = `fetch POST http://127.0.0.1:8080/v1/${path}`;
  return { span: name, role: 'other', fields: { ...SERVICE, name, kind: 'span', status: 'success' }, isDropped: true };
}

const vercel: ExpectedSpan[] = [
  ...['chat/completions', 'chat/completions', 'chat/completions', 'responses', 'chat/completions', 'embeddings'].map(
    fetchSpan,
  ),
  ...AI_SDK,
];

/** It names spans by their function, adds its own names for parameters, and marks what came after a failed call as failed too. */
const openInferenceVercel: ExpectedSpan[] = AI_SDK.map((one) => {
  if (one.role === 'other') return { ...one, role: 'span' };
  const called = one.span === 'ai.toolCall' ? 'weather' : (textOf(one.fields.name) ?? '');
  const { parameters } = one.fields;
  const fields: JsonObject = { ...one.fields };
  if (parameters !== undefined) fields.parameters = { ...(parameters as JsonObject), max_completion_tokens: 100 };
  if (fields.model === 'status-429') fields.response_model = 'status-429';
  if (one.role === 'embedding') {
    fields.response_model = 'text-embedding-3-small';
    fields.parameters = { maxRetries: 2 };
  }
  if (one.span.startsWith('ai.embed')) {
    fields.status = 'error';
    fields.error = { message: 'slow down' };
  }
  return { ...one, span: `${one.span} ${called}`, fields };
});

export const OTHER_SETUPS: Readonly<Record<string, readonly ExpectedSpan[]>> = {
  'otel-sdk-node-js': OPENAI_CALLS['otel-openai-js'] ?? [],
  'traceloop-sdk-js': traceloopSdk,
  'vercel-otel-js': vercel,
  'openinference-vercel-js': openInferenceVercel,
};
