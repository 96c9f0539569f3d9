import type { JsonValue } from '#shared/primitives';
import { endOfReason, readFinishReason } from './finishReason.ts';

test.each<[string, JsonValue, string | null]>([
  ['chat completions', { choices: [{ finish_reason: 'stop', message: { content: 'Hi' } }] }, 'stop'],
  ['several choices', { choices: [{ finish_reason: 'stop' }, { finish_reason: 'length' }] }, 'length'],
  ['a choice without a reason', { choices: [{ finish_reason: null }, { finish_reason: 'tool_calls' }] }, 'tool_calls'],
  ['Responses', { object: 'response', status: 'completed', output: [{}] }, 'completed'],
  [
    'Responses, cut off',
    { object: 'response', status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output: [] },
    'max_output_tokens',
  ],
  ['Anthropic', { type: 'message', content: [{ type: 'text', text: 'Hi' }], stop_reason: 'end_turn' }, 'end_turn'],
  ['Gemini', { candidates: [{ content: {}, finishReason: 'MAX_TOKENS' }] }, 'MAX_TOKENS'],
  [
    'Gemini, streamed',
    [{ candidates: [{ content: {} }] }, { candidates: [{ content: {}, finishReason: 'SAFETY' }] }],
    'SAFETY',
  ],
  ['Bedrock', { output: { message: {} }, stopReason: 'max_tokens' }, 'max_tokens'],
  ['Cohere', { message: { content: [] }, finish_reason: 'COMPLETE' }, 'COMPLETE'],
  ['Ollama', { message: { content: 'Hi' }, done: true, done_reason: 'length' }, 'length'],
  ["Ollama's other endpoint", { response: 'Hi', done: true, done_reason: 'length' }, 'length'],
  ["Cohere's first version", { text: 'Hi', finish_reason: 'MAX_TOKENS' }, 'MAX_TOKENS'],
  ["Anthropic's first endpoint", { type: 'completion', completion: 'Hi', stop_reason: 'max_tokens' }, 'max_tokens'],
  ['Llama on Bedrock', { generation: 'Hi', stop_reason: 'length' }, 'length'],
  ['Titan', { results: [{ outputText: 'Hi', completionReason: 'LENGTH' }] }, 'LENGTH'],
  ['Mistral on Bedrock', { outputs: [{ text: 'Hi', stop_reason: 'length' }] }, 'length'],
  ['watsonx', { results: [{ generated_text: 'Hi', stop_reason: 'max_tokens' }] }, 'max_tokens'],
  ['Hugging Face', [{ generated_text: 'Hi', details: { finish_reason: 'length' } }], 'length'],
  ['LangChain', { content: 'Hi', response_metadata: { finish_reason: 'length' } }, 'length'],
  ['Pydantic AI', { kind: 'response', parts: [{ part_kind: 'text' }], finish_reason: 'length' }, 'length'],
  [
    'Realtime',
    { object: 'realtime.response', status: 'incomplete', status_details: { reason: 'max_output_tokens' }, output: [] },
    'max_output_tokens',
  ],
  ['the AI SDK', { text: 'Hi', finishReason: 'content-filter' }, 'content-filter'],
  ['a JSON of any other form', { stop_reason: 'rain', finish_reason: 'over' }, null],
  ['a reason that is no word', { choices: [{ finish_reason: 'a\nb' }, { finish_reason: 7 }] }, null],
  ['a text', 'stop', null],
  ['nothing', null, null],
])('of %s', (_, response, reason) => {
  expect(readFinishReason(response)).toBe(reason);
});

test('tells an early stop by its first word', () => {
  expect(['content_filter: SAFETY', 'MAX_TOKENS', 'model_length'].map(endOfReason)).toEqual(
    Array(3).fill('incomplete'),
  );
  expect(['stop', 'length_of_rope', null].map(endOfReason)).toEqual([null, null, null]);
  expect(['ERROR', 'network_error'].map(endOfReason)).toEqual(['error', 'error']);
});

test.each([
  ['Bedrock', ['content_filtered', 'guardrail_intervened', 'malformed_model_output', 'model_context_window_exceeded']],
  ['Anthropic', ['refusal']],
  ['Gemini', ['IMAGE_SAFETY', 'LANGUAGE', 'OTHER', 'UNEXPECTED_TOOL_CALL', 'NO_IMAGE', 'FinishReason.MAX_TOKENS']],
  ['Cohere', ['TIMEOUT', 'ERROR_TOXIC', 'ERROR_LIMIT', 'USER_CANCEL']],
  ['the AI SDK', ['content-filter']],
  ['xAI, MiniMax, Reka', ['REASON_MAX_LEN', 'REASON_MAX_CONTEXT', 'max_output', 'context']],
  ["vLLM and OpenAI's assistants", ['repetition', 'max_completion_tokens', 'max_prompt_tokens']],
  ['others', ['FINISH_REASON_MAX_TOKENS', 'canceled', 'sensitive', 'time_limit', 'token_limit', 'limit']],
])('%s has words of its own for an early stop', (_, reasons) => {
  expect(reasons.map(endOfReason)).toEqual(reasons.map(() => 'incomplete'));
});

test('words for an answer that is whole are none', () => {
  const whole = [
    'end_turn',
    'stop_sequence',
    'pause_turn',
    'tool_use',
    'STOP',
    'REASON_STOP',
    'FinishReason.STOP',
    'COMPLETE',
    'eos',
    'other',
    'unknown',
    'load',
  ];
  expect(whole.map(endOfReason)).toEqual(whole.map(() => null));
});
