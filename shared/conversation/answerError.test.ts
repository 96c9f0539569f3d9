import type { JsonValue } from '#shared/primitives';
import { readAnswerEnd } from './answerError.ts';

test.each<[string, JsonValue, object]>([
  [
    'OpenAI',
    { error: { message: 'No credits', type: 'insufficient_quota', code: 'insufficient_quota', param: null } },
    { type: 'insufficient_quota', code: 'insufficient_quota', message: 'No credits' },
  ],
  [
    'Anthropic',
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: 'req_1' },
    { type: 'overloaded_error', message: 'Overloaded' },
  ],
  [
    'Gemini',
    { error: { code: 429, message: 'Exhausted', status: 'RESOURCE_EXHAUSTED' } },
    { code: '429', message: 'Exhausted' },
  ],
  ['Gemini, streamed', [{ error: { code: 400, message: 'Bad key' } }], { code: '400', message: 'Bad key' }],
  [
    'JSON text',
    '{"error":{"message":"Slow down","type":"rate_limit","code":null}}',
    { type: 'rate_limit', message: 'Slow down' },
  ],
  [
    'a library for HTTP',
    { status: 429, headers: {}, data: { error: { message: 'Slow down', type: 'rate_limit' } } },
    { type: 'rate_limit', message: 'Slow down' },
  ],
  ['Portkey', { status: 'failure', message: 'Invalid config' }, { code: 'failure', message: 'Invalid config' }],
  [
    'Mistral, of fields',
    { object: 'error', message: { detail: [{ msg: 'Field required' }] }, type: 'invalid_request_error' },
    { type: 'invalid_request_error', message: '{"detail":[{"msg":"Field required"}]}' },
  ],
  [
    "OpenAI's library, or Cerebras",
    { message: 'Slow down', type: 'requests', param: null, code: 'rate_limit_exceeded' },
    { type: 'requests', code: 'rate_limit_exceeded', message: 'Slow down' },
  ],
  [
    "Anthropic's library",
    { status: 529, headers: {}, error: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } } },
    { type: 'overloaded_error', message: 'Overloaded' },
  ],
  [
    'watsonx',
    { errors: [{ code: 'model_not_supported', message: 'No' }], trace: 't', status_code: 404 },
    { code: 'model_not_supported', message: 'No' },
  ],
  [
    'Ollama, streamed',
    [{ message: { role: 'assistant', content: 'Ha' }, done: false }, { error: 'unexpected EOF' }],
    { message: 'unexpected EOF' },
  ],
  [
    'Hugging Face, streamed',
    [
      { token: { text: 'Ha' }, generated_text: null },
      { error: 'overloaded', error_type: 'overloaded' },
    ],
    { message: 'overloaded' },
  ],
  [
    'a batch of Bedrock',
    { recordId: '1', error: { errorCode: 400, errorMessage: 'Bad' } },
    { code: '400', message: 'Bad' },
  ],
  [
    'a client of AWS',
    { Error: { Code: 'ThrottlingException', Message: 'Slow down' }, ResponseMetadata: { HTTPStatusCode: 429 } },
    { code: 'ThrottlingException', message: 'Slow down' },
  ],
  [
    'Volcengine, in place of each image',
    { created: 1, data: [{ error: { code: 'Sensitive', message: 'No' } }] },
    { code: 'Sensitive', message: 'No' },
  ],
  [
    'a run of an assistant',
    { object: 'thread.run', status: 'failed', last_error: { code: 'rate_limit_exceeded', message: 'Slow down' } },
    { code: 'rate_limit_exceeded', message: 'Slow down' },
  ],
  [
    'Bedrock, streamed',
    [{ messageStart: { role: 'assistant' } }, { throttlingException: { message: 'Slow down' } }],
    { type: 'throttlingException', message: 'Slow down' },
  ],
  ['Ollama', { error: "model 'x' not found" }, { message: "model 'x' not found" }],
  [
    'vLLM',
    { object: 'error', message: 'not there', type: 'NotFoundError', code: 404 },
    { type: 'NotFoundError', code: '404', message: 'not there' },
  ],
  [
    'Responses',
    { object: 'response', status: 'failed', error: { code: 'server_error', message: 'no' }, output: [] },
    { code: 'server_error', message: 'no' },
  ],
  [
    'Responses, unsaid',
    { object: 'response', status: 'failed', error: null, output: [] },
    { type: 'response_failed', message: 'The response failed.' },
  ],
  [
    'Realtime',
    {
      object: 'realtime.response',
      status: 'failed',
      status_details: { error: { code: 'x', message: 'no' } },
      output: [],
    },
    { code: 'x', message: 'no' },
  ],
  [
    'Claude Code',
    { type: 'result', subtype: 'error_max_turns', is_error: true, result: '' },
    { type: 'error_max_turns' },
  ],
  [
    'a choice of OpenRouter',
    { choices: [{ finish_reason: 'error', error: { code: 502, message: 'Upstream' }, message: { content: 'Half' } }] },
    { code: '502', message: 'Upstream' },
  ],
  [
    'an error beside choices',
    { choices: [{ message: { content: '' } }], error: { message: 'late' } },
    { message: 'late' },
  ],
  ['Groq', { choices: [], x_groq: { error: 'over capacity' } }, { message: 'over capacity' }],
  [
    'Bedrock',
    { __type: 'com.amazonaws#ThrottlingException', message: 'Too many' },
    { type: 'ThrottlingException', message: 'Too many' },
  ],
  [
    'Cloudflare',
    { success: false, errors: [{ code: 7003, message: 'no route' }] },
    { code: '7003', message: 'no route' },
  ],
  [
    'MiniMax',
    { choices: null, base_resp: { status_code: 1004, status_msg: 'login fail' } },
    { code: '1004', message: 'login fail' },
  ],
  [
    'DashScope',
    { request_id: 'r', code: 'InvalidParameter', message: 'Too long' },
    { code: 'InvalidParameter', message: 'Too long' },
  ],
  ['Baidu', { error_code: 336003, error_msg: 'Too long', id: 'x' }, { code: '336003', message: 'Too long' }],
  ['FastAPI', { detail: 'Not Found' }, { message: 'Not Found' }],
  ['FastAPI, of fields', { detail: [{ msg: 'required' }] }, { message: '[{"msg":"required"}]' }],
  ['a gateway', { statusCode: 429, message: 'Slow down' }, { message: 'Slow down' }],
  [
    "a line of OpenAI's batches",
    {
      custom_id: 'a',
      response: { status_code: 400, body: { error: { message: 'Bad', code: 'no_model' } } },
      error: null,
    },
    { code: 'no_model', message: 'Bad' },
  ],
  [
    "a line of Anthropic's batches",
    {
      custom_id: 'a',
      result: { type: 'errored', error: { type: 'error', error: { type: 'api_error', message: 'Bad' } } },
    },
    { type: 'api_error', message: 'Bad' },
  ],
  ["a line of Anthropic's that expired", { custom_id: 'a', result: { type: 'expired' } }, { type: 'expired' }],
  [
    'Gemini at the end of a stream',
    [{ candidates: [{}] }, { error: { code: 500, message: 'no' } }],
    { code: '500', message: 'no' },
  ],
  [
    'a gateway at the end of a stream',
    [{ choices: [{ delta: { content: 'Hi' } }] }, { error: { message: 'lost' } }],
    { message: 'lost' },
  ],
  [
    'Anthropic at the end of a stream',
    [
      { type: 'message_start', message: { content: [] } },
      { type: 'content_block_start', content_block: { type: 'text', text: 'Hi' } },
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    ],
    { type: 'overloaded_error', message: 'Overloaded' },
  ],
])('an answer of %s is an error', (_, response, error) => {
  expect(readAnswerEnd(response, false)).toEqual({ status: 'error', error });
});

test('Cohere says it in the reason of the end', () => {
  const response = { finish_reason: 'ERROR', message: { role: 'assistant', content: [] } };
  expect(readAnswerEnd(response, false)).toMatchObject({ status: 'error' });
});

test.each<[string, JsonValue, string | undefined]>([
  [
    'a stream of a chat that breaks off',
    [{ choices: [{ delta: { content: 'a' } }] }, { choices: [{ delta: { content: 'b' } }] }],
    'incomplete',
  ],
  [
    'events of Anthropic that break off',
    [
      { type: 'message_start', message: { type: 'message', content: [], stop_reason: null } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'a' } },
    ],
    'incomplete',
  ],
  [
    'pieces of Ollama that break off',
    [
      { response: 'a', done: false },
      { response: 'b', done: false },
    ],
    'incomplete',
  ],
  ['a run that was cut off', { object: 'thread.run', status: 'incomplete' }, 'incomplete'],
  ['a response that was cut off', { object: 'response', status: 'incomplete', output: [{}] }, 'incomplete'],
  ['a response that was cancelled', { object: 'response', status: 'cancelled', output: [] }, 'aborted'],
  ['no choice', { choices: [] }, 'incomplete'],
  ['an answer cut at its limit', { choices: [{ finish_reason: 'length', message: { content: 'Hi' } }] }, 'incomplete'],
  ['a prompt that Gemini blocked', { promptFeedback: { blockReason: 'SAFETY' } }, 'incomplete'],
  ['a chat without choices', { object: 'chat.completion', choices: null }, 'incomplete'],
  ['a response that is not done', { object: 'response', status: 'queued', output: [] }, 'incomplete'],
  ['no vector', { object: 'list', data: [] }, 'incomplete'],
  ['no picture', { created: 1, data: [] }, 'incomplete'],
  ['no verdict', { model: 'omni-moderation', results: [] }, 'incomplete'],
  ['a JSON with an empty list', { data: [], total: 0 }, undefined],
  ['a JSON that has a message', { message: 'Hi' }, undefined],
  ['a JSON that has a code', { message: 'Your code', code: 'XY-1' }, undefined],
  ['an answer', { choices: [{ message: { content: 'Hi' } }], error: null }, undefined],
  ['an answer whose error is empty', { choices: [{ message: { content: 'Hi' } }], error: {} }, undefined],
  ['a completed response', { object: 'response', status: 'completed', error: null, output: [{}] }, undefined],
  ['vectors', { object: 'list', data: [{ embedding: [1] }] }, undefined],
  ['any JSON', { label: 'spam', score: 0.9 }, undefined],
  ['any JSON with words and an error of its own', { text: 'x', error: 'field of the answer' }, undefined],
  ['a text', 'Hi', undefined],
  ['nothing', null, undefined],
])('%s', (_, response, status) => {
  expect(readAnswerEnd(response, false)?.status).toBe(status);
});

test('a transcription that was streamed is whole without a reason', () => {
  const pieces: JsonValue[] = [
    { type: 'transcript.text.delta', delta: 'Hi' },
    { type: 'transcript.text.done', text: 'Hi' },
  ];
  expect(readAnswerEnd(pieces, false)).toBeNull();
});

test('a list without choices says nothing where the words are known', () => {
  expect(readAnswerEnd({ choices: [] }, true)).toBeNull();
});
