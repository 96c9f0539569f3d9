/** D: what is in a record, and what never is. */
import { Readable } from 'node:stream';
import {
  chatAnswer,
  pngBase64,
  responseAnswer,
  responseEvents,
  sendEvents,
  sendJson,
  RESPONSE_USAGE,
  USAGE,
  type Json,
  type Loose,
} from './fakeOpenAI';
import { captureWarnings, CLIENT_KEY, createHarness, expectValid, HELLO, LAB_KEY, type Harness } from './harness';
import { MAJORS, V6 } from './majors';
import { hang } from './receiver';

describe.each(MAJORS)('$name', (major) => {
  const { openai, name } = major;
  let h: Harness;
  beforeEach(async () => {
    h = await createHarness(major);
  });
  afterEach(async () => {
    await h.close();
    expectValid(h);
  });

  test('D1 the input is what was sent, whatever the caller does to it later', async () => {
    const messages: Loose[] = [{ role: 'user', content: [{ type: 'text', text: 'first' }] }];
    const tools: Loose[] = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }];
    const call = h.client.chat.completions.create({ model: 'm', messages, tools });
    messages.push({ role: 'user', content: 'second' });
    messages[0].content[0].text = 'changed';
    tools[0].function.name = 'changed';
    const answer = await call;
    (answer.choices[0] as Loose).message.content = 'changed';
    expect(await h.log()).toMatchObject({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'first' }] }],
      tools: [{ function: { name: 'f' } }],
      response_content: 'Hello there',
      response: { choices: [{ message: { content: 'Hello there' } }] },
    });
  });

  test('D1 so are variables, metadata and tags, of the call and of the trace around it', async () => {
    const variables = { who: { name: 'first' } };
    const metadata = { deep: { team: 'first' } };
    const tags = { env: 'first' };
    const outer = { of: { trace: 'first' } };
    await h.lab.trace('step', async (step) => {
      step.set({ metadata: outer, tags: { step: 'first' } });
      const call = h.client.chat.completions.create({ ...HELLO, tags, promptlab: { variables, metadata } });
      variables.who.name = metadata.deep.team = tags.env = outer.of.trace = 'changed';
      step.set({ tags: { step: 'changed' }, metadata: { late: true } });
      await call;
    });
    const log = await h.log();
    expect(log).toMatchObject({
      prompt_variables: { who: { name: 'first' } },
      metadata: { deep: { team: 'first' }, of: { trace: 'first' } },
      tags: { env: 'first', step: 'first' },
    });
    expect(log.metadata).not.toHaveProperty('late');
  });

  test('D2 usage is normalised and raw, and missing stays missing', async () => {
    await h.client.chat.completions.create(HELLO);
    await h.client.responses.create({ model: 'm', input: 'x' });
    await h.client.embeddings.create({ model: 'e', input: 'x' });
    await h.client.moderations.create({ input: 'x' });
    h.fake.on('/chat/completions', (_, res) =>
      sendJson(res, { ...chatAnswer(), usage: { prompt_tokens: 1.5, completion_tokens: -1, odd: { deep: 1 } } }),
    );
    await h.client.chat.completions.create(HELLO);
    const [chat, response, embedding, moderation, odd] = await h.logs();
    expect(chat).toMatchObject({
      input_tokens: 11,
      output_tokens: 5,
      cached_input_tokens: 3,
      reasoning_tokens: 2,
      audio_input_tokens: 0,
      metadata: { usage: USAGE },
    });
    expect(response).toMatchObject({
      input_tokens: 11,
      output_tokens: 5,
      cached_input_tokens: 4,
      reasoning_tokens: 1,
      metadata: { usage: RESPONSE_USAGE },
    });
    expect(embedding).toMatchObject({ input_tokens: 7 });
    expect(embedding).not.toHaveProperty('output_tokens');
    expect(moderation).not.toHaveProperty('input_tokens');
    expect(odd).not.toHaveProperty('input_tokens');
    expect(odd?.metadata.usage.odd).toEqual({ deep: 1 });
  });

  test('D3 models, host, endpoint, parameters, tools, tier, fingerprint and request id', async () => {
    const format = { type: 'json_object' } as const;
    await h.client.chat.completions.create({
      ...HELLO,
      temperature: 0.25,
      max_tokens: 9,
      response_format: format,
      service_tier: 'auto',
      user: 'user-1',
      metadata: { team: 'blue' },
      store: false,
      tools: [{ type: 'function', function: { name: 'f' } }],
      tags: { env: 'prod' },
      promptlab: {
        slug: 's',
        version: 3,
        variables: { who: 'you' },
        name: 'n',
        sessionId: 'session',
        metadata: { more: 1 },
      },
    });
    expect(await h.log()).toMatchObject({
      model: 'gpt-4o-mini',
      response_model: 'gpt-4o-mini-2024-07-18',
      endpoint: 'chat.completions',
      provider: new URL(h.fake.url).host,
      // What the call itself had, so that it can be made again; what the record has besides is not among it.
      parameters: {
        temperature: 0.25,
        max_tokens: 9,
        response_format: format,
        service_tier: 'auto',
        user: 'user-1',
        metadata: { team: 'blue' },
        store: false,
      },
      tools: [{ type: 'function', function: { name: 'f' } }],
      service_tier: 'default',
      response: { system_fingerprint: 'fp_1' },
      provider_request_id: 'req_1',
      finish_reason: 'stop',
      user_id: 'user-1',
      session_id: 'session',
      name: 'n',
      prompt_slug: 's',
      prompt_version: 3,
      prompt_variables: { who: 'you' },
      tags: { env: 'prod' },
      metadata: { team: 'blue', more: 1, provider_host: new URL(h.fake.url).host },
      sdk: { name: 'promptlab', runtime: `node/${process.versions.node}` },
    });
  });

  test('D3 every kind of call', async () => {
    const file = await openai.toFile(Buffer.from('sound'), 'a.mp3', { type: 'audio/mpeg' });
    const picture = await openai.toFile(Buffer.from('picture'), 'a.png', { type: 'image/png' });
    await h.client.completions.create({ model: 'i', prompt: 'Once' });
    await h.client.images.generate({ model: 'gpt-image-1', prompt: 'a cat' });
    await h.client.images.edit({ model: 'gpt-image-1', prompt: 'a dog', image: picture });
    await h.client.audio.transcriptions.create({ model: 'whisper-1', file });
    await h.client.audio.translations.create({ model: 'whisper-1', file });
    const speech = await h.client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'Say it' });
    expect(Buffer.from(await speech.arrayBuffer())).toHaveLength(2_000);
    const logs = await h.logs();
    expect(logs.map(({ endpoint, status }) => [endpoint, status])).toEqual(
      [
        'completions',
        'images.generate',
        'images.edit',
        'audio.transcriptions',
        'audio.translations',
        'audio.speech',
      ].map((endpoint) => [endpoint, 'success']),
    );
    const [completion, image, edit, transcription, , spoken] = logs;
    expect(completion).toMatchObject({ messages: 'Once', response_content: 'Hello there', input_tokens: 11 });
    expect(image).toMatchObject({ messages: 'a cat', input_tokens: 9, output_tokens: 4 });
    expect(JSON.stringify(image)).not.toContain(pngBase64(3_000).slice(0, 100));
    expect(edit?.messages).toMatchObject({
      prompt: 'a dog',
      image: expect.stringContaining('[File a.png image/png 7 bytes]'),
    });
    expect(transcription).toMatchObject({ response_content: 'Spoken words', input_tokens: 9, output_tokens: 4 });
    expect(transcription?.messages.file).toContain('a.mp3');
    expect(spoken).toMatchObject({ messages: 'Say it', response: { content_type: 'audio/mpeg' } });
  });

  test('D4 no key, header or client option is ever in a record', async () => {
    const secret = 'header-secret-12345678';
    const { client } = h.make({}, { defaultHeaders: { 'x-secret': secret }, organization: 'org-secret-1' });
    h.fake.on('/chat/completions', (seen, res) =>
      seen.body.model === 'bad'
        ? sendJson(res, { error: { message: `key ${CLIENT_KEY} refused`, type: 'x' } }, 401, {
            'set-cookie': 'session=cookie-secret',
          })
        : sendJson(res, chatAnswer()),
    );
    await client.chat.completions.create(HELLO, { headers: { authorization: `Bearer ${secret}` } });
    await client.chat.completions.create({ ...HELLO, model: 'bad' }).catch(() => {});
    await client.responses.create({
      model: 'm',
      input: 'x',
      tools: [
        { type: 'mcp', server_label: 's', server_url: 'https://x', headers: { Authorization: `Bearer ${secret}` } },
      ],
    } as Loose);
    const text = JSON.stringify(await h.logs());
    for (const hidden of [CLIENT_KEY, LAB_KEY, secret, 'org-secret-1', 'cookie-secret'])
      expect(text).not.toContain(hidden);
    expect(JSON.parse(h.fake.requests[2]?.text ?? '').tools[0].headers.Authorization).toBe(`Bearer ${secret}`);
  });

  test('D4 what a tool is to authenticate with is hidden, in the call, in its echo and in a log by hand', async () => {
    const secret = 'tool-secret-12345678';
    const tools = [
      {
        type: 'mcp',
        server_label: 's',
        authorization: secret,
        headers: { 'X-Goog-Api-Key': secret, 'x-nested': [secret] },
        access_token: { value: secret },
      },
      { type: 'shell', environment: { network_policy: { domain_secrets: [{ domain: 'd', value: secret }] } } },
      { type: 'function', name: 'login', parameters: { properties: { password: { type: 'string' } } } },
    ];
    h.fake.on('/responses', (_, res) => sendJson(res, responseAnswer({ tools })));
    await h.client.responses.create({
      model: 'm',
      input: [{ type: 'additional_tools', tools }],
      tools,
      client_secret: secret,
      api_key: secret,
    } as Loose);
    h.lab.api.logRequest({ model: 'm', provider: 'p', messages: [], tools, response: { tools } });
    const logs = await h.logs();
    expect(JSON.stringify(logs)).not.toContain(secret);
    for (const hidden of [logs[0]?.tools, logs[0]?.response.tools, logs[0]?.messages[0].tools, logs[1]?.tools]) {
      expect(hidden[0].headers).toEqual({
        'X-Goog-Api-Key': '[removed: credential]',
        'x-nested': '[removed: credential]',
      });
      expect(hidden[2].parameters.properties.password).toEqual({ type: 'string' });
    }
    expect(logs[0]?.parameters).toEqual({ client_secret: '[removed: credential]', api_key: '[removed: credential]' });
    expect(JSON.parse(h.fake.requests[0]?.text ?? '').tools).toEqual(tools);
  });

  test('D4 a token of an answer is no credential', async () => {
    const logprobs = { content: [{ token: 'Hello', logprob: -0.5 }] };
    const answer = chatAnswer();
    h.fake.on('/chat/completions', (_, res) =>
      sendJson(res, { ...answer, choices: [{ ...answer.choices[0], logprobs }] }),
    );
    await h.client.chat.completions.create(HELLO);
    expect((await h.log()).response.choices[0].logprobs).toEqual(logprobs);
  });

  test('D5 pictures and long base64 become a placeholder with type, size and hash', async () => {
    const data = pngBase64(30_000);
    const url = `data:image/png;base64,${data}`;
    await h.client.chat.completions.create({
      model: 'm',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url } },
            { type: 'text', text: `see ${url} here` },
          ],
        },
      ],
    });
    await h.client.responses.create({
      model: 'm',
      input: [{ role: 'user', content: [{ type: 'input_file', file_data: data }] }],
    } as Loose);
    const [first, second] = await h.logs();
    expect(first?.messages[0].content[0].image_url.url).toMatch(
      /^\[base64 image\/png, 30000 bytes, hash [0-9a-f]{16}\]$/,
    );
    expect(first?.messages[0].content[1].text).toMatch(
      /^see \[base64 image\/png, 30000 bytes, hash [0-9a-f]{16}\] here$/,
    );
    expect(second?.messages[0].content[0].file_data).toMatch(/^\[base64 data, 30000 bytes, hash/);
    expect(JSON.parse(h.fake.requests[0]?.text ?? '').messages[0].content[0].image_url.url).toBe(url);
    expect(JSON.stringify(await h.logs()).length).toBeLessThan(10_000);
  });

  test('D5 base64 inside of a longer text, and in lines', async () => {
    const data = pngBase64(30_000);
    const inLines = data.replace(/.{76}/g, '$&\r\n');
    const texts = [
      JSON.stringify({ ok: true, picture: data, note: 'end' }),
      JSON.stringify({ picture: inLines }),
      inLines,
      `KEY=${data} and ${data}`,
      // Nothing of these is base64.
      Array.from({ length: 500 }, (_, i) => `CustomerOrder${i}`).join('\n'),
      'abc'.repeat(2_000),
      'An ordinary text. '.repeat(200),
    ];
    const messages = texts.map((content) => ({ role: 'tool' as const, tool_call_id: 't', content }));
    await h.client.chat.completions.create({ model: 'm', messages });
    const { messages: logged } = await h.log();
    const placeholder = expect.stringMatching(/^\[base64 data, 30000 bytes, hash [0-9a-f]{16}\]$/);
    expect(JSON.parse(logged[0].content)).toEqual({ ok: true, picture: placeholder, note: 'end' });
    expect(JSON.parse(logged[1].content)).toEqual({ picture: placeholder });
    expect(logged[2].content).toEqual(placeholder);
    expect(logged[3].content).toMatch(
      /^KEY=\[base64 data, 30000 bytes, [^\]]*\] and \[base64 data, 30000 bytes, [^\]]*\]$/,
    );
    expect(logged.slice(4)).toEqual(messages.slice(4));
  });

  test('D6 vectors are counted, and kept only where that is asked for', async () => {
    await h.client.embeddings.create({ model: 'e', input: 'x' });
    await h.client.embeddings.create({ model: 'e', input: 'x', encoding_format: 'float' });
    await h.client.embeddings.create({ model: 'e', input: 'x', encoding_format: 'base64' });
    await h.make({ captureEmbeddings: true }).client.embeddings.create({ model: 'e', input: 'x' });
    const logs = await h.logs();
    const kept = logs.find(({ response }) => Array.isArray(response.data));
    const counted = logs.filter((log) => log !== kept);
    expect(counted.map(({ response }) => response.data)).toEqual([
      { count: 1, dimensions: 3 },
      { count: 1, dimensions: 3 },
      { count: 1, dimensions: 3 },
    ]);
    expect(kept?.response.data[0].embedding).toEqual([0.5, 0.25, 0.125]);
  });

  test('D7 nothing odd in the parameters costs the record', async () => {
    const circular: Json = { name: 'loop' };
    circular.self = circular;
    const throwing = Object.defineProperty({}, 'boom', { enumerable: true, get: () => { throw new Error('no'); } }); // prettier-ignore
    const odd = {
      bigint: 10n,
      symbol: Symbol('s'),
      date: new Date(0),
      badDate: new Date(NaN),
      map: new Map([['k', 1]]),
      set: new Set([1, 2]),
      buffer: Buffer.from('abc'),
      blob: new Blob(['abc'], { type: 'text/plain' }),
      stream: Readable.from(['a']),
      web: new ReadableStream(),
      fn: function named() {},
      circular,
      throwing,
      badJson: { toJSON: () => { throw new Error('never'); } }, // prettier-ignore
      nan: NaN,
      error: new Error('e'),
      regexp: /x/,
      promise: Promise.resolve(1),
      proxy: new Proxy({}, { ownKeys: () => { throw new Error('proxy'); } }), // prettier-ignore
      deep: Array.from({ length: 200 }).reduce<Json>((inner) => ({ inner }), {}),
      lone: '\ud800',
      ['__proto__x']: 1,
    };
    const { client } = h.make(
      {},
      {
        fetch: async () =>
          new Response(JSON.stringify(chatAnswer()), { headers: { 'content-type': 'application/json' } }),
      },
    );
    // The library may refuse such a body; that is its business.
    const asked = { ...HELLO, metadata: odd, odd } as Loose;
    try {
      await client.chat.completions.create(asked);
    } catch {
      // JSON.stringify in the library.
    }
    const log = await h.log();
    expect(log.parameters.odd).toMatchObject({
      bigint: '10',
      symbol: 'Symbol(s)',
      date: '1970-01-01T00:00:00.000Z',
      map: { k: 1 },
      set: [1, 2],
      buffer: '[Buffer 3 bytes]',
      blob: '[Blob text/plain 3 bytes]',
      stream: '[stream]',
      web: '[stream]',
      fn: '[function named]',
      circular: { name: 'loop', self: '[circular]' },
      throwing: { boom: '[computed]' },
      badJson: '[computed]',
      nan: 'NaN',
      promise: '[promise]',
      proxy: '[unreadable: proxy]',
    });
    expect(log.metadata.truncated).toBe(true);
  });

  test('D7 nor do odd messages, models and extras', async () => {
    const warnings = captureWarnings();
    const bodies: Loose[] = [
      { model: 5, messages: 'text' },
      { model: 'a\nb'.repeat(300), messages: null },
      { messages: [null, 1, 'x', [], { role: 7, content: { a: 1 } }, { content: 3 }] },
      { model: '', messages: {} },
      { ...HELLO, prompt_slug: 7, tags: ['x'], trace_id: {}, promptlab: 'x', prompt_version: 1.5 },
      {
        ...HELLO,
        tags: {
          good: 1,
          [' ']: 'x',
          nested: { a: 1 },
          nothing: null,
          ['k'.repeat(400)]: 'v'.repeat(400),
          sym: Symbol('s'),
        },
      },
      { ...HELLO, promptlab: { metadata: 'x', variables: [1], tags: null, name: 3, userId: '' } },
      {},
    ];
    for (const body of bodies) await h.client.chat.completions.create(body).catch(() => {});
    const logs = await h.logs();
    expect(logs).toHaveLength(bodies.length);
    expect(h.receiver.problems).toEqual([]);
    expect(logs[5]?.tags).toMatchObject({ good: '1', nested: '{"a":1}' });
    expect(logs[4]).not.toHaveProperty('prompt_slug');
    expect(warnings.lines.filter((line) => line.includes('"tags"'))).toHaveLength(1);
    warnings.restore();
  });

  test('D7 nor does a getter that throws: the rest of the call is recorded, and its own error', async () => {
    const boom = (): never => {
      throw new Error('no');
    };
    const bodies: Loose[] = [
      { model: 'm', get messages() { return boom(); } }, // prettier-ignore
      { messages: HELLO.messages, prompt_slug: 's', get model() { return boom(); } }, // prettier-ignore
      { ...HELLO, stream: true, prompt_slug: 's', get metadata() { return boom(); } }, // prettier-ignore
      { ...HELLO, promptlab: { name: 'n', get slug() { return boom(); } } }, // prettier-ignore
      { ...HELLO, tags: { good: 'x', get env() { return boom(); } } }, // prettier-ignore
    ];
    const { client } = h.make({ streamUsage: 'always' });
    const errors: unknown[] = [];
    for (const body of bodies) {
      try {
        await client.chat.completions.create(body);
      } catch (thrown) {
        errors.push((thrown as Error).message);
      }
    }
    expect(errors).toEqual(['no', 'no', 'no']);
    const logs = await h.logs();
    expect(logs).toMatchObject([
      { model: 'm', messages: [{ content: '[computed]' }], status: 'error', error: { message: 'no' } },
      { messages: HELLO.messages, prompt_slug: 's', status: 'error', error: { message: 'no' } },
      { ...HELLO, prompt_slug: 's', stream: true, status: 'error', error: { message: 'no' } },
      { ...HELLO, name: 'n', status: 'success', response_content: 'Hello there' },
      { ...HELLO, tags: { good: 'x', env: '[unreadable]' }, status: 'success' },
    ]);
    expect(h.fake.requests.map(({ body }) => body)).toEqual([HELLO, HELLO]);
  });

  test('D8, D9 what is too long is cut with a marker, never dropped, and the record says so', async () => {
    const { client } = h.make({ limits: { fieldBytes: 1_000, recordBytes: 20_000 } });
    const long = 'long '.repeat(2_000);
    await client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: long }] });
    const many = Array.from({ length: 100 }, (_, i) => ({
      role: 'user' as const,
      content: `${i} ${'word '.repeat(150)}`,
    }));
    await client.chat.completions.create({ model: 'm', messages: many });
    const [field, record] = await h.logs();
    expect(field?.messages[0].content).toHaveLength(1_000);
    expect(field?.messages[0].content).toContain('…[truncated, 10000 characters in all]');
    expect(field?.metadata.truncated).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(record))).toBeLessThanOrEqual(20_000);
    expect(record?.messages).toHaveLength(100);
    expect(record?.messages[7].content).toMatch(/^7 word word .*…\[truncated, 752 characters in all\]$/);
    expect(record?.metadata).toMatchObject({ truncated: true });
  });

  test('D8, D9 a record of many short texts loses some out of the middle, and its first and last are whole', async () => {
    const { client } = h.make({ limits: { recordBytes: 20_000 } });
    const messages = Array.from({ length: 1_000 }, (_, i) => ({
      role: 'user' as const,
      content: `${i} ${'é'.repeat(60)}`,
    }));
    const variables = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`name ${i}`, 'x'.repeat(50)]));
    await client.chat.completions.create({ model: 'm', messages, trace_id: 't'.repeat(256), promptlab: { variables } });
    const log = await h.log();
    expect(Buffer.byteLength(JSON.stringify(log))).toBeLessThanOrEqual(20_000);
    expect(Buffer.byteLength(JSON.stringify(log))).toBeGreaterThan(15_000);
    const marker = log.messages.findIndex(({ role }: Json) => role === 'unknown');
    const left = Number(/^\[truncated: (\d+) more\]$/.exec(log.messages[marker].content)?.[1]);
    expect(log.messages.length - 1 + left).toBe(1_000);
    expect(log.messages[0]).toEqual(messages[0]);
    expect(log.messages.at(-1)).toEqual(messages.at(-1));
    const names = Object.keys(log.prompt_variables);
    expect(names.length - 1 + Number(/\d+/.exec(log.prompt_variables['[truncated]'])?.[0])).toBe(900);
    expect(log.trace_id).toBe('t'.repeat(256));
    expect(log.metadata).toMatchObject({ truncated: true, original_bytes: expect.any(Number) });
    expect(h.receiver.batches).toHaveLength(1);
  });

  test('D8 a record never holds more values than the server takes, and never loses its usage', async () => {
    const numbers = Array.from({ length: 80_000 }, (_, i) => i);
    const answer = chatAnswer();
    h.fake.on('/chat/completions', (_, res) =>
      sendJson(res, { ...answer, choices: [{ ...answer.choices[0], numbers }], usage: USAGE }),
    );
    await h.client.chat.completions.create({ ...HELLO, numbers } as Loose);
    await h.client.chat.completions.create({ model: 'm', messages: numbers } as Loose);
    await h.client.chat.completions.create({
      ...HELLO,
      tools: numbers,
      promptlab: { variables: { numbers } },
    } as Loose);
    const logs = await h.logs();
    expect(logs).toHaveLength(3);
    for (const log of logs) {
      expect(log.metadata).toMatchObject({ usage: USAGE, truncated: true });
      expect(log).toMatchObject({ input_tokens: 11, response_content: 'Hello there' });
    }
    expect(logs[0]?.parameters.numbers).toHaveLength(80_000);
    expect(logs[0]?.response.choices[0].numbers.at(-1)).toMatch(/^\[truncated: \d+ more\]$/);
    expect(logs[1]?.messages.at(-1)).toMatchObject({ role: 'unknown', content: expect.stringMatching(/truncated/) });
  });

  test('B1 an odd request id of the provider costs no record', async () => {
    for (const id of ['', ' ', 'a\tb', 'x'.repeat(300)]) {
      h.fake.on('/chat/completions', (_, res) => sendJson(res, chatAnswer(), 200, { 'x-request-id': id }));
      await h.client.chat.completions.create(HELLO);
    }
    const ids = (await h.logs()).map(({ provider_request_id: id }) => id);
    expect(ids).toEqual([undefined, undefined, 'a b', 'x'.repeat(256)]);
  });

  test('D8 large variables leave room for the conversation', async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => ({ a: i, b: i }));
    await h.client.chat.completions.create({ ...HELLO, promptlab: { variables: { rows } } });
    expect((await h.log()).messages).toEqual(HELLO.messages);
  });

  test('D8 tags that are changed after the call are recorded as they were', async () => {
    const tags = { user: 'alice' };
    const { lab, client } = h.make({ tags });
    await client.chat.completions.create(HELLO);
    tags.user = 'bob';
    await lab.flush();
    expect(await h.log()).toMatchObject({ tags: { user: 'alice' } });
  });

  test('D8 of more messages than a record may hold the first are kept, and the rest is counted', async () => {
    const messages = (count: number, of: (i: number) => unknown) => Array.from({ length: count }, (_, i) => of(i));
    const call = async (list: unknown) => h.client.chat.completions.create({ model: 'm', messages: list } as Loose);
    await call(messages(40_000, (i) => ({ role: 'user', content: `message ${i}` })));
    await call(messages(95_000, (i) => `text ${i}`));
    const [whole, odd] = (await h.logs()).map((log) => log.messages as { role: string; content: string }[]);
    const last = (list: typeof whole) => Number(/^\[truncated: (\d+) more\]$/.exec(list?.at(-1)?.content ?? '')?.[1]);
    expect(whole?.length).toBeGreaterThan(29_000);
    expect(whole?.[20_000]).toEqual({ role: 'user', content: 'message 20000' });
    expect((whole?.length ?? 0) - 1 + last(whole)).toBe(40_000);
    expect(odd?.length).toBeGreaterThan(29_000);
    expect(odd?.[20_000]).toEqual({ role: 'unknown', content: 'text 20000' });
    expect((odd?.length ?? 0) - 1 + last(odd)).toBe(95_000);
  });

  test('D9 variables and metadata are cut where every text is, and say so', async () => {
    const { client } = h.make({ limits: { fieldBytes: 200_000 } });
    const long = 'v'.repeat(150_000);
    await client.chat.completions.create({ ...HELLO, promptlab: { variables: { long }, metadata: { long } } });
    await client.chat.completions.create({ ...HELLO, promptlab: { variables: { long: long + long } } });
    await client.chat.completions.create({ ...HELLO, promptlab: { metadata: { ['k'.repeat(300)]: 1 } } });
    const many = (name: string) => Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`${name}${i}`, 1]));
    await client.chat.completions.create({
      ...HELLO,
      metadata: many('a'),
      promptlab: { metadata: many('b') },
    } as Loose);
    const [whole, ...cut] = await h.logs();
    expect(whole).toMatchObject({ prompt_variables: { long }, metadata: { long } });
    expect(whole?.metadata).not.toHaveProperty('truncated');
    expect(cut.map(({ metadata }) => metadata.truncated)).toEqual([true, true, true]);
    expect(cut[0]?.prompt_variables.long).toContain('…[truncated, 300000 characters in all]');
  });

  test('D8 what a variable weighs is counted in the queue', async () => {
    const warnings = captureWarnings();
    h.receiver.alwaysMisbehave(hang);
    const { lab, client } = h.make({ limits: { queueBytes: 100_000 } });
    for (let i = 0; i < 20; i++) {
      await client.chat.completions.create({ ...HELLO, promptlab: { variables: { long: 'v'.repeat(90_000) } } });
    }
    expect(lab.stats().queuedBytes).toBeLessThanOrEqual(100_000);
    expect(lab.stats()).toMatchObject({ queued: 1, dropped: { queue_full: 19 } });
    warnings.restore();
  });

  test('D4 what stays in the process does so in a log by hand as well', async () => {
    const { lab } = h.make({ captureInput: false, captureOutput: false });
    const words = { messages: [{ role: 'user', content: 'secret' }], tools: ['secret'], response_content: 'secret' };
    lab.api.logRequest({
      model: 'm',
      provider: 'p',
      ...words,
      response: { text: 'secret' },
      parameters: { stop: 'secret' },
      promptVariables: { who: 'secret' },
      input_tokens: 3,
    });
    const log = await h.log();
    expect(log).toMatchObject({ model: 'm', messages: [], input_tokens: 3 });
    expect(JSON.stringify(log)).not.toContain('secret');
  });

  test('D10 times: the start by the wall clock, durations by a clock that never steps back', async () => {
    const { now } = Date;
    const before = now();
    const shifted = jest
      .spyOn(Date, 'now')
      .mockImplementation(() => now() - (h.fake.requests.length > 0 ? 3_600_000 : 0));
    await h.client.chat.completions.create(HELLO);
    shifted.mockRestore();
    const log = await h.log();
    expect(Date.parse(log.started_at)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(log.started_at)).toBeLessThan(before + 1_000);
    expect(log.latency_ms).toBeGreaterThan(0);
    expect(log.latency_ms).toBeLessThan(5_000);
    expect(Number.isNaN(Date.parse(h.receiver.batches[0]?.sentAt ?? ''))).toBe(false);
  });

  test('D11 management calls are not recorded', async () => {
    for await (const model of h.client.models.list()) void model;
    h.fake.on('/chat/completions/x', (_, res) => sendJson(res, chatAnswer()));
    await h.client.chat.completions.retrieve('x');
    h.fake.on('/responses/resp_9', (_, res) => sendJson(res, responseAnswer({ id: 'resp_9' })));
    await h.client.responses.retrieve('resp_9');
    expect(await h.logs()).toHaveLength(0);
  });

  test('D12 a background response is one record, closed by the poll that shows its end', async () => {
    const queued = responseAnswer({ id: 'resp_bg', status: 'queued', output: [], usage: null, background: true });
    h.fake.on('/responses', (_, res) => sendJson(res, queued));
    const created = await h.client.responses.create({ model: 'm', input: 'x', background: true, prompt_slug: 'bg' });
    expect(created.status).toBe('queued');
    const states = ['in_progress', 'completed', 'completed'];
    h.fake.on('/responses/resp_bg', (_, res) =>
      sendJson(
        res,
        responseAnswer({
          id: 'resp_bg',
          status: states.shift(),
          created_at: 1_700_000_000,
          completed_at: 1_700_000_042,
        }),
      ),
    );
    await h.client.responses.retrieve('resp_bg');
    expect(await h.logs()).toHaveLength(0);
    await h.client.responses.retrieve('resp_bg');
    await h.client.responses.retrieve('resp_bg');
    expect(await h.log()).toMatchObject({
      prompt_slug: 'bg',
      status: 'success',
      latency_ms: 42_000,
      input_tokens: 11,
      response_content: 'Hello there',
    });
  });

  test('D12 a streamed poll, a cancel and an end of the process close it too', async () => {
    let count = 0;
    h.fake.on('/responses', (_, res) =>
      sendJson(res, responseAnswer({ id: `resp_${++count}`, status: 'in_progress', output: [], usage: null })),
    );
    for (let i = 0; i < 3; i++) await h.client.responses.create({ model: 'm', input: 'x', background: true });
    h.fake.on('/responses/resp_1', (seen, res) =>
      sendEvents(seen, res, responseEvents(responseAnswer({ id: 'resp_1' })), { done: false, named: true }),
    );
    for await (const event of await h.client.responses.retrieve('resp_1', { stream: true })) void event;
    h.fake.on('/responses/resp_2/cancel', (_, res) =>
      sendJson(res, responseAnswer({ id: 'resp_2', status: 'cancelled', usage: null })),
    );
    await h.client.responses.cancel('resp_2');
    await h.lab.shutdown();
    expect((await h.logs()).map(({ status, metadata }) => [status, metadata.background])).toEqual([
      ['success', true],
      ['aborted', true],
      ['incomplete', 'unfinished'],
    ]);
  });

  test('D3 AzureOpenAI', async () => {
    const azure = h.lab.track(
      new openai.AzureOpenAI({ apiKey: CLIENT_KEY, apiVersion: '2024-10-21', baseURL: h.fake.url, maxRetries: 0 }),
    );
    await azure.chat.completions.create({ ...HELLO, prompt_slug: 'azure' });
    expect(await h.log()).toMatchObject({ provider: 'azure', status: 'success', prompt_slug: 'azure' });
    expect(name).toContain('openai');
  });
});

test('D13 one warning where the client talks to PromptLab itself', async () => {
  const h = await createHarness(V6);
  const warnings = captureWarnings();
  h.make({}, { baseURL: `${h.receiver.url}/v1` });
  h.make({}, { baseURL: `${h.receiver.url}/v1` });
  expect(warnings.lines.filter((line) => line.includes('PromptLab itself'))).toHaveLength(1);
  warnings.restore();
  await h.close();
});
