/** Words of answers and messages in the forms of many providers: each is shown, and the first of what is said is a preview. */
import type { JsonValue } from '#shared/primitives';
import { parseConversation } from './conversation.ts';

const HI = [{ role: 'user', content: 'Hi' }];
const response = (...output: JsonValue[]) => ({ object: 'response', output });
const message = (fields: { [name: string]: JsonValue }) => ({
  choices: [{ message: { role: 'assistant', ...fields } }],
});
const blocks = (...content: JsonValue[]) => ({ type: 'message', role: 'assistant', content });

const MADE_IMAGES: readonly JsonValue[] = [
  { generatedImages: [{ image: { imageBytes: 'iVBORw0KGgo=', mimeType: 'image/png' } }] },
  { predictions: [{ mimeType: 'image/png', bytesBase64Encoded: 'iVBORw0KGgo=' }] },
  { images: [{ url: 'https://x/1.png', content_type: 'image/png' }], prompt: 'a circle' },
  { artifacts: [{ base64: 'iVBORw0KGgo=', finishReason: 'SUCCESS' }] },
];

test.each<[string, JsonValue, JsonValue, readonly string[]]>([
  [
    'what a search in files found',
    HI,
    response({
      type: 'file_search_call',
      queries: ['refund'],
      results: [{ filename: 'policy.pdf', text: 'Thirty days' }],
    }),
    ['tool_call', 'refund', 'tool_result', 'policy.pdf', 'Thirty days'],
  ],
  [
    'warnings of a computer',
    HI,
    response({ type: 'computer_call', action: { type: 'click' }, pending_safety_checks: [{ message: 'Watch out' }] }),
    ['computer', 'click', 'Watch out'],
  ],
  [
    'a screenshot',
    [{ type: 'computer_call_output', output: { type: 'computer_screenshot', image_url: 'https://x/shot.png' } }],
    null,
    ['"media":"image"', 'https://x/shot.png'],
  ],
  [
    'the words that an image was made of',
    HI,
    response({ type: 'image_generation_call', result: 'iVBORw0KGgo=', revised_prompt: 'A red circle' }),
    ['image/png', 'A red circle'],
  ],
  [
    'images of the images endpoint',
    'draw',
    { data: [{ b64_json: 'iVBORw0KGgo=', revised_prompt: 'A red circle' }] },
    ['"media":"image"', 'A red circle'],
  ],
  ...MADE_IMAGES.map((answer, index): [string, JsonValue, JsonValue, string[]] => [
    `images of other providers (${index})`,
    'draw',
    answer,
    ['"media":"image"', 'image/png'],
  ]),
  [
    'words of Cloudflare beside calls, of which there are none',
    HI,
    { result: { response: 'Hello there', tool_calls: [], usage: {} }, success: true, errors: [], messages: [] },
    ['"kind":"text"', 'Hello there'],
  ],
  [
    'a patch',
    HI,
    response({
      type: 'apply_patch_call',
      call_id: 'c',
      operation: { type: 'update_file', path: 'a.py', diff: '@@ -1 +1' },
    }),
    ['apply_patch', 'a.py', '@@ -1 +1'],
  ],
  [
    'the error of an MCP server',
    HI,
    response({ type: 'mcp_call', id: 'm', name: 'ask', error: { content: [{ type: 'text', text: 'It blew up' }] } }),
    ['ask', 'It blew up', '"isError":true'],
  ],
  [
    'a document of Anthropic that is plain text',
    [
      {
        role: 'user',
        content: [
          {
            type: 'document',
            source: { type: 'text', data: 'The grass is green.' },
            title: 'Garden',
            context: 'Of 1998',
          },
        ],
      },
    ],
    null,
    ['Garden', 'Of 1998', '"text":"The grass is green."'],
  ],
  [
    'a document of Anthropic in parts',
    [
      {
        role: 'user',
        content: [{ type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'One' }] } }],
      },
    ],
    null,
    ['"text":"One"'],
  ],
  [
    'a document of Cohere',
    [{ role: 'tool', content: [{ type: 'document', document: { id: 'd', data: 'It is cold.' } }] }],
    null,
    ['"text":"It is cold."'],
  ],
  [
    "what Anthropic's shell gave back",
    HI,
    blocks({
      type: 'bash_code_execution_tool_result',
      tool_use_id: 's',
      content: { stdout: 'file.txt', return_code: 0 },
    }),
    ['tool_result', 'file.txt'],
  ],
  [
    'what Gemini searched for',
    HI,
    { candidates: [{ content: { parts: [{ text: 'x' }] }, groundingMetadata: { webSearchQueries: ['who won'] } }] },
    ['google_search', 'who won'],
  ],
  [
    'guarded words and a mark of the cache of Bedrock',
    [
      {
        role: 'user',
        content: [{ guardContent: { text: { text: 'Guarded', qualifiers: ['query'] } } }, { cachePoint: {} }],
      },
    ],
    null,
    ['"text":"Guarded"'],
  ],
  [
    'cited words of Bedrock',
    HI,
    {
      output: {
        message: {
          content: [{ citationsContent: { content: [{ text: 'So it is' }], citations: [{ title: 'Book' }] } }],
        },
      },
    },
    ['"text":"So it is"', 'Book'],
  ],
  [
    'thoughts by LiteLLM',
    HI,
    message({ content: 'x', thinking_blocks: [{ type: 'thinking', thinking: 'Hm' }] }),
    ['Hm'],
  ],
  [
    "what Groq's system ran",
    HI,
    message({ content: 'x', executed_tools: [{ type: 'search', arguments: '{"query":"cold"}', output: 'Found it' }] }),
    ['search', 'cold', 'Found it'],
  ],
  [
    "sources of Azure's own data",
    HI,
    message({ content: 'x', context: { citations: [{ title: 'Handbook', content: 'Page one' }] } }),
    ['citations', 'Handbook', 'Page one'],
  ],
  [
    'questions that Perplexity proposes',
    HI,
    { ...message({ content: 'x' }), related_questions: ['What else?'] },
    ['What else?'],
  ],
  [
    "a text of OpenAI's assistants",
    [{ role: 'user', content: [{ type: 'text', text: { value: 'Deep' } }] }],
    null,
    ['"text":"Deep"'],
  ],
])('%s', (_, messages, answer, words) => {
  const shown = JSON.stringify(parseConversation({ messages, response: answer, response_content: null }));
  for (const word of words) expect(shown).toContain(word);
});

test.each<[string, JsonValue, readonly string[]]>([
  ['Gemini, streamed', [gemini('Hel'), gemini('lo'), { usageMetadata: { totalTokenCount: 3 } }], ['Hello']],
  ['chat completions, streamed', [chunk('Hel'), chunk('lo'), { choices: [], usage: {} }], ['Hello']],
  ['Titan', { results: [{ outputText: 'Hello' }] }, ['Hello']],
  ['Llama on Bedrock', { generation: 'Hello' }, ['Hello']],
  ['Ollama', { response: 'Hello', thinking: 'Hm', done: true }, ['Hm', 'Hello']],
  ['Hugging Face', [{ generated_text: 'Hello' }], ['Hello']],
  ['Replicate', { output: ['Hel', 'lo'], status: 'succeeded' }, ['Hello']],
  ['DashScope', { output: { choices: [{ message: { role: 'assistant', content: 'Hello' } }] } }, ['Hello']],
  ['DashScope, first version', { output: { text: 'Hello', finish_reason: 'stop' } }, ['Hello']],
  ['Cloudflare', { result: { response: 'Hello' }, success: true, errors: [] }, ['Hello']],
  ["Mistral's agents", { outputs: [{ type: 'message.output', role: 'assistant', content: 'Hello' }] }, ['Hello']],
])('the words of an answer of %s', (_, answer, words) => {
  const parts = parseConversation({ messages: HI, response: answer, response_content: null }).answer.flatMap(
    (one) => one.parts,
  );
  expect(parts.map((part) => ('text' in part ? part.text : part.kind))).toEqual(words);
});

test.each<[string, JsonValue, readonly string[]]>([
  ['Titan', { inputText: 'Hello' }, ['Hello']],
  ['Hugging Face', { inputs: 'Hello' }, ['Hello']],
  [
    "Cohere's first version",
    { message: 'Now', chat_history: [{ role: 'CHATBOT', message: 'Before' }] },
    ['Before', 'Now'],
  ],
])('what was sent to %s', (_, messages, words) => {
  const { sent } = parseConversation({ messages, response: null, response_content: null });
  expect(sent.flatMap(({ parts }) => parts).map((part) => ('text' in part ? part.text : part.kind))).toEqual(words);
});

function gemini(text: string): JsonValue {
  return { candidates: [{ content: { role: 'model', parts: [{ text }] } }] };
}

function chunk(content: string): JsonValue {
  return { choices: [{ index: 0, delta: { content } }] };
}
