/** B: failed calls reach the caller as they are, and are recorded once with all that is known. */
import { chatAnswer, responseAnswer, sendError, sendEvents, sendJson, textChunks } from './fakeOpenAI';
import { CLIENT_KEY, createHarness, expectValid, HELLO, type Harness } from './harness';
import { MAJORS } from './majors';
import { runScript } from './runScript';

const RATE_LIMIT = {
  message: 'Too many requests',
  type: 'rate_limit_error',
  code: 'rate_limit_exceeded',
  param: 'model',
};

describe.each(MAJORS)('$name', (major) => {
  const { openai, name } = major;
  const isV4 = name.endsWith('v4');
  const folder = `openai-${name.slice(-2)}`;
  let h: Harness;
  const helpers = () => (isV4 ? (h.client as any).beta.chat.completions : h.client.chat.completions);

  beforeEach(async () => {
    h = await createHarness(major);
  });
  afterEach(async () => {
    await h.close();
    expectValid(h);
  });

  test('B1 the rejected error is the one the library threw', async () => {
    h.fake.on('/chat/completions', (_, res) => sendError(res, 429, RATE_LIMIT));
    const [mine, theirs] = (await Promise.all(
      [h.client, h.raw].map((client) => client.chat.completions.create(HELLO).catch((error: unknown) => error)),
    )) as any[];
    expect(mine.constructor).toBe(openai.RateLimitError);
    expect(mine.status).toBe(429);
    expect(Object.keys(mine)).toEqual(Object.keys(theirs));
    expect(mine.message).toBe(theirs.message);
    expect(typeof mine.stack).toBe('string');

    const known = new Error('the very one');
    const { client } = h.make({}, { fetch: () => Promise.reject(known) });
    const failure = (await client.chat.completions.create(HELLO).catch((error: unknown) => error)) as Error;
    const chain = [failure, failure.cause, (failure.cause as Error | undefined)?.cause];
    expect(chain).toContain(known);
    // Two looks at one failed promise see one error.
    h.fake.on('/chat/completions', (_, res) => sendError(res, 400, { message: 'no' }));
    const promise = h.client.chat.completions.create(HELLO);
    const first = await promise.catch((error: unknown) => error);
    expect(await promise.catch((error: unknown) => error)).toBe(first);
  });

  test('B2, B3 one record with status, code, type, param, message, request id and class', async () => {
    h.fake.on('/chat/completions', (_, res) => sendError(res, 429, RATE_LIMIT));
    await expect(h.client.chat.completions.create({ ...HELLO, prompt_slug: 'p' })).rejects.toThrow('Too many');
    const log = await h.log();
    expect(log).toMatchObject({
      status: 'error',
      prompt_slug: 'p',
      provider_request_id: 'req_1',
      error: { http_status: 429, code: 'rate_limit_exceeded', type: 'rate_limit_error', param: 'model' },
      metadata: { error_class: 'RateLimitError', http_status: 429 },
    });
    expect(log.error.message).toContain('Too many requests');
    expect(log.latency_ms).toBeGreaterThan(0);
  });

  test('B4 a stream that fails midway is one record with error and partial text', async () => {
    const broken = [
      ...textChunks(['Hello', ' there']).slice(0, 3),
      { error: { message: 'overheated', type: 'server_error', code: 'hot' } },
    ];
    h.fake.on('/chat/completions', (seen, res) => sendEvents(seen, res, broken));
    const seen: string[] = [];
    const failures: unknown[] = [];
    try {
      for await (const part of await h.client.chat.completions.create({ ...HELLO, stream: true })) {
        seen.push(part.choices[0]?.delta.content ?? '');
      }
    } catch (error) {
      failures.push(error);
    }
    expect(failures).toHaveLength(1);
    expect(failures[0]).toBeInstanceOf(openai.APIError);
    expect(seen.join('')).toBe('Hello there');
    expect(await h.log()).toMatchObject({ status: 'error', error: { code: 'hot' }, response_content: 'Hello there' });
  });

  test('B4 a connection that breaks midway is one record with partial text', async () => {
    h.fake.on('/chat/completions', (seen, res) =>
      sendEvents(seen, res, textChunks(['Hello', ' there']).slice(0, 3), { cut: true }),
    );
    const read = async () => {
      for await (const part of await h.client.chat.completions.create({ ...HELLO, stream: true })) void part;
    };
    await expect(read()).rejects.toThrow();
    expect(await h.log()).toMatchObject({ status: 'error', response_content: 'Hello there' });
  });

  test('B5 as many unhandled rejections as without us, and no more', async () => {
    const { stdout, stderr } = await runScript(
      `
      let count = 0;
      process.on('unhandledRejection', () => count++);
      const turn = () => new Promise((resolve) => setTimeout(resolve, 15));
      const format = { type: 'json_schema', json_schema: { name: 'x', schema: {} } };
      const parse = (c) => (c.chat.completions.parse ? c.chat.completions : c.beta.chat.completions).parse({ ...HELLO, response_format: format });
      const ways = {
        floating: (c) => { c.chat.completions.create(HELLO); },
        floatingStream: (c) => { c.chat.completions.create({ ...HELLO, stream: true }); },
        floatingResponses: (c) => { c.responses.create({ model: 'm', input: 'x' }); },
        floatingParse: (c) => { parse(c); },
        floatingThen: (c) => { c.chat.completions.create(HELLO).then(() => {}); },
        floatingAsResponse: (c) => { c.chat.completions.create(HELLO).asResponse(); },
        caught: (c) => { c.chat.completions.create(HELLO).catch(() => {}); },
        thenCaught: (c) => { c.chat.completions.create(HELLO).then(() => {}, () => {}); },
        asResponse: (c) => { c.chat.completions.create(HELLO).asResponse().catch(() => {}); },
        withResponse: (c) => { c.chat.completions.create(HELLO).withResponse().catch(() => {}); },
        parseCaught: (c) => { parse(c).catch(() => {}); },
        all: (c) => { Promise.all([c.chat.completions.create(HELLO)]).catch(() => {}); },
        allSettled: async (c) => { await Promise.allSettled([c.chat.completions.create(HELLO), c.embeddings.create({ model: 'm', input: 'x' })]); },
        late: async (c) => { const p = c.chat.completions.create(HELLO); await turn(); await p.catch(() => {}); },
        sameTurn: async (c) => { const p = c.chat.completions.create(HELLO); for (let i = 0; i < 50; i++) await null; await p.catch(() => {}); },
        unwrapped: (c) => { c.chat.completions.create(HELLO)._thenUnwrap((x) => x).catch(() => {}); },
        finallyFloating: (c) => { c.chat.completions.create(HELLO).finally(() => {}); },
      };
      (async () => {
        const result = {};
        for (const [name, way] of Object.entries(ways)) {
          result[name] = [];
          for (const wrap of [(c) => c, (c) => promptlab.track(c)]) {
            count = 0;
            way(wrap(newClient({ fetch: fakeFetch({ error: { message: 'no' } }, 429) })));
            await turn(); await turn();
            result[name].push(count);
          }
        }
        console.log(JSON.stringify(result));
        process.exit(0);
      })();`,
      { major: folder },
    );
    if (!stdout) throw new Error(stderr);
    const result = JSON.parse(stdout) as Record<string, [number, number]>;
    for (const [way, [raw, tracked]] of Object.entries(result)) expect([way, tracked]).toEqual([way, raw]);
    expect(result.floating).toEqual([1, 1]);
    expect(result.caught).toEqual([0, 0]);
  });

  test('B6 a synchronous throw is recorded and rethrown', async () => {
    const call = (client: typeof h.raw) => {
      try {
        // openai 7 rejects here instead; either way it is as without us.
        return client.chat.completions
          .create(undefined as never)
          .catch((error: unknown) => ['rejected', String(error)]);
      } catch (error) {
        return ['thrown', String(error)];
      }
    };
    expect(await call(h.client)).toEqual(await call(h.raw));
    expect(await h.log()).toMatchObject({ status: 'error', model: 'unknown', error: { type: 'TypeError' } });
  });

  test("B7 the library's retries are one record", async () => {
    h.fake.on('/chat/completions', (_, res) =>
      h.fake.requests.length === 1
        ? sendError(res, 500, { message: 'once' }, { 'retry-after-ms': '1' })
        : sendJson(res, chatAnswer()),
    );
    await h.client.chat.completions.create(HELLO, { maxRetries: 2 });
    expect(h.fake.requests).toHaveLength(2);
    const log = await h.log();
    expect(log.status).toBe('success');
    if (!isV4) expect(log.metadata.retried).toBe(true);
  });

  test('B8 time-out, abort by the caller and lost connection are told apart', async () => {
    const failing = (error: Error) => h.make({}, { fetch: () => Promise.reject(error) }).client;
    await failing(Object.assign(new Error('x'), { name: 'AbortError' }))
      .chat.completions.create(HELLO)
      .catch(() => {});
    await failing(new Error('socket hang up'))
      .chat.completions.create(HELLO)
      .catch(() => {});
    const abort = new AbortController();
    abort.abort();
    await h.client.chat.completions.create(HELLO, { signal: abort.signal }).catch(() => {});
    const logs = await h.logs();
    expect(logs.map(({ status, metadata }) => `${metadata.error_class} ${status}`).sort()).toEqual([
      'APIConnectionError error',
      'APIConnectionTimeoutError error',
      'APIUserAbortError aborted',
    ]);
  });

  test('B9 a failed response is an error although HTTP says 200; an incomplete one has its own status', async () => {
    const failed = responseAnswer({
      status: 'failed',
      error: { code: 'server_error', message: 'broke' },
      output: [],
      usage: null,
    });
    const incomplete = responseAnswer({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
    for (const answer of [failed, incomplete]) {
      h.fake.on('/responses', (_, res) => sendJson(res, answer));
      await h.client.responses.create({ model: 'm', input: 'x' });
    }
    const [first, second] = await h.logs();
    expect(first).toMatchObject({ status: 'error', error: { code: 'server_error', message: 'broke' } });
    expect(second).toMatchObject({ status: 'incomplete', finish_reason: 'max_output_tokens', input_tokens: 11 });
    expect(second?.response.incomplete_details).toEqual({ reason: 'max_output_tokens' });
  });

  test('B10 a failing parse helper does not hide the call that succeeded', async () => {
    h.fake.on('/chat/completions', (_, res) =>
      sendJson(res, chatAnswer({ role: 'assistant', content: 'cut', refusal: null }, 'length')),
    );
    const format = { type: 'json_schema', json_schema: { name: 'x', strict: true, schema: { type: 'object' } } };
    await expect(
      helpers().parse({
        ...HELLO,
        response_format: { ...format, $brand: 'auto-parseable-response-format', $parseRaw: JSON.parse },
      }),
    ).rejects.toThrow();
    expect(await h.log()).toMatchObject({
      status: 'incomplete',
      response_content: 'cut',
      input_tokens: 11,
      finish_reason: 'length',
    });
  });

  test('B10 an answer that is no JSON is an error', async () => {
    h.fake.on('/chat/completions', (_, res) =>
      res.writeHead(200, { 'content-type': 'application/json' }).end('{"broken'),
    );
    await expect(h.client.chat.completions.create(HELLO)).rejects.toThrow();
    await expect(helpers().parse({ ...HELLO })).rejects.toThrow();
    const logs = await h.logs();
    expect(logs.map(({ status }) => status)).toEqual(['error', 'error']);
  });

  test('B2 no key is found in an error', async () => {
    h.fake.on('/chat/completions', (_, res) =>
      sendError(res, 401, { message: `Incorrect API key provided: ${CLIENT_KEY}. Bearer abcdefgh12345678` }),
    );
    await expect(h.client.chat.completions.create(HELLO)).rejects.toThrow();
    const text = JSON.stringify(await h.log());
    expect(text).not.toContain(CLIENT_KEY);
    expect(text).not.toContain('abcdefgh12345678');
    expect(text).toContain('Incorrect API key');
  });
});
