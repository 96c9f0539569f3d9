/** Messages and answers as libraries dump them, and parts that providers added: each is read, and nothing said is lost. */
import type { JsonValue } from '#shared/primitives';
import { answerOf, sentOf } from '#tests/support/conversationInWords';
import { bodyOf } from './answerBody.ts';

const ask = (...content: JsonValue[]): JsonValue => [{ role: 'user', content }];
const ui = (...parts: JsonValue[]): JsonValue => [{ role: 'assistant', parts }];
const blocks = (...content: JsonValue[]): JsonValue => ({ type: 'message', role: 'assistant', content });
const langChain = (name: string, kwargs: JsonValue): JsonValue => ({
  lc: 1,
  type: 'constructor',
  id: ['langchain_core', 'messages', name],
  kwargs,
});

test.each<[string, JsonValue, readonly string[]]>([
  [
    'the AI SDK for its interface',
    ui(
      { type: 'step-start' },
      { type: 'reasoning', text: 'Hm', state: 'done' },
      { type: 'tool-weather', toolCallId: 'c', state: 'output-available', input: { q: 'Oslo' }, output: 'cold' },
      { type: 'dynamic-tool', toolName: 'ask', toolCallId: 'd', state: 'output-error', input: {}, errorText: 'No' },
      { type: 'text', text: 'Cold', state: 'done' },
    ),
    ['assistant: reasoning Hm, weather({"q":"Oslo"}), result cold, ask({}), failed No, Cold'],
  ],
  [
    'the AI SDK 4',
    ui(
      { type: 'reasoning', reasoning: 'Hm' },
      {
        type: 'tool-invocation',
        toolInvocation: { state: 'result', toolCallId: 'c', toolName: 'weather', args: { q: 1 }, result: 'cold' },
      },
    ),
    ['assistant: reasoning Hm, weather({"q":1}), result cold'],
  ],
  [
    'the AI SDK 4 with files',
    [
      {
        role: 'user',
        content: 'See',
        experimental_attachments: [{ name: 'a.png', contentType: 'image/png', url: 'https://x/a.png' }],
      },
    ],
    ['user: See, image a.png image/png https://x/a.png'],
  ],
  ["OpenAI's assistants with a file", ask({ type: 'image_file', image_file: { file_id: 'f1' } }), ['user: image f1']],
  [
    'LangChain for JavaScript',
    [langChain('HumanMessage', { content: 'Hey' }), langChain('AIMessageChunk', { content: 'Yo' })],
    ['user: Hey', 'assistant: Yo'],
  ],
  ['LangChain, as type and data', [{ type: 'human', data: { content: 'Hey' } }], ['user: Hey']],
  ['LangChain, in a list of one list', [[{ role: 'user', content: 'Hey' }]], ['user: Hey']],
  [
    'LangChain, which repeats calls beside the content',
    [
      {
        type: 'ai',
        content: [{ type: 'tool_use', id: 'c', name: 'weather', input: {} }],
        tool_calls: [{ id: 'c', name: 'weather', args: {} }],
        invalid_tool_calls: [{ name: 'ask', args: '{"', error: 'cut' }],
      },
    ],
    ['assistant: weather({}), {"name":"ask","args":"{\\"","error":"cut"}'],
  ],
  [
    'LlamaIndex',
    [
      {
        role: 'user',
        blocks: [
          { block_type: 'text', text: 'Hey' },
          { block_type: 'document', data: 'JVBERi0=', title: 'Paper', document_mimetype: 'application/pdf' },
        ],
      },
      {
        role: 'assistant',
        blocks: [{ block_type: 'tool_call', tool_call_id: 'c', tool_name: 'ask', tool_kwargs: {} }],
      },
    ],
    ['user: Hey, file Paper application/pdf', 'assistant: ask({})'],
  ],
  [
    'Pydantic AI',
    [
      { kind: 'request', parts: [{ part_kind: 'user-prompt', content: 'Hey' }] },
      {
        kind: 'response',
        parts: [{ part_kind: 'tool-call', tool_name: 'ask', args: '{"q":1}', tool_call_id: 'c' }],
      },
      { kind: 'request', parts: [{ part_kind: 'tool-return', tool_name: 'ask', content: 'cold', tool_call_id: 'c' }] },
    ],
    ['user: Hey', 'assistant: ask({"q":1})', 'user: result cold'],
  ],
  [
    'Haystack',
    [
      { role: 'assistant', content: [{ tool_call: { tool_name: 'ask', arguments: { q: 1 }, id: 'c' } }] },
      { role: 'tool', content: [{ tool_call_result: { result: 'cold', origin: { id: 'c' }, error: true } }] },
    ],
    ['assistant: ask({"q":1})', 'tool: failed cold'],
  ],
  [
    'the Claude Agent SDK',
    [{ type: 'assistant', message: { role: 'assistant', content: [{ type: 'text', text: 'Yo' }] }, session_id: 's' }],
    ['assistant: Yo'],
  ],
  [
    'LangChain4j',
    [
      { type: 'USER', contents: [{ type: 'TEXT', text: 'Hey' }] },
      { type: 'AI', toolExecutionRequests: [{ id: 'c', name: 'ask', arguments: '{}' }] },
    ],
    ['user: Hey', 'assistant: ask({})'],
  ],
  [
    "Ollama's prompt with a picture",
    { prompt: 'Why?', images: ['iVBORw0KGgo='] },
    ['input: image image/png', 'user: Why?'],
  ],
  [
    'Cohere with documents, and its first version with a preamble',
    { preamble: 'Be brief', message: 'Why?', documents: [{ title: 'Penguins', text: 'They swim' }] },
    ['system: Be brief', 'input: file Penguins Penguins, They swim', 'user: Why?'],
  ],
  [
    'a prompt that OpenAI stores',
    { input: 'Hey', prompt: { id: 'pmpt_1' } },
    ['input: {"prompt":{"id":"pmpt_1"}}', 'user: Hey'],
  ],
  [
    "Google's SDK for JavaScript",
    { contents: 'Hey', config: { systemInstruction: 'Be brief' } },
    ['system: Be brief', 'user: Hey'],
  ],
  [
    'a result of Gemini with a picture',
    ask({
      functionResponse: {
        name: 'draw',
        response: { ok: true },
        parts: [{ inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=', displayName: 'a.png' } }],
      },
    }),
    ['user: result {"ok":true} image a.png image/png'],
  ],
  [
    'a picture in a bucket',
    ask({ image: { format: 'png', source: { s3Location: { uri: 's3://b/k' } } } }),
    ['user: image image/png s3://b/k'],
  ],
  [
    'what a search found',
    ask({
      type: 'tool_result',
      tool_use_id: 't',
      content: [
        { type: 'search_result', source: 'https://kb', title: 'KB', content: [{ type: 'text', text: 'Body' }] },
      ],
    }),
    ['user: result file KB https://kb Body'],
  ],
  [
    "Mistral's file by its address",
    ask({ type: 'document_url', document_url: 'https://x/a.pdf' }),
    ['user: file https://x/a.pdf'],
  ],
  [
    'a mark of a cache alone',
    ask({ cachePoint: { type: 'default' } }),
    ['user: {"role":"user","content":[{"cachePoint":{"type":"default"}}]}'],
  ],
  ['an empty text', ask({ type: 'text', text: '' }), ['user: ']],
])('what was sent by %s', (_, messages, words) => {
  expect(sentOf(messages)).toEqual(words);
});

test.each<[string, JsonValue, readonly string[]]>([
  [
    'Anthropic, whose thoughts are signed and not shown',
    blocks({ type: 'thinking', thinking: '', signature: 'Eq' }),
    ['reasoning '],
  ],
  [
    'Bedrock, which hides its thoughts',
    { output: { message: { content: [{ reasoningContent: { redactedContent: 'Em' } }, { text: 'Ok' }] } } },
    ['reasoning , Ok'],
  ],
  [
    'a server of MCP',
    blocks({ type: 'mcp_tool_use', id: 'm', name: 'echo', server_name: 'kb', input: {} }),
    ['kb: echo({})'],
  ],
  [
    'a server of MCP that waits for consent',
    { output: [{ type: 'mcp_approval_request', id: 'r', name: 'roll', server_label: 'dice', arguments: '{"d":1}' }] },
    ['dice: roll({"d":1}), {"approval_request_id":"r"}'],
  ],
  [
    'tools that LangChain lets a server run',
    blocks(
      { type: 'server_tool_call', id: 's', name: 'search', args: { q: 1 } },
      { type: 'server_tool_result', tool_call_id: 's', status: 'success', output: 'found' },
    ),
    ['search({"q":1}), result found'],
  ],
  ['LangChain, as its constructor', langChain('AIMessage', { content: 'Yo' }), ['Yo']],
  [
    'LangChain, as generations',
    { generations: [[{ text: 'Yo', message: langChain('AIMessage', { content: 'Yo' }) }]] },
    ['Yo'],
  ],
  [
    'LangChain and LlamaIndex, with calls in additional_kwargs',
    {
      message: {
        role: 'assistant',
        content: null,
        additional_kwargs: { tool_calls: [{ id: 'c', function: { name: 'ask', arguments: '{}' } }] },
      },
    },
    ['ask({})'],
  ],
  ['LangServe', { output: { type: 'ai', content: 'Yo' } }, ['Yo']],
  [
    'LangGraph',
    {
      messages: [
        { type: 'human', content: 'Hey' },
        { type: 'ai', content: 'Yo' },
      ],
    },
    ['Yo'],
  ],
  [
    'the AI SDK with what its tools gave',
    {
      text: '',
      toolCalls: [{ toolCallId: 'c', toolName: 'ask', args: {} }],
      toolResults: [{ toolCallId: 'c', result: 'cold' }],
    },
    ['ask({}), result cold'],
  ],
  ['Cohere, as generations', { generations: [{ id: 'g', text: 'Yo' }] }, ['Yo']],
  [
    "Cohere's first version with calls",
    { text: '', tool_calls: [{ name: 'ask', parameters: { q: 1 } }] },
    ['ask({"q":1})'],
  ],
  [
    "Cohere's first version with documents",
    { text: 'Yo', documents: [{ id: 'd', title: 'Book' }] },
    ['Yo, sources Book'],
  ],
  ['AI21', { completions: [{ data: { text: 'Yo' } }] }, ['Yo']],
  ['Vertex', { predictions: [{ content: 'Yo' }] }, ['Yo']],
  ['Vertex with vectors', { predictions: [{ embeddings: { values: [1] } }] }, ['{"embeddings":{"values":[1]}}']],
  ['Mistral on Bedrock', { outputs: [{ text: 'Yo', stop_reason: 'stop' }] }, ['Yo']],
  [
    "Mistral's conversations",
    { outputs: [{ type: 'function.call', tool_call_id: 'c', name: 'ask', arguments: '{}' }] },
    ['ask({})'],
  ],
  ['Gemini Code Assist', { response: { candidates: [{ content: { parts: [{ text: 'Yo' }] } }] } }, ['Yo']],
  [
    'Gemini, whose code has no outcome',
    { candidates: [{ content: { parts: [{ codeExecutionResult: { output: '1' } }] } }] },
    ['result 1'],
  ],
  [
    'Azure, which filtered it',
    { choices: [{ message: { role: 'assistant' }, content_filter_results: { hate: { filtered: true } } }] },
    ['{"message":{"role":"assistant"},"content_filter_results":{"hate":{"filtered":true}}}'],
  ],
  [
    'a computer that does several things',
    { output: [{ type: 'computer_call', actions: [{ type: 'click' }] }] },
    ['computer([{"type":"click"}])'],
  ],
])('the answer of %s', (_, response, words) => {
  expect(answerOf(response)).toEqual(words);
});

test('an answer with counts of its own is not what it keeps as raw', () => {
  const answer = { content: [{ type: 'text', text: 'Hi' }], usage: { input_tokens: 4 }, raw: { choices: [{}] } };
  expect(bodyOf(answer)).toBe(answer);
});
