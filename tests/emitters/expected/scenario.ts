/**
 * What the applications of `python/run.py` and `node/run.mjs` ask and get, written by hand from the stand-in's answers in
 * `collect.py`. What a fixture has to become is said beside this, in terms of it.
 */
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { SpanRole } from '#server/otlp/mapping';

/** What one span has to become; a field that is not named must not be there. */
export interface ExpectedSpan {
  /** The name of the span, as it was exported. */
  readonly span: string;
  readonly role: SpanRole;
  /** As our own endpoints take it, but for `metadata` and `sdk`. */
  readonly fields: JsonObject;
  /** What its metadata must hold, among others. */
  readonly metadata?: JsonObject;
  readonly notes?: readonly string[];
  /** A call around another one of its kind: it is stored as a step, with what it reports in its metadata. */
  readonly isOuter?: true;
  /** No AI work, and nothing under it: it is not kept. */
  readonly isDropped?: true;
  /** LangChain's steps say much more than is worth repeating: other fields may be there too. */
  readonly isPartial?: true;
}

export const SYSTEM = 'You answer in one sentence.';
export const QUESTION = 'What is the weather in Paris?';
export const ANSWER = 'It is sunny in Paris, 24 degrees.';
export const RESULT = { sky: 'clear', degrees: 24 };
export const SERVED = 'gpt-4o-mini-2024-07-18';

/** A time that differs from run to run. */
export const SOME_MS = expect.any(Number) as unknown as JsonValue; // Jest compares it as it asks to be.

/** An id that differs from run to run. */
export const SOME_TEXT = expect.any(String) as unknown as JsonValue; // Likewise.

/** The service says so of itself, in its resource. */
export const SERVICE: JsonObject = { environment: 'staging', release: '1.4.2' };
/** Whose call it was, where the instrumentation can say so. */
export const PERSON: JsonObject = { user_id: 'user-42', session_id: 'chat-7' };
/** The tags `beta` and `team:search`. */
export const TAGS: JsonObject = { tags: { beta: 'true', team: 'search' } };

export const ASKED: JsonValue[] = [
  { role: 'system', content: SYSTEM },
  { role: 'user', content: QUESTION },
];
export const TOOLS: JsonValue[] = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      description: 'The weather in a city.',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
];

/** LangChain's Python writes the arguments with a space. */
export function aCall(args = '{"city":"Paris"}'): JsonObject {
  return { id: 'call_weather', type: 'function', function: { name: 'get_weather', arguments: args } };
}

/** The history of the third call: the tool was called, and gave back the weather. */
export function aHistory({
  call = aCall(),
  assistant = {},
  tool = {},
}: { call?: JsonObject; assistant?: JsonObject; tool?: JsonObject } = {}): JsonValue[] {
  return [
    ...ASKED,
    { role: 'assistant', content: null, ...assistant, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'call_weather', content: '{"sky":"clear","degrees":24}', ...tool },
  ];
}

/** An answer that calls the tool, in the form of chat completions. */
export function aCallingAnswer(call = aCall(), finish: JsonObject = { finish_reason: 'tool_calls' }): JsonObject {
  return { choices: [{ index: 0, message: { role: 'assistant', content: null, tool_calls: [call] }, ...finish }] };
}

/** 120 tokens, of which 40 were cached; 30 came back, of which 10 were thoughts. */
export const TOTALS: JsonObject = { input_tokens: 120, output_tokens: 30 };
export const USAGE: JsonObject = { ...TOTALS, cached_input_tokens: 40, reasoning_tokens: 10 };
export const NO_AUDIO: JsonObject = { audio_input_tokens: 0, audio_output_tokens: 0 };

/** The span of HTTP around the calls, which is no AI work. */
export const HTTP_SPAN: ExpectedSpan = {
  span: 'GET /weather',
  role: 'other',
  fields: { ...SERVICE, name: 'GET /weather', kind: 'span', status: 'success' },
  metadata: { 'http.request.method': 'GET', 'url.path': '/weather', 'service.name': 'weather-app' },
};
