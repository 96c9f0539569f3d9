/** B: failed calls reach the caller as they are, and are recorded once with all that is known. */
import {
  chatAnswer,
  responseAnswer,
  responseEvents,
  sendError,
  sendEvents,
  sendJson,
  textChunks,
  type Loose,
} from './fakeOpenAI';
import { CLIENT_KEY, harnessOfEachTest, HELLO, type Harness } from './harness';
import { chatHelpers, MAJORS } from './majors';
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
  harnessOfEachTest(major, (made) => (h = made));

  test('B1 the rejected error is the one the library threw', async () => {
    h.fake.on('/chat/completions', (_, res) => sendError(res, 429, RATE_LIMIT));
    const [mine, theirs] = (await Promise.all(
      [h.client, h.raw].map((client) => client.chat.completions.create(HELLO).catch((error: unknown) => error)),
    )) as Loose[];
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
    const made = new openai.APIError(418, { message: 'made' }, 'made', undefined as never);
    const own = h.make({}).client;
    (own as Loose).makeStatusError = () => made;
    h.fake.on('/chat/completions', (_, res) => sendError(res, 418, { message: 'no' }));
    expect(await own.chat.completions.create(HELLO).catch((error: unknown) => error)).toBe(made);
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

  test('B4 an error event of a responses stream is one record, the same on each major', async () => {
    const broken = [
      ...responseEvents().slice(0, 5),
      { type: 'error', code: 'hot', message: 'overheated', param: null, sequence_number: 5 },
    ];
    h.fake.on('/responses', (seen, res) => sendEvents(seen, res, broken, { done: false, named: true }));
    const failures: unknown[] = [];
    try {
      // openai 5 and 6 hand the event on, the others throw it.
      for await (const event of await h.client.responses.create({ model: 'm', input: 'x', stream: true })) {
        if ((event as { type: string }).type === 'error') failures.push(event);
      }
    } catch (error) {
      failures.push(error);
    }
    expect(failures).toHaveLength(1);
    const log = await h.log();
    expect(log).toMatchObject({
      status: 'error',
      error: { type: 'APIError', message: expect.stringContaining('overheated') },
      metadata: { error_class: 'APIError' },
      response_content: 'Hello there',
    });
    // openai 4 loses the code.
    if (!isV4) expect(log.error.code).toBe('hot');
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

  test('B6 what the library throws itself reaches the caller as it is', async () => {
    const known = new Error('the very one');
    (h.client as Loose).post = () => {
      throw known;
    };
    const call = async () => h.client.chat.completions.create(HELLO);
    await expect(call()).rejects.toBe(known);
    expect(await h.log()).toMatchObject({ status: 'error', error: { message: 'the very one' } });
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
      chatHelpers(major, h.client).parse({
        ...HELLO,
        response_format: { ...format, $brand: 'auto-parseable-response-format', $parseRaw: JSON.parse },
      }),
    ).rejects.toThrow((openai as Loose).LengthFinishReasonError);
    expect(await h.log()).toMatchObject({
      status: 'incomplete',
      response_content: 'cut',
      input_tokens: 11,
      finish_reason: 'length',
    });
  });

  test('B10 words that do not parse are those of a call that succeeded', async () => {
    h.fake.on('/chat/completions', (_, res) =>
      sendJson(res, chatAnswer({ role: 'assistant', content: '{"a"', refusal: null })),
    );
    const format = { type: 'json_schema', json_schema: { name: 'x', strict: true, schema: { type: 'object' } } };
    await expect(
      chatHelpers(major, h.client).parse({
        ...HELLO,
        response_format: { ...format, $brand: 'auto-parseable-response-format', $parseRaw: JSON.parse },
      }),
    ).rejects.toThrow(SyntaxError);
    expect(await h.log()).toMatchObject({ status: 'success', response_content: '{"a"', input_tokens: 11 });
  });

  test('B10 an answer that is no JSON is an error', async () => {
    h.fake.on('/chat/completions', (_, res) =>
      res.writeHead(200, { 'content-type': 'application/json' }).end('{"broken'),
    );
    await expect(h.client.chat.completions.create(HELLO)).rejects.toThrow();
    await expect(chatHelpers(major, h.client).parse({ ...HELLO })).rejects.toThrow();
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

  test('D4 no key is found in a failed response, nor in its copy', async () => {
    const message = `Tool failed with ${CLIENT_KEY} and Bearer abcdefgh12345678`;
    const failed = responseAnswer({ status: 'failed', error: { code: 'server_error', message }, output: [] });
    h.fake.on('/responses', (seen, res) =>
      seen.body.stream
        ? sendEvents(seen, res, responseEvents({ ...failed, output: [{}] }), { done: false, named: true })
        : sendJson(res, failed),
    );
    const answer = await h.client.responses.create({ model: 'm', input: 'x' });
    expect(answer.error?.message).toBe(message);
    for await (const event of await h.client.responses.create({ model: 'm', input: 'x', stream: true })) void event;
    const logs = await h.logs();
    expect(logs.map(({ status }) => status)).toEqual(['error', 'error']);
    for (const log of logs) {
      expect(JSON.stringify(log)).not.toContain(CLIENT_KEY);
      expect(JSON.stringify(log)).not.toContain('abcdefgh12345678');
      expect(log.error.message).toContain('Tool failed');
    }
  });

  test('D9 a long error text is cut with a marker, and the record says so', async () => {
    const message = `too long: ${'no '.repeat(10_000)}`;
    h.fake.on('/chat/completions', (_, res) => sendError(res, 400, { message }));
    await expect(h.client.chat.completions.create(HELLO)).rejects.toThrow('too long');
    h.fake.on('/responses', (_, res) => sendJson(res, responseAnswer({ status: 'failed', error: { message } })));
    await h.client.responses.create({ model: 'm', input: 'x' });
    for (const log of await h.logs()) {
      expect(log.error.message).toMatch(/…\[truncated, 300\d\d characters in all\]$/);
      expect(log.error.message).toHaveLength(10_000);
      expect(log.metadata.truncated).toBe(true);
    }
  });
});
