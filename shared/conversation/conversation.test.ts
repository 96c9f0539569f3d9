import type { JsonValue } from '#shared/primitives';
import { calledTools, parseConversation } from './conversation.ts';
import type { Part } from './part.ts';

const parse = (messages: JsonValue, response: JsonValue | null = null, response_content: string | null = null) =>
  parseConversation({ messages, response, response_content });
const partsOf = (content: JsonValue): readonly Part[] => parse([{ role: 'user', content }]).sent[0]?.parts ?? [];
const answerOf = (response: JsonValue) => parse([], response).answer;

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const text = (words: string): Part => ({ kind: 'text', text: words });
const reasoning = (words: string): Part => ({ kind: 'reasoning', text: words });

describe('chat completions', () => {
  test('messages keep their roles and words', () => {
    const { sent, answer } = parse(
      [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi', name: 'ann' },
      ],
      null,
      'Hello!',
    );
    expect(sent.map(({ role, name, parts }) => [role, name, parts])).toEqual([
      ['system', null, [text('Be brief.')]],
      ['user', 'ann', [text('Hi')]],
    ]);
    expect(answer).toEqual([{ role: 'assistant', name: null, toolCallId: null, parts: [text('Hello!')] }]);
  });

  test('tool calls and their results are paired by id', () => {
    const conversation = parse([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: '{"temp":-3}' },
    ]);
    expect(conversation.sent[0]?.parts).toEqual([
      { kind: 'tool_call', id: 'c1', name: 'weather', args: '{"city":"Oslo"}' },
    ]);
    expect(conversation.sent[1]).toMatchObject({ role: 'tool', toolCallId: 'c1' });
    expect(calledTools(conversation).get('c1')).toBe('weather');
  });

  test.each([
    ['the legacy function_call', { function_call: { name: 'f', arguments: '{}' } }, null],
    ['a custom tool', { tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'f', input: '{}' } }] }, 'c'],
    ['LangChain', { tool_calls: [{ id: 'c', name: 'f', args: '{}' }] }, 'c'],
  ])('a tool call of %s', (_, call, id) => {
    const [message] = parse([{ role: 'assistant', content: null, ...call }]).sent;
    expect(message?.parts).toEqual([{ kind: 'tool_call', id, name: 'f', args: '{}' }]);
  });

  test('several choices are told apart, and a refusal is one', () => {
    const answer = answerOf({
      choices: [
        { message: { role: 'assistant', content: 'A' } },
        { message: { role: 'assistant', content: null, refusal: 'No.' } },
      ],
    });
    expect(answer.map(({ name }) => name)).toEqual(['choice 1', 'choice 2']);
    expect(answer[1]?.parts).toEqual([{ kind: 'refusal', text: 'No.' }]);
  });

  test('legacy completions answer text', () => {
    expect(answerOf({ choices: [{ text: 'Paris' }] })[0]?.parts).toEqual([text('Paris')]);
  });

  test('a response without words is completed by response_content, and words are not shown twice', () => {
    const call = {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{}' } }],
    };
    expect(parse([], { choices: [{ message: call }] }, 'text').answer).toHaveLength(2);
    expect(parse([], { choices: [{ message: { role: 'assistant', content: 'text' } }] }, 'text').answer).toHaveLength(
      1,
    );
  });

  test.each([
    ['reasoning_content', { reasoning_content: 'Hm.' }],
    ['reasoning', { reasoning: 'Hm.' }],
    ['thinking of Ollama', { thinking: 'Hm.' }],
    [
      'reasoning_details',
      {
        reasoning_details: [
          { type: 'reasoning.text', text: 'H' },
          { type: 'reasoning.text', text: 'm.' },
        ],
      },
    ],
    [
      'both, which repeat each other',
      { reasoning: 'Hm.', reasoning_details: [{ type: 'reasoning.text', text: 'Hm.' }] },
    ],
  ])('thoughts in %s come before the answer', (_, thoughts) => {
    const answer = answerOf({ choices: [{ message: { role: 'assistant', content: 'Cold.', ...thoughts } }] });
    expect(answer[0]?.parts).toEqual([reasoning('Hm.'), text('Cold.')]);
  });

  test('sources of an answer are kept', () => {
    const citation = { type: 'url_citation', url_citation: { url: 'https://weather.test/oslo', title: 'Oslo today' } };
    const [message] = answerOf({
      choices: [{ message: { role: 'assistant', content: 'Cold.', annotations: [citation] } }],
    });
    expect(message?.parts).toEqual([
      text('Cold.'),
      { kind: 'citations', sources: [{ title: 'Oslo today', url: 'https://weather.test/oslo', quote: null }] },
    ]);
  });

  test('spoken and drawn answers are described', () => {
    const [message] = answerOf({
      choices: [
        {
          message: {
            role: 'assistant',
            content: null,
            audio: { id: 'a1', data: 'AAAA', transcript: 'Hello' },
            images: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }],
          },
        },
      ],
    });
    expect(message?.parts).toMatchObject([
      { kind: 'media', media: 'image', mimeType: 'image/png' },
      text('Hello'),
      { kind: 'media', media: 'audio', data: 'AAAA' },
    ]);
  });
});

describe('the Responses endpoint', () => {
  test('reads as a conversation', () => {
    const { sent, answer } = parse(
      { instructions: 'Be kind.', input: [{ role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }] },
      {
        output: [
          { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Thinking' }] },
          { type: 'web_search_call', id: 'ws', action: { type: 'search', query: 'Oslo' } },
          { type: 'function_call', call_id: 'c1', name: 'look', arguments: '{}' },
          { type: 'image_generation_call', result: PNG },
          { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Done' }] },
        ],
      },
    );
    expect(sent.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(answer.flatMap(({ parts }) => parts)).toMatchObject([
      reasoning('Thinking'),
      { kind: 'tool_call', name: 'web_search', args: { query: 'Oslo' } },
      { kind: 'tool_call', id: 'c1', name: 'look', args: '{}' },
      { kind: 'media', media: 'image', data: PNG },
      text('Done'),
    ]);
  });

  test('the result of a tool answers its call', () => {
    const [message] = parse([{ type: 'function_call_output', call_id: 'c1', output: '-3 C' }]).sent;
    expect(message).toEqual({ role: 'tool', name: null, toolCallId: 'c1', parts: [text('-3 C')] });
  });
});

test('Anthropic Messages: thinking, tools and their results', () => {
  const { sent, answer } = parse(
    {
      system: [{ type: 'text', text: 'Be brief.' }],
      messages: [
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'I need the tool.', signature: 'EqQB' },
            { type: 'tool_use', id: 't1', name: 'weather', input: { city: 'Oslo' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't1', is_error: true, content: [{ type: 'text', text: '-3 C' }] },
          ],
        },
      ],
    },
    { type: 'message', role: 'assistant', content: [{ type: 'text', text: 'Cold.' }], stop_reason: 'end_turn' },
  );
  expect(sent.map(({ role, parts }) => [role, parts])).toEqual([
    ['system', [text('Be brief.')]],
    ['user', [text('Weather?')]],
    [
      'assistant',
      [reasoning('I need the tool.'), { kind: 'tool_call', id: 't1', name: 'weather', args: { city: 'Oslo' } }],
    ],
    ['user', [{ kind: 'tool_result', callId: 't1', name: null, isError: true, parts: [text('-3 C')] }]],
  ]);
  expect(answer[0]?.parts).toEqual([text('Cold.')]);
});

test('Gemini contents: parts named by what they hold', () => {
  const { sent, answer } = parse(
    {
      system_instruction: { parts: [{ text: 'Be brief.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'Look' }, { inline_data: { mime_type: 'image/png', data: PNG } }] },
        { role: 'model', parts: [{ functionCall: { name: 'weather', args: { city: 'Oslo' } } }] },
        { role: 'user', parts: [{ functionResponse: { name: 'weather', response: { temp: -3 } } }] },
      ],
    },
    {
      candidates: [
        {
          content: { role: 'model', parts: [{ text: 'Hm.', thought: true }, { text: 'Cold.' }] },
          finishReason: 'STOP',
        },
      ],
    },
  );
  expect(sent.map(({ role, parts }) => [role, parts])).toMatchObject([
    ['system', [text('Be brief.')]],
    ['user', [text('Look'), { kind: 'media', media: 'image', mimeType: 'image/png' }]],
    ['assistant', [{ kind: 'tool_call', name: 'weather', args: { city: 'Oslo' } }]],
    ['user', [{ kind: 'tool_result', name: 'weather', parts: [{ kind: 'json', value: { temp: -3 } }] }]],
  ]);
  expect(answer).toMatchObject([{ role: 'assistant', parts: [reasoning('Hm.'), text('Cold.')] }]);
});

test('an answer that Gemini blocked shows why', () => {
  const candidate = { finishReason: 'SAFETY', safetyRatings: [] };
  expect(answerOf({ candidates: [candidate] })[0]?.parts).toEqual([{ kind: 'json', value: candidate }]);
});

test('Bedrock Converse', () => {
  const { sent, answer } = parse(
    [
      { role: 'user', content: [{ text: 'Look' }, { image: { format: 'png', source: { bytes: PNG } } }] },
      { role: 'assistant', content: [{ toolUse: { toolUseId: 't1', name: 'weather', input: { city: 'Oslo' } } }] },
      {
        role: 'user',
        content: [{ toolResult: { toolUseId: 't1', content: [{ json: { temp: -3 } }], status: 'error' } }],
      },
    ],
    { output: { message: { role: 'assistant', content: [{ text: 'Cold.' }] } }, stopReason: 'end_turn' },
  );
  expect(sent.flatMap(({ parts }) => parts)).toMatchObject([
    text('Look'),
    { kind: 'media', media: 'image', mimeType: 'image/png', data: PNG },
    { kind: 'tool_call', id: 't1', name: 'weather', args: { city: 'Oslo' } },
    { kind: 'tool_result', callId: 't1', isError: true, parts: [{ kind: 'json', value: { temp: -3 } }] },
  ]);
  expect(answer[0]?.parts).toEqual([text('Cold.')]);
});

test("the parts of OpenTelemetry's GenAI conventions", () => {
  const { sent, answer } = parse(
    [
      { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
      { role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', name: 'weather', arguments: { city: 'Oslo' } }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: '-3 C' }] },
      { role: 'user', parts: [{ type: 'blob', modality: 'image', mime_type: 'image/png', content: PNG }] },
    ],
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', content: 'Hm.' },
        { type: 'text', content: 'Cold.' },
      ],
    },
  );
  expect(sent.flatMap(({ parts }) => parts)).toMatchObject([
    text('Be brief.'),
    { kind: 'tool_call', id: 'c1', name: 'weather', args: { city: 'Oslo' } },
    { kind: 'tool_result', callId: 'c1', parts: [text('-3 C')] },
    { kind: 'media', media: 'image', mimeType: 'image/png', data: PNG },
  ]);
  expect(answer[0]?.parts).toEqual([reasoning('Hm.'), text('Cold.')]);
});

test('the AI SDK: calls and results among the parts', () => {
  const { sent } = parse([
    {
      role: 'assistant',
      content: [{ type: 'tool-call', toolCallId: 'c1', toolName: 'weather', input: { city: 'Oslo' } }],
    },
    {
      role: 'tool',
      content: [
        { type: 'tool-result', toolCallId: 'c1', toolName: 'weather', output: { type: 'text', value: '-3 C' } },
      ],
    },
    {
      role: 'tool',
      content: [
        {
          type: 'tool-result',
          toolCallId: 'c2',
          toolName: 'weather',
          output: { type: 'error-json', value: { no: 1 } },
        },
      ],
    },
  ]);
  expect(sent.flatMap(({ parts }) => parts)).toEqual([
    { kind: 'tool_call', id: 'c1', name: 'weather', args: { city: 'Oslo' } },
    { kind: 'tool_result', callId: 'c1', name: 'weather', isError: false, parts: [text('-3 C')] },
    { kind: 'tool_result', callId: 'c2', name: 'weather', isError: true, parts: [{ kind: 'json', value: { no: 1 } }] },
  ]);
});

describe('what is not recognised is JSON, and never lost', () => {
  test('an input of another endpoint', () => {
    expect(parse('embed me').sent[0]?.parts).toEqual([text('embed me')]);
    expect(parse(['a', 'b']).sent).toHaveLength(2);
    expect(parse([{ weird: true }]).sent[0]?.parts).toEqual([{ kind: 'json', value: { weird: true } }]);
    expect(parse([[1, 2]]).sent[0]?.parts).toEqual([{ kind: 'json', value: [1, 2] }]);
    expect(parse(null).sent).toEqual([]);
  });

  test('an answer that is no message', () => {
    expect(answerOf({ object: 'list', data: { count: 2 } })).toMatchObject([
      { role: 'output', parts: [{ kind: 'json' }] },
    ]);
    expect(answerOf(5)).toMatchObject([{ parts: [{ kind: 'json', value: 5 }] }]);
  });

  test('a message that says nothing in the usual places', () => {
    const message = { role: 'assistant', content: null, video: 'x' };
    expect(parse([message]).sent[0]?.parts).toEqual([{ kind: 'json', value: message }]);
    expect(parse([{ role: 'assistant', content: null }]).sent[0]?.parts).toEqual([]);
  });

  test.each<[JsonValue]>([
    [null],
    [5],
    [{ type: 'x', text: 'unknown type, more fields', more: 1 }],
    [{ type: 'text' }],
    [{ type: 'refusal' }],
    [{ type: 'text', text: {} }],
  ])('a part %j', (part) => {
    expect(partsOf([part])).toEqual([{ kind: 'json', value: part }]);
  });

  test('names of members of every object are nothing special', () => {
    const odd = JSON.parse(
      '{"role":"__proto__","content":[{"type":"constructor","__proto__":{"text":"x"}}]}',
    ) as JsonValue;
    expect(parse([odd]).sent[0]).toMatchObject({ role: '__proto__', parts: [{ kind: 'json' }] });
  });
});
