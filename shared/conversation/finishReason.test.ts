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
  expect(endOfReason('ERROR')).toBe('error');
});
