import type { JsonObject } from '#shared/primitives';
import { mapSpan } from '#server/otlp/mapping';
import { aSpan } from '#tests/support/otlpFixtures';

const CHAT: JsonObject = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' };

const fieldsOf = (attributes: JsonObject) => mapSpan(aSpan({ attributes })).fields;

test.each<[string, string, string | undefined]>([
  ['stop', 'stop', undefined],
  ['tool_calls', 'tool_calls', undefined],
  ['length', 'length', 'incomplete'],
  ['content-filter', 'content_filter', 'incomplete'],
  ['MAX_TOKENS', 'max_tokens', 'incomplete'],
  ['model_length', 'model_length', 'incomplete'],
  ['SAFETY', 'safety', 'incomplete'],
])('an answer that ended with %s', (reason, finish_reason, status) => {
  const fields = fieldsOf({ ...CHAT, 'gen_ai.response.finish_reasons': [reason] });
  expect(fields.finish_reason).toBe(finish_reason);
  expect(fields.status).toBe(status);
});

test('an answer that ended in an error failed', () => {
  const fields = fieldsOf({ ...CHAT, 'gen_ai.response.finish_reasons': ['error'] });
  expect(fields).toMatchObject({ status: 'error', error: { message: expect.stringContaining('finish_reason') } });
});

test('messages that come as a list of JSON texts are read', () => {
  const message = JSON.stringify({ role: 'user', parts: [{ type: 'text', content: 'Hi' }] });
  expect(fieldsOf({ ...CHAT, 'gen_ai.input.messages': [message] }).messages).toEqual([{ role: 'user', content: 'Hi' }]);
});
