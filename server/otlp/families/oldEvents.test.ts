import type { JsonObject } from '#shared/primitives';
import { mapSpan } from '#server/otlp/mapping';
import { anEvent, aSpan } from '#tests/support/otlpFixtures';

const STRANDS: JsonObject = { 'gen_ai.system': 'strands-agents', 'gen_ai.request.model': 'us.amazon.nova-pro-v1:0' };

describe('words that come as events of a span', () => {
  test('are read where the content is a list of parts as JSON text', () => {
    const events = [
      anEvent('gen_ai.system.message', { content: '[{"text": "Be kind"}]' }),
      anEvent('gen_ai.user.message', { content: '[{"text": "2+2?"}]' }),
      anEvent('gen_ai.assistant.message', {
        content: '[{"toolUse": {"toolUseId": "t1", "name": "sum", "input": {"e": "2+2"}}}]',
      }),
      anEvent('gen_ai.tool.message', {
        content: '[{"toolResult": {"toolUseId": "t1", "status": "success", "content": [{"text": "4"}]}}]',
      }),
      anEvent('gen_ai.choice', { message: '[{"text": "It is 4"}]', finish_reason: 'max_tokens' }),
    ];
    const attributes = { ...STRANDS, 'gen_ai.operation.name': 'chat' };
    expect(mapSpan(aSpan({ attributes, events })).fields).toMatchObject({
      messages: [
        { role: 'system', content: 'Be kind' },
        { role: 'user', content: '2+2?' },
        {
          role: 'assistant',
          tool_calls: [{ id: 't1', type: 'function', function: { name: 'sum', arguments: '{"e":"2+2"}' } }],
        },
        { role: 'tool', tool_call_id: 't1', content: '4' },
      ],
      response_content: 'It is 4',
      finish_reason: 'max_tokens',
      status: 'incomplete',
    });
  });

  test('stay words where they are a list of something else', () => {
    const events = [anEvent('gen_ai.user.message', { content: '[{"name": "Ada"}]' })];
    const attributes = { ...STRANDS, 'gen_ai.operation.name': 'chat' };
    expect(mapSpan(aSpan({ attributes, events })).fields.messages).toEqual([
      { role: 'user', content: '[{"name": "Ada"}]' },
    ]);
  });

  test('are what an agent was given and gave back', () => {
    const events = [
      anEvent('gen_ai.user.message', { content: '[{"text": "2+2?"}]' }),
      anEvent('gen_ai.choice', { message: 'It is 4\n', finish_reason: 'end_turn' }),
    ];
    const attributes = { ...STRANDS, 'gen_ai.operation.name': 'invoke_agent' };
    expect(mapSpan(aSpan({ attributes, events })).fields).toMatchObject({
      input: [{ role: 'user', content: '2+2?' }],
      output: 'It is 4\n',
    });
  });

  test('are the arguments and the result of a tool', () => {
    const events = [
      anEvent('gen_ai.tool.message', { role: 'tool', content: '{"e": "2+2"}', id: 't1' }),
      anEvent('gen_ai.choice', { message: '[{"text": "4"}]', id: 't1' }),
    ];
    const attributes = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'sum' };
    expect(mapSpan(aSpan({ attributes, events })).fields).toMatchObject({ input: { e: '2+2' }, output: '4' });
  });
});
