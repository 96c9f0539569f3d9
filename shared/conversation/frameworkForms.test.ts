/** What frameworks put between, beside and around the words of messages: each is read, and nothing said is lost. */
import type { JsonValue } from '#shared/primitives';
import { answerOf, sentOf } from '#tests/support/conversationInWords';

const PNG = 'iVBORw0KGgoAAAANSUhEUg==';

const ask = (...content: JsonValue[]): JsonValue => [{ role: 'user', content }];
const blocks = (...content: JsonValue[]): JsonValue => ({ type: 'message', role: 'assistant', content });

test.each<[string, JsonValue, readonly string[]]>([
  [
    'Pydantic AI with pictures between the words',
    [
      {
        kind: 'request',
        parts: [
          { part_kind: 'system-prompt', content: 'Be brief' },
          {
            part_kind: 'user-prompt',
            content: ['Hi', { kind: 'image-url', url: 'https://a/b' }, { kind: 'binary', data: PNG }],
          },
          { part_kind: 'retry-prompt', content: 'Again', tool_name: 'ask', tool_call_id: 'c' },
        ],
      },
    ],
    ['user: Be brief, Hi, image https://a/b, image image/png, failed Again'],
  ],
  [
    'the AI SDK, which asks for leave',
    ask({ type: 'tool-approval-request', approvalId: 'a', toolCallId: 'c' }),
    ['user: {"type":"tool-approval-request","approvalId":"a","toolCallId":"c"}'],
  ],
  [
    'the AI SDK with pictures of a tool',
    ask({
      type: 'tool-result',
      toolCallId: 'c',
      output: {
        type: 'content',
        value: [
          { type: 'text', text: 'Map' },
          { type: 'image-data', data: PNG },
        ],
      },
    }),
    ['user: result Map image image/png'],
  ],
  ['.NET with data', ask({ $type: 'data', uri: `data:image/png;base64,${PNG}` }), ['user: image image/png']],
  [
    'MCP',
    {
      systemPrompt: 'Be brief',
      messages: [{ role: 'user', content: { type: 'resource', resource: { uri: 'file:///a', text: 'Words' } } }],
    },
    ['system: Be brief', 'user: file file:///a, Words'],
  ],
  [
    'a browser, with blanks before the address of the data',
    ask({ type: 'image_url', image_url: { url: `\n data:image/png;base64,${PNG}` } }),
    ['user: image image/png'],
  ],
  ['LangChain with plain text', ask({ type: 'text-plain', text: 'Words' }), ['user: Words']],
  ['OpenAI, spoken', ask({ type: 'input_audio', transcript: 'Hi' }), ['user: Hi']],
  ["Google's ADK", [{ author: 'user', content: { role: 'user', parts: [{ text: 'Hi' }] } }], ['user: Hi']],
  [
    "Cohere's first version with what was found",
    { message: 'Hi', documents: [{ title: 'Book', snippet: 'Words' }], tool_results: [{ outputs: [{ t: 5 }] }] },
    ['input: file Book Book, Words, {"tool_results":[{"outputs":[{"t":5}]}]}', 'user: Hi'],
  ],
  ['documents to put in order', { query: 'Hi', documents: ['a', 'b'] }, ['input: a, b', 'user: Hi']],
  [
    'a chain with what stands beside its input',
    { input: 'Hi', context: 'Words', chat_history: [] },
    ['input: {"context":"Words"}', 'user: Hi'],
  ],
  ['a gap that is filled', { prompt: 'def f(', suffix: ')' }, ['input: {"suffix":")"}', 'user: def f(']],
  [
    'files as a tool lists them',
    ask({ type: 'tool_result', content: [{ type: 'file', name: 'a.txt', size: 3 }] }),
    ['user: result [{"type":"file","name":"a.txt","size":3}]'],
  ],
])('what was sent by %s', (_, messages, words) => {
  expect(sentOf(messages)).toEqual(words);
});

test.each<[string, JsonValue, readonly string[]]>([
  ['Haystack', { replies: [{ role: 'assistant', content: [{ text: 'Yo' }], meta: {} }] }, ['Yo']],
  [
    'Hugging Face, after the whole talk',
    [
      {
        generated_text: [
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: 'Yo' },
        ],
      },
    ],
    ['Yo'],
  ],
  ["Google's ADK", { content: { role: 'model', parts: [{ text: 'Yo' }] }, partial: false }, ['Yo']],
  ['Claude Code', { type: 'result', subtype: 'success', result: 'Yo', is_error: false }, ['Yo']],
  [
    'the AI SDK, whose tool threw',
    blocks({ type: 'tool-error', toolCallId: 'c', toolName: 'ask', input: {}, error: 'No' }),
    ['failed No'],
  ],
  [
    'the AI SDK with a picture that was made',
    blocks({ type: 'file', file: { mediaType: 'image/png', base64Data: PNG } }),
    ['image image/png'],
  ],
  [
    'Pydantic AI with a tool of the provider',
    {
      kind: 'response',
      parts: [
        { part_kind: 'builtin-tool-call', tool_name: 'search', args: { q: 1 }, tool_call_id: 'c' },
        { part_kind: 'builtin-tool-return', tool_name: 'search', content: 'cold', tool_call_id: 'c' },
      ],
    },
    ['search({"q":1}), result cold'],
  ],
  ['an answer that is spoken', blocks({ type: 'output_audio', transcript: 'Yo' }), ['Yo']],
  [
    'a sound of which nobody says what it is',
    { choices: [{ message: { role: 'assistant', content: null, audio: { id: 'a', data: 'UklGRiQAAABXQVZFZm10' } } }] },
    ['audio audio/wav'],
  ],
])('the answer of %s', (_, response, words) => {
  expect(answerOf(response)).toEqual(words);
});
