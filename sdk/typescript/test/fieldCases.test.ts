/** What users of such products report: answers that fail with status 200, odd token counts, prices, odd logs by hand. */
import { chatAnswer, responseAnswer, sendJson, type Json } from './fakeOpenAI';
import { harnessOfEachTest, HELLO, LAB_KEY, type Harness } from './harness';
import { endOfReason } from '../../../shared/conversation/finishReason';
import { V6 } from './majors';
import type { Record_ } from './receiver';

let h: Harness;
harnessOfEachTest(V6, (made) => (h = made));

const file = new File(['abc'], 'a.wav', { type: 'audio/wav' });

/** A call of each kind of endpoint. */
const CALLS: Record<string, { path: string; call: (client: Harness['client']) => Promise<unknown> }> = {
  chat: { path: '/chat/completions', call: (client) => client.chat.completions.create(HELLO) },
  completions: { path: '/completions', call: (client) => client.completions.create({ model: 'm', prompt: 'x' }) },
  responses: { path: '/responses', call: (client) => client.responses.create({ model: 'm', input: 'x' }) },
  embeddings: { path: '/embeddings', call: (client) => client.embeddings.create({ model: 'm', input: 'x' }) },
  moderations: { path: '/moderations', call: (client) => client.moderations.create({ input: 'x' }) },
  images: { path: '/images/generations', call: (client) => client.images.generate({ prompt: 'x' }) },
  transcriptions: {
    path: '/audio/transcriptions',
    call: (client) => client.audio.transcriptions.create({ model: 'm', file }),
  },
  speech: {
    path: '/audio/speech',
    call: (client) => client.audio.speech.create({ model: 'm', voice: 'alloy', input: 'x' }),
  },
};

async function answered(kind: string, body: unknown): Promise<Record_> {
  const { path, call } = CALLS[kind] as (typeof CALLS)[string];
  h.fake.on(path, (_, res) => sendJson(res, body));
  // Our own answer may break what the library makes of it; that is the caller's to see.
  await call(h.client).catch(() => {});
  return h.log();
}

const kindsWithBody = Object.keys(CALLS).filter((kind) => kind !== 'speech');

test.each(kindsWithBody)('%s: an error in the body of a 200 is an error', async (kind) => {
  const error = { message: 'No more credits', code: 402, type: 'billing', metadata: { raw: 'Bearer abcdefghijkl' } };
  const log = await answered(kind, { error });
  expect(log).toMatchObject({ status: 'error', error: { message: 'No more credits', code: '402', type: 'billing' } });
  expect(JSON.stringify(log)).not.toContain('abcdefghijkl');
});

test.each(kindsWithBody)('%s: a 200 without an answer is incomplete', async (kind) => {
  const log = await answered(kind, { id: 'x', object: 'thing', model: 'm' });
  expect(log.status).toBe('incomplete');
  expect(log.error).toBeUndefined();
});

test('speech: a 200 with JSON in place of sound is incomplete', async () => {
  expect((await answered('speech', { error: { message: 'no voice' } })).status).toBe('incomplete');
});

test.each<[string, Json, string]>([
  ['a text', { error: 'overloaded' }, 'overloaded'],
  [
    'vLLM',
    { object: 'error', message: 'The model does not exist.', type: 'NotFoundError', code: 404 },
    'does not exist',
  ],
  ['FastAPI', { detail: [{ loc: ['body'], msg: 'field required' }] }, 'field required'],
  ['Cloudflare', { success: false, errors: [{ code: 7003, message: 'no route' }], result: null }, 'no route'],
  ['MiniMax', { choices: null, base_resp: { status_code: 1004, status_msg: 'login fail' } }, 'login fail'],
  ['Baidu', { error_code: 336003, error_msg: 'bad messages' }, 'bad messages'],
  ['Groq', { choices: [], x_groq: { error: 'over capacity' } }, 'over capacity'],
  ['AWS', { message: 'Endpoint request timed out' }, 'timed out'],
])('chat: an error as it is told by %s', async (_, body, message) => {
  const log = await answered('chat', body);
  expect(log.status).toBe('error');
  expect(log.error?.message).toContain(message);
});

test.each<[string, unknown]>([
  ['null', null],
  ['an empty text', ''],
  ['an empty object', {}],
  ['false', false],
])('chat: an answer with an `error` that is %s is a success', async (_, error) => {
  expect((await answered('chat', { ...chatAnswer(), error })).status).toBe('success');
});

test.each<[string, Json]>([
  ['has an error', { finish_reason: 'error', error: { code: 502, message: 'Upstream closed' } }],
  ['has an error and says stop', { finish_reason: 'stop', error: { message: 'Upstream closed' } }],
  ['ends with the reason error', { finish_reason: 'error' }],
  ['ends with an error in capital letters', { finish_reason: 'ERROR' }],
  ['ends with an error of the network', { finish_reason: 'network_error' }],
])('chat: a choice that %s is an error, and its text is kept', async (_, more) => {
  const choice = { index: 0, message: { role: 'assistant', content: 'Cold and' }, ...more };
  const log = await answered('chat', { ...chatAnswer(), choices: [choice] });
  expect(log).toMatchObject({ status: 'error', response_content: 'Cold and' });
  expect(log.error?.message).toMatch(/Upstream closed|finish_reason/);
});

test('an answer of plain text is incomplete; JSON that comes as text is read', async () => {
  const send = (text: string) =>
    h.fake.on('/chat/completions', (_, res) => res.writeHead(200, { 'content-type': 'text/plain' }).end(text));
  send('<!doctype html>');
  await h.client.chat.completions.create(HELLO);
  send(JSON.stringify(chatAnswer()));
  await h.client.chat.completions.create(HELLO);
  send('{"error":{"message":"no"}}');
  await h.client.chat.completions.create(HELLO);
  expect((await h.logs()).map(({ status }) => status)).toEqual(['incomplete', 'success', 'error']);
});

test.each([
  'length',
  'content_filter',
  'content_filter: PROHIBITED_CONTENT',
  'MAX_TOKENS',
  'model_length',
  'SAFETY',
  'insufficient_system_resource',
  'content-filter',
  'content_filtered',
  'guardrail_intervened',
  'refusal',
  'sensitive',
  'IMAGE_SAFETY',
  'malformed_model_output',
  'FinishReason.MAX_TOKENS',
  'token_limit',
  'time_limit',
  'LANGUAGE',
  'OTHER',
  'ERROR_TOXIC',
  'aborted',
  'UNEXPECTED_TOOL_CALL',
  'NO_IMAGE',
  'max_output',
  'repetition',
])('an answer that ended with %s is incomplete', async (reason) => {
  const choice = { index: 0, message: { role: 'assistant', content: 'Cold' }, finish_reason: reason };
  const log = await answered('chat', { ...chatAnswer(), choices: [choice] });
  expect(log).toMatchObject({ status: 'incomplete', finish_reason: reason });
  expect(endOfReason(reason)).toBe('incomplete');
});

test('an error that comes in a list is an error', async () => {
  h.fake.on('/chat/completions', (_, res) => sendJson(res, [{ error: { code: 400, message: 'API key not valid' } }]));
  await h.client.chat.completions.create(HELLO);
  expect(await h.log()).toMatchObject({ status: 'error', error: { code: '400', message: 'API key not valid' } });
});

test('a page of HTML is no transcription, and silence is one', async () => {
  for (const text of ['<!DOCTYPE html><title>Sign in</title>', '', 'Said words.']) {
    h.fake.on('/audio/transcriptions', (_, res) => res.writeHead(200, { 'content-type': 'text/plain' }).end(text));
    await h.client.audio.transcriptions.create({ model: 'm', file, response_format: 'text' });
  }
  expect((await h.logs()).map(({ status }) => status)).toEqual(['incomplete', 'success', 'success']);
});

test('a response that failed, is open or has no output is no success', async () => {
  const answers = [
    responseAnswer({ status: 'failed', error: { code: 'server_error', message: 'no' } }),
    responseAnswer({ status: 'failed', error: null }),
    responseAnswer({ status: 'in_progress' }),
    responseAnswer({ output: [] }),
  ];
  for (const answer of answers) {
    h.fake.on('/responses', (_, res) => sendJson(res, answer));
    await h.client.responses.create({ model: 'm', input: 'x' });
  }
  expect((await h.logs()).map(({ status }) => status)).toEqual(['error', 'error', 'incomplete', 'incomplete']);
});

test.each<[string, Json, Json]>([
  [
    'OpenAI: a part',
    {
      prompt_tokens: 20,
      completion_tokens: 600,
      total_tokens: 620,
      completion_tokens_details: { reasoning_tokens: 400 },
    },
    { output_tokens: 600, reasoning_tokens: 400 },
  ],
  [
    'xAI: beside it',
    {
      prompt_tokens: 120,
      completion_tokens: 40,
      total_tokens: 1020,
      completion_tokens_details: { reasoning_tokens: 860 },
    },
    { output_tokens: 900, reasoning_tokens: 860 },
  ],
  [
    'Gemini: in the total alone',
    { prompt_tokens: 12, completion_tokens: 30, total_tokens: 542 },
    { output_tokens: 530 },
  ],
  ['Gemini: all of it', { prompt_tokens: 12, total_tokens: 512 }, { output_tokens: 500 }],
  [
    'no total',
    { prompt_tokens: 20, completion_tokens: 0, completion_tokens_details: { reasoning_tokens: 60 } },
    { output_tokens: 60 },
  ],
  [
    'Perplexity: more than the output',
    { prompt_tokens: 33, completion_tokens: 100, total_tokens: 133, reasoning_tokens: 900 },
    { output_tokens: 1000, reasoning_tokens: 900 },
  ],
  [
    'a cache beside the input',
    { prompt_tokens: 10, completion_tokens: 5, total_tokens: 1015, cache_read_input_tokens: 1000 },
    { input_tokens: 1010, output_tokens: 5, cached_input_tokens: 1000 },
  ],
  [
    'a cache that Moonshot tells beside the details',
    { prompt_tokens: 100, completion_tokens: 5, total_tokens: 105, cached_tokens: 80 },
    { input_tokens: 100, output_tokens: 5, cached_input_tokens: 80 },
  ],
  [
    "a cache in Mistral's word",
    { prompt_tokens: 100, completion_tokens: 5, total_tokens: 105, num_cached_tokens: 80 },
    { input_tokens: 100, output_tokens: 5, cached_input_tokens: 80 },
  ],
  [
    'a cache within the input',
    { prompt_tokens: 1010, completion_tokens: 5, total_tokens: 1015, cache_read_input_tokens: 1000 },
    { input_tokens: 1010, output_tokens: 5 },
  ],
])('output includes thinking; %s', async (_, usage, expected) => {
  expect(await answered('chat', { ...chatAnswer(), usage })).toMatchObject(expected);
});

test('a price beside the usage counts too', async () => {
  expect(Number((await answered('chat', { ...chatAnswer(), cost: { total_cost: 0.006 } })).cost_usd)).toBe(0.006);
});

test('a total that is larger than its input gives an embedding no output', async () => {
  const log = await answered('embeddings', {
    data: [{ embedding: [1] }],
    usage: { prompt_tokens: 5, total_tokens: 8 },
  });
  expect(log.input_tokens).toBe(5);
  expect(log.output_tokens).toBeUndefined();
});

test.each<[string, Json, string | undefined]>([
  ['a number', { cost: 0.00217 }, '0.00217'],
  ['a small number', { cost: 1.5e-7 }, '0.00000015'],
  ['nothing to pay', { cost: 0 }, '0'],
  ['a text', { cost: '0.0012' }, '0.0012'],
  [
    'a key of one’s own at OpenRouter',
    { cost: 0.001, is_byok: true, cost_details: { upstream_inference_cost: 0.02 } },
    '0.021',
  ],
  ['Perplexity', { cost: { input_tokens_cost: 0.001, request_cost: 0.005, total_cost: 0.006 } }, '0.006'],
  ['such a key, where the provider takes the rest', { cost: 0, is_byok: true }, undefined],
  ['another currency beside it', { cost: 0.5, currency: 'EUR' }, undefined],
  ['another currency', { cost: { total_cost: 0.006, currency: 'EUR' } }, undefined],
  ['xAI', { cost_in_usd_ticks: 37_756_000 }, '0.0037756'],
  ['DeepInfra', { estimated_cost: 0.00041 }, '0.00041'],
  ['no number', { cost: 'free' }, undefined],
  ['less than nothing', { cost: -1 }, undefined],
])('the price that the provider names: %s', async (_, more, expected) => {
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, ...more };
  const log = await answered('chat', { ...chatAnswer(), usage });
  expect(log.cost_usd === undefined ? undefined : Number(log.cost_usd)).toBe(expected && Number(expected));
});

test('a log by hand is kept, whatever its values are', async () => {
  const { lab } = h;
  const base = { model: 'm', provider: 'p', messages: [{ role: 'user', content: 'x' }] };
  const odd: Json[] = [
    { ...base, started_at: 1764028800123 },
    { ...base, started_at: 1764028800 },
    { ...base, started_at: 'yesterday' },
    { ...base, messages: 'Say hello' },
    { ...base, messages: { role: 'user', content: 'x' } },
    {
      ...base,
      messages: [
        { role: 'tool', content: { readers: ['ann'] } },
        { role: 'tool', content: 7 },
        { role: 'tool', content: true },
      ],
    },
    { ...base, messages: null },
    { ...base, tags: ['prod', 'beta', 7] },
    { ...base, tags: { customer: 42, beta: true, none: null } },
    { ...base, tags: 'prod' },
    { ...base, input_tokens: '12', output_tokens: -1, latency_ms: 'fast', cost_usd: 'free' },
    { ...base, metadata: 'a note', parameters: [1], error: 'broken', status: 'failed', stream: 'yes' },
    { ...base, user_id: 7, trace_id: 8, name: true, response_content: { a: 1 } },
    { ...base, model: 7, provider: undefined },
    { ...base, output_images: '2', mediaSeconds: 12.5 },
    { ...base, output_images: 1.5, media_seconds: -3 },
  ];
  for (const log of odd) lab.api.logRequest(log as never);
  const logs = await h.logs();
  expect(logs).toHaveLength(odd.length);
  expect(logs[0]?.started_at).toBe('2025-11-25T00:00:00.123Z');
  expect(logs[1]?.started_at).toBe('2025-11-25T00:00:00.000Z');
  expect(logs[2]?.metadata).toMatchObject({ started_at: 'yesterday' });
  expect(logs[3]?.messages).toEqual([{ role: 'user', content: 'Say hello' }]);
  expect(logs[5]?.messages).toMatchObject([{ content: '{"readers":["ann"]}' }, { content: '7' }, { content: 'true' }]);
  expect(logs[7]?.tags).toEqual({ prod: 'true', beta: 'true', '7': 'true' });
  expect(logs[8]?.tags).toEqual({ customer: '42', beta: 'true' });
  expect(logs[10]).toMatchObject({
    input_tokens: 12,
    metadata: { output_tokens: -1, latency_ms: 'fast', cost_usd: 'free' },
  });
  expect(logs[11]).toMatchObject({
    metadata: { value: 'a note' },
    parameters: { value: [1] },
    error: { message: 'broken' },
  });
  expect(logs[12]).toMatchObject({ user_id: '7', trace_id: '8', name: 'true', response_content: '{"a":1}' });
  expect(logs[13]).toMatchObject({ model: '7', provider: 'unknown' });
  expect(logs[14]).toMatchObject({ output_images: 2, media_seconds: 12.5 });
  expect(logs[15]).toMatchObject({ metadata: { output_images: 1.5, media_seconds: -3 } });
  expect(JSON.stringify(logs)).not.toContain(LAB_KEY);
});

test.each<[string, Json, Json]>([
  ['microseconds', { started_at: 1764028800123456 }, { started_at: '2025-11-25T00:00:00.123Z' }],
  ['nanoseconds in a text', { started_at: '1764028800123456789' }, { started_at: '2025-11-25T00:00:00.123Z' }],
  ['a time without seconds', { started_at: '2025-11-25T02:00+02:00' }, { started_at: '2025-11-25T00:00:00.000Z' }],
  ['a time in RFC 1123', { started_at: 'Tue, 25 Nov 2025 00:00:00 GMT' }, { started_at: '2025-11-25T00:00:00.000Z' }],
  [
    'a time that nobody believes',
    { started_at: '1970-01-01T00:00:00Z' },
    { metadata: { started_at: '1970-01-01T00:00:00Z' } },
  ],
  ['a time far ahead', { started_at: '2999-01-01T00:00:00Z' }, { metadata: { started_at: '2999-01-01T00:00:00Z' } }],
  ['a duration beyond all bounds', { latency_ms: 1e12 }, { metadata: { latency_ms: 1e12 } }],
  ['seconds beyond all bounds', { media_seconds: 1e12 }, { metadata: { media_seconds: 1e12 } }],
  ['a cost with an exponent', { cost_usd: '1e-7' }, { cost_usd: 1e-7 }],
  ['a cost without a zero', { cost_usd: ' +.5 ' }, { cost_usd: 0.5 }],
  ['a cost of many decimals', { cost_usd: '0.12345678901234' }, { cost_usd: 0.12345678901234 }],
  ['a cost in a text', { cost_usd: '0.10' }, { cost_usd: 0.1 }],
  ['a cost that is no decimal', { cost_usd: '0x10' }, { metadata: { cost_usd: '0x10' } }],
  [
    'a status of HTTP in a text',
    { error: { message: 'x', http_status: '429' } },
    { error: { message: 'x', http_status: 429 } },
  ],
  [
    'a status that is none',
    { error: { message: 'x', http_status: 1004 } },
    { error: { message: 'x', http_status: null } },
  ],
  ['an id that is no UUID', { id: 'chatcmpl-1' }, { metadata: { id: 'chatcmpl-1' } }],
  ['an sdk that is a text', { sdk: 'mine/1.0' }, { sdk: { name: 'promptlab' }, metadata: { sdk: 'mine/1.0' } }],
])('a log by hand with %s is kept', async (_, odd, kept) => {
  const { lab } = h;
  const id = lab.api.logRequest({ model: 'm', provider: 'p', messages: [], ...odd } as never);
  const log = await h.log();
  expect(log).toMatchObject(kept);
  expect(log.id).toBe(id);
});
