import type { JsonObject } from '#shared/primitives';
import { mapLogRecord } from '#server/otlp/mapping';
import { aLogRecord } from '#tests/support/otlpFixtures';
import { addEvent } from './logRecord.ts';

const CALL: JsonObject = { model: 'gpt-4o', provider: 'openai', messages: [] };

function merge(fields: JsonObject, ...records: Parameters<typeof aLogRecord>[0][]): JsonObject {
  let merged = fields;
  for (const record of records) {
    const event = mapLogRecord(aLogRecord(record));
    if (event !== null) merged = addEvent(merged, event);
  }
  return merged;
}

const old = (name: string, body: JsonObject) => ({ attributes: { 'event.name': name }, body });

test('old events, one message each, make the words of the call', () => {
  const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } };
  const merged = merge(
    CALL,
    old('gen_ai.system.message', { content: 'Be brief.' }),
    old('gen_ai.user.message', { content: 'Hi' }),
    old('gen_ai.assistant.message', { tool_calls: [call] }),
    old('gen_ai.tool.message', { content: '24', id: 'call_1' }),
    old('gen_ai.choice', { index: 0, finish_reason: 'stop', message: { content: 'Sunny.' } }),
  );
  expect(merged).toEqual({
    ...CALL,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', content: '24', tool_call_id: 'call_1' },
    ],
    response_content: 'Sunny.',
    finish_reason: 'stop',
  });
});

test('choices take the places of their indexes, in either order of arrival', () => {
  const first = old('gen_ai.choice', { index: 0, finish_reason: 'stop', message: { content: 'A' } });
  const second = old('gen_ai.choice', { index: 1, finish_reason: 'stop', message: { content: 'B' } });
  expect(merge(CALL, first, second)).toEqual(merge(CALL, second, first));
  expect(merge(CALL, second, first, first)).toMatchObject({
    response_content: 'A',
    response: { choices: [{ message: { content: 'A' } }, { message: { content: 'B' } }] },
  });
});

test('the new event, in the name of the record and its attributes', () => {
  const eventName = 'gen_ai.client.inference.operation.details';
  const asked = {
    eventName,
    attributes: { 'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }] },
  };
  const answered = {
    eventName,
    attributes: {
      'gen_ai.output.messages': [
        { role: 'assistant', parts: [{ type: 'text', content: 'Hello' }], finish_reason: 'stop' },
      ],
      'gen_ai.usage.input_tokens': 9,
    },
  };
  const whole = {
    ...CALL,
    messages: [{ role: 'user', content: 'Hi' }],
    response_content: 'Hello',
    finish_reason: 'stop',
    input_tokens: 9,
  };
  expect(merge(CALL, asked, answered)).toEqual(whole);
  expect(merge(CALL, answered, asked)).toEqual(whole);
  // What the span says already is not said twice.
  const told = { ...CALL, messages: [{ role: 'user', content: 'Told' }], response_content: 'Told' };
  expect(merge(told, asked, answered)).toMatchObject({ messages: told.messages, response_content: 'Told' });
});

test('instructions that stand on the span are no words yet, and are not said twice', () => {
  const eventName = 'gen_ai.client.inference.operation.details';
  const own = { ...CALL, messages: [{ role: 'system', content: 'Be brief.' }] };
  const user = { role: 'user', parts: [{ type: 'text', content: 'Hi' }] };
  const system = { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] };
  const whole = [...own.messages, { role: 'user', content: 'Hi' }];
  expect(merge(own, { eventName, attributes: { 'gen_ai.input.messages': [user] } }).messages).toEqual(whole);
  expect(merge(own, { eventName, attributes: { 'gen_ai.input.messages': [system, user] } }).messages).toEqual(whole);
});

test('an exception makes the call a failed one', () => {
  const record = {
    scope: { name: 'opentelemetry.instrumentation.openai_v2', version: null, attributes: new Map() },
    eventName: 'exception',
    attributes: { 'exception.type': 'RateLimitError', 'exception.message': 'Error code: 429 - {}' },
  };
  expect(merge(CALL, record)).toMatchObject({
    status: 'error',
    error: { type: 'RateLimitError', message: 'Error code: 429 - {}', http_status: 429 },
  });
});

test.each([
  ['without a name', {}],
  ['with an exception of somebody else', { eventName: 'exception', attributes: { 'exception.type': 'IOError' } }],
  ['of an application', { eventName: 'order.placed', body: 'Order 7' }],
  ['whose body is no object', { eventName: 'gen_ai.user.message', body: 'Hi' }],
  ['that says nothing', { eventName: 'gen_ai.user.message', body: {} }],
  ['with an evaluation', { eventName: 'gen_ai.evaluation.result', attributes: { 'gen_ai.evaluation.name': 'x' } }],
])('a record %s adds nothing', (_, record) => {
  expect(mapLogRecord(aLogRecord(record))).toBeNull();
});

test('what stands among the attributes of an event without a body is read', () => {
  expect(
    merge(
      CALL,
      { attributes: { 'event.name': 'gen_ai.user.message', 'gen_ai.event.content': '{"content":"Hi"}' }, body: null },
      { attributes: { 'event.name': 'gen_ai.choice', index: 0, message: '{"content":"Sunny."}' }, body: null },
    ),
  ).toMatchObject({ messages: [{ role: 'user', content: 'Hi' }], response_content: 'Sunny.' });
});
