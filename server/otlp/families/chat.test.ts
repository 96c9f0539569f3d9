import { parseConversation } from '#shared/conversation/conversation';
import type { JsonObject, JsonValue } from '#shared/primitives';
import { toChatMessages, toChoices, toSystemMessage } from './chat.ts';

const call = { type: 'tool_call', id: 'call_1', name: 'get_weather', arguments: { city: 'Paris' } };

describe('messages in the form of chat completions', () => {
  test('OpenTelemetry: text, a call of a tool, and its result under either name', () => {
    const messages = toChatMessages([
      { role: 'user', parts: [{ type: 'text', content: 'Weather in Paris?' }] },
      { role: 'assistant', parts: [{ type: 'reasoning', content: 'I need a tool.' }, call] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_1', response: { degrees: 24 } }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_2', result: 'rainy' }] },
    ]);
    expect(messages).toEqual([
      { role: 'user', content: 'Weather in Paris?' },
      {
        role: 'assistant',
        content: null,
        reasoning_content: 'I need a tool.',
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Paris"}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: '{"degrees":24}' },
      { role: 'tool', tool_call_id: 'call_2', content: 'rainy' },
    ]);
  });

  test('pictures, sounds and files: held here, elsewhere, or uploaded', () => {
    const [message] = toChatMessages([
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'What is this?' },
          { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'iVBORw0KGgoAAAA=' },
          { type: 'uri', modality: 'image', uri: 'https://example.com/a.png' },
          { type: 'blob', modality: 'audio', mime_type: 'audio/wav', content: 'UklGRgAA' },
          { type: 'file', modality: 'file', file_id: 'file-1' },
        ],
      },
    ]);
    expect(message).toEqual({
      role: 'user',
      content: [
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgoAAAA=' } },
        { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
        { type: 'input_audio', input_audio: { data: 'UklGRgAA', format: 'wav' } },
        { type: 'file', file: { file_id: 'file-1' } },
      ],
    });
  });

  test('the AI SDK: parts with dashes in their names', () => {
    const messages = toChatMessages([
      { role: 'user', content: [{ type: 'text', text: 'Weather?' }] },
      {
        role: 'assistant',
        content: [{ type: 'tool-call', toolCallId: 'c1', toolName: 'get_weather', input: { city: 'Paris' } }],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'c1',
            toolName: 'get_weather',
            output: { type: 'json', value: { degrees: 24 } },
          },
        ],
      },
    ]);
    expect(messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Weather?' }] },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Paris"}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', name: 'get_weather', content: '{"degrees":24}' },
    ]);
  });

  test('what has the form already is kept as it came, whatever else it holds', () => {
    const sent: JsonObject[] = [
      { role: 'system', content: 'Be brief.', cache_control: { type: 'ephemeral' } },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Hi' },
          { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
        ],
      },
    ];
    expect(toChatMessages(sent)).toEqual(sent);
  });

  test('the parameters of a call: instructions come first', () => {
    expect(toChatMessages({ instructions: 'Be brief.', input: 'Hi', model: 'x' })).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ]);
    expect(toChatMessages('Hi')).toEqual([{ role: 'user', content: 'Hi' }]);
  });

  test('a part that nobody knows is kept', () => {
    const [message] = toChatMessages([{ role: 'user', parts: [{ type: 'hologram', beams: 3 }] }]);
    expect(message).toEqual({ role: 'user', content: [{ type: 'hologram', beams: 3 }] });
  });

  test('instructions become one system message; without any there is none', () => {
    expect(toSystemMessage([{ type: 'text', content: 'Be brief.' }])).toEqual([
      { role: 'system', content: 'Be brief.' },
    ]);
    expect(toSystemMessage([])).toEqual([]);
    expect(toSystemMessage(null)).toEqual([]);
  });
});

describe('answers', () => {
  test('one that is but text is that text', () => {
    const answer = toChoices([
      { role: 'assistant', parts: [{ type: 'text', content: 'Sunny.' }], finish_reason: 'stop' },
    ]);
    expect(answer).toEqual({ response: null, response_content: 'Sunny.', finish_reason: 'stop' });
  });

  test('calls of tools and thoughts are shown by the reader of the dashboard', () => {
    const answer = toChoices([
      {
        role: 'assistant',
        parts: [{ type: 'reasoning', content: 'Hm.' }, { type: 'text', content: 'Wait.' }, call],
        finish_reason: 'tool_call',
      },
    ]);
    expect(answer?.finish_reason).toBe('tool_calls');
    const { answer: shown } = parseConversation({
      messages: [],
      response: answer?.response ?? null,
      response_content: answer?.response_content ?? null,
    });
    expect(shown).toEqual([
      {
        role: 'assistant',
        name: null,
        toolCallId: null,
        parts: [
          { kind: 'reasoning', text: 'Hm.' },
          { kind: 'text', text: 'Wait.' },
          { kind: 'tool_call', id: 'call_1', name: 'get_weather', args: '{"city":"Paris"}' },
        ],
      },
    ]);
  });

  test('every choice is kept', () => {
    const one = (text: string): JsonObject => ({ role: 'assistant', parts: [{ type: 'text', content: text }] });
    const answer = toChoices([one('A'), one('B')], ['stop', 'length']);
    const choices: JsonValue = [
      { index: 0, message: { role: 'assistant', content: 'A' }, finish_reason: 'stop' },
      { index: 1, message: { role: 'assistant', content: 'B' }, finish_reason: 'length' },
    ];
    expect(answer).toEqual({ response: { choices }, response_content: 'A', finish_reason: 'length' });
  });
});
