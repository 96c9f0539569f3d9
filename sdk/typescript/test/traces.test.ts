/** H: traces and steps. */
import { currentTrace, PromptLab, span, trace } from '../src/index';
import { registry } from '../src/client/instances';
import { clientKeys } from '../src/record/redaction/secrets';
import { context } from '../src/tracing/context';
import { chatAnswer, delta, sendError, sendJson, type Loose } from './fakeOpenAI';
import { createHarness, expectValid, HELLO, LAB_KEY, until, type Harness } from './harness';
import { MAJORS, V6 } from './majors';
import { runScript } from './runScript';

let h: Harness;
beforeEach(async () => {
  registry.spanHost = undefined;
  h = await createHarness(V6);
});
afterEach(async () => {
  await h.close();
  expectValid(h);
});

const turn = (ms = 1) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const spans = async () => {
  await h.logs();
  return h.receiver.spans;
};

test('H1 trace() groups the calls inside, across await, timers and Promise.all; a hundred at once never mix', async () => {
  await Promise.all(
    Array.from({ length: 100 }, (_, i) =>
      trace(`job ${i}`, async (t) => {
        t.set({ tags: { job: String(i) } });
        await turn(i % 7);
        const ask = (part: string) =>
          h.client.chat.completions.create({ ...HELLO, tags: { part }, promptlab: { name: `${i}` } });
        await Promise.all([ask('a'), turn(2).then(() => ask('b'))]);
      }),
    ),
  );
  const logs = await h.logs();
  expect(logs).toHaveLength(200);
  const traceIdOf = new Map((await spans()).map(({ name, trace_id }) => [name as string, trace_id as string]));
  expect(new Set(traceIdOf.values()).size).toBe(100);
  for (const log of logs) {
    expect(log.trace_id).toBe(traceIdOf.get(`job ${log.name}`));
    expect(log.tags.job).toBe(log.name);
  }
});

test('H2 the context is that of the call, not of where the promise or stream is consumed', async () => {
  let stream: Loose;
  let promise: Loose;
  await trace('inner', async () => {
    promise = h.client.chat.completions.create({ ...HELLO, promptlab: { name: 'promise' } });
    stream = await h.client.chat.completions.create({ ...HELLO, stream: true, promptlab: { name: 'stream' } });
  });
  await trace('other', async () => {
    await promise;
    for await (const part of stream) void part;
  });
  const logs = await h.logs();
  const inner = (await spans()).find(({ name }) => name === 'inner');
  expect(logs.map(({ trace_id, parent_id }) => [trace_id, parent_id])).toEqual([
    [inner?.trace_id, inner?.id],
    [inner?.trace_id, inner?.id],
  ]);
});

test('H3 nested steps have parents; results, sync-ness and errors are unchanged', async () => {
  const failure = new Error('mine');
  expect(trace('sync', () => 7)).toBe(7);
  const object = { a: 1 };
  expect(trace('object', () => object)).toBe(object);
  let thrown: unknown;
  try {
    trace('throws', () => { throw failure; }); // prettier-ignore
  } catch (error) {
    thrown = error;
  }
  // The same object; `toThrow` compares messages only.
  expect(thrown).toBe(failure);
  await expect(trace('rejects', () => Promise.reject(failure))).rejects.toBe(failure);
  await trace('outer', async (t) => {
    await span('middle', async () => {
      await h.client.chat.completions.create(HELLO);
      trace('leaf', () => expect(currentTrace()?.id).toBe(t.id));
    });
    t.span('sibling', (s) => expect(s.id).toBe(t.id));
  });
  const byName = Object.fromEntries((await spans()).map((one) => [one.name, one]));
  expect(byName.throws).toMatchObject({ status: 'error', error: { message: 'mine' } });
  expect(byName.rejects?.status).toBe('error');
  expect(byName.outer).not.toHaveProperty('parent_id');
  expect(byName.middle?.parent_id).toBe(byName.outer?.id);
  expect(byName.leaf?.parent_id).toBe(byName.middle?.id);
  expect(byName.sibling?.parent_id).toBe(byName.outer?.id);
  expect((await h.log()).parent_id).toBe(byName.middle?.id);
  expect(currentTrace()).toBeUndefined();
});

test('H3 what fn returns keeps its kind: promises of calls with their methods, lazy thenables unstarted', async () => {
  const { data, request_id } = await trace('call', () => h.client.chat.completions.create(HELLO)).withResponse();
  expect([data.id, request_id]).toEqual(['chatcmpl-1', 'req_1']);
  let isStarted = false;
  // oxlint-disable-next-line unicorn/no-thenable -- what is tested
  const lazy = { then: (resolve: (value: number) => void) => { isStarted = true; resolve(3); } }; // prettier-ignore
  const returned = trace('lazy', () => lazy);
  expect(returned).toBe(lazy);
  await turn();
  expect(isStarted).toBe(false);
  expect(await returned).toBe(3);
  h.fake.on('/chat/completions', (_, res) => sendError(res, 400, { message: 'no' }));
  await expect(trace('failing call', () => h.client.chat.completions.create(HELLO))).rejects.toThrow();
  expect((await spans()).map(({ name, status }) => [name, status])).toEqual([
    ['call', 'success'],
    ['lazy', 'success'],
    ['failing call', 'error'],
  ]);
});

test('H4 a stream or generator keeps the step open until it is consumed or left', async () => {
  const stream = await trace('stream', async () => h.client.chat.completions.create({ ...HELLO, stream: true }));
  await turn(15);
  expect(await spans()).toHaveLength(0);
  for await (const part of stream) void part;
  const generator = trace('generator', async function* () {
    yield 1;
    await h.client.chat.completions.create({ ...HELLO, promptlab: { name: 'inside' } });
    yield 2;
    yield 3;
  });
  await turn(5);
  for await (const value of generator) if (value === 2) break;
  const sync = trace('sync generator', function* () {
    yield 1;
  });
  expect([...sync]).toEqual([1]);
  expect(h.client.chat.completions.stream).toBeDefined();
  await trace('runner', () => h.client.chat.completions.stream(HELLO)).finalContent();
  await until(() => h.lab.stats().queued === 0);
  const names = (await spans()).map(({ name, status }) => [name, status]);
  expect(names).toEqual(['stream', 'generator', 'sync generator', 'runner'].map((name) => [name, 'success']));
  const generatorSpan = h.receiver.spans.find(({ name }) => name === 'generator');
  expect((await h.logs()).find(({ name }) => name === 'inside')?.parent_id).toBe(generatorSpan?.id);
  const [first] = h.receiver.spans;
  expect(first?.latency_ms).toBeGreaterThan(14);
});

test('H4 a step whose stream is dropped unread ends when the stream is collected', async () => {
  const { stdout } = await runScript(
    `(async () => {
      const client = promptlab.track(newClient());
      const drop = async (name, fn) => void (await promptlab.trace(name, fn));
      await drop('iterable', async () => ({ async *[Symbol.asyncIterator]() { yield 1; } }));
      await drop('generator', async () => (async function* () { yield 1; })());
      await drop('readable', async () => new ReadableStream({ pull() {} }));
      const queued = promptlab.stats().queued;
      for (let i = 0; i < 200 && promptlab.stats().queued < 3; i++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        gc();
      }
      console.log(queued, promptlab.stats().queued);
      await promptlab.flush();
    })();`,
    { baseUrl: h.receiver.url, nodeArgs: ['--expose-gc'], env: {} },
  );
  expect(stdout.trim()).toBe('0 3');
  expect(h.receiver.spans.map(({ name, status }) => `${name} ${status}`).sort()).toEqual([
    'generator success',
    'iterable success',
    'readable success',
  ]);
});

test('H4 a ReadableStream read by getReader() keeps the step open until it is over', async () => {
  const failure = new Error('cut off');
  const numbers = (end: 'close' | 'error') => {
    let next = 0;
    return new ReadableStream<number>({
      pull(controller) {
        if (next < 3) controller.enqueue(next++);
        else if (end === 'close') controller.close();
        else controller.error(failure);
      },
    });
  };
  const readAll = async (reader: ReadableStreamDefaultReader<number>) => {
    const read: number[] = [];
    for (let step = await reader.read(); !step.done; step = await reader.read()) read.push(step.value);
    return read;
  };
  const stream = trace('read', () => numbers('close'));
  const peeking = stream.getReader();
  expect((await peeking.read()).value).toBe(0);
  peeking.releaseLock();
  await turn(10);
  expect(h.lab.stats().queued + (await spans()).length).toBe(0);
  expect(await readAll(stream.getReader())).toEqual([1, 2]);
  await expect(readAll(trace('fails', () => numbers('error')).getReader())).rejects.toBe(failure);
  await trace('cancelled', () => numbers('close'))
    .getReader()
    .cancel();
  expect((await spans()).map(({ name, status, error }) => [name, status, error?.message])).toEqual([
    ['read', 'success', undefined],
    ['fails', 'error', 'cut off'],
    ['cancelled', 'success', undefined],
  ]);
});

test('H5 an explicit trace_id wins over the ambient one', async () => {
  await trace('around', () => h.client.chat.completions.create({ ...HELLO, trace_id: 'mine' }), { traceId: 'ambient' });
  await trace('same', () => h.client.chat.completions.create({ ...HELLO, trace_id: 'same' }), {
    traceId: 'same',
    userId: 'u',
    sessionId: 's',
    metadata: { a: 1 },
  });
  const [first, second] = await h.logs();
  expect(first).toMatchObject({ trace_id: 'mine' });
  expect(first).not.toHaveProperty('parent_id');
  expect(second).toMatchObject({ trace_id: 'same', user_id: 'u', session_id: 's', metadata: { a: 1 } });
  expect(second?.parent_id).toBe((await spans()).find(({ name }) => name === 'same')?.id);
});

test.each(MAJORS)('H6 runTools() is one record per model call, all in one trace: $name', async (major) => {
  const own = await createHarness(major);
  const call = { id: 'c', type: 'function', function: { name: 'add', arguments: '{"a":1}' } };
  own.fake.on('/chat/completions', (seen, res) =>
    sendJson(
      res,
      seen.body.messages.length === 1
        ? chatAnswer({ role: 'assistant', content: null, tool_calls: [call] }, 'tool_calls')
        : chatAnswer(),
    ),
  );
  const helpers = major.name.endsWith('v4') ? (own.client as Loose).beta.chat.completions : own.client.chat.completions;
  const tools = [
    {
      type: 'function',
      function: { name: 'add', parameters: { type: 'object', properties: {} }, parse: JSON.parse, function: () => '2' },
    },
  ];
  expect(await helpers.runTools({ ...HELLO, tools, prompt_slug: 'sum' }).finalContent()).toBe('Hello there');
  const logs = await own.logs();
  expect(logs).toHaveLength(2);
  expect(logs[0]?.trace_id).toBeDefined();
  expect(logs[1]).toMatchObject({ trace_id: logs[0]?.trace_id, parent_id: logs[0]?.parent_id, prompt_slug: 'sum' });
  await until(() => own.receiver.spans.length === 1);
  expect(own.receiver.spans[0]).toMatchObject({
    id: logs[0]?.parent_id,
    name: 'runTools',
    trace_id: logs[0]?.trace_id,
  });
  await own.close();
  expectValid(own);
});

test.each(MAJORS)(
  'H6 a runner that fails is a step that failed, and its failure is as without us: $name',
  async (major) => {
    const own = await createHarness(major);
    const helpersOf = (client: Loose) =>
      major.name.endsWith('v4') ? client.beta.chat.completions : client.chat.completions;
    const helpers = helpersOf(own.client);
    own.fake.on('/chat/completions', (seen, res) =>
      seen.body.model === 'slow' ? undefined : sendError(res, 400, { message: 'bad tools' }),
    );
    const tools = [
      { type: 'function', function: { name: 'f', parameters: {}, parse: JSON.parse, function: () => '' } },
    ];
    await expect(helpers.runTools({ ...HELLO, tools }).finalContent()).rejects.toThrow('bad tools');
    const slow = helpers.runTools({ ...HELLO, model: 'slow', tools, promptlab: { name: 'aborted' } });
    await until(() => own.fake.requests.length === 2);
    slow.abort();
    await expect(slow.done()).rejects.toThrow('aborted');
    await expect(own.lab.trace('stream', () => helpers.stream(HELLO)).finalContent()).rejects.toThrow('bad tools');
    // Over before the function returns it.
    const returned = own.lab.trace('ended', async () => {
      const runner = helpers.stream(HELLO);
      await runner.done().catch(() => {});
      return runner;
    });
    await returned;
    await until(() => own.lab.stats().queued === 0 && own.receiver.spans.length === 4);
    const byName = Object.fromEntries(own.receiver.spans.map((one) => [one.name, one]));
    for (const name of ['runTools', 'stream', 'ended']) {
      expect(byName[name]).toMatchObject({ status: 'error', error: { http_status: 400 } });
      expect(byName[name]?.error.message).toContain('bad tools');
    }
    expect(byName.aborted?.status).toBe('error');
    expect((await own.logs()).every(({ parent_id }) => own.receiver.spans.some(({ id }) => id === parent_id))).toBe(
      true,
    );
    // Nobody listens: one unhandled rejection, with us and without.
    const { stdout } = await runScript(
      `const seen = [];
    process.on('unhandledRejection', (reason) => seen.push(reason.message));
    const fetch = fakeFetch({ error: { message: 'bad tools' } }, 400);
    const run = async (client) => {
      const helpers = client.chat.completions.runTools ? client.chat.completions : client.beta.chat.completions;
      helpers.runTools({ ...HELLO, tools: [] });
      await new Promise((resolve) => setTimeout(resolve, 50));
      return seen.splice(0);
    };
    (async () => {
      const results = [await run(newClient({ fetch })), await run(promptlab.track(newClient({ fetch })))];
      console.log(JSON.stringify(results));
    })();`,
      { major: major.name.replace(' ', '-') },
    );
    expect(JSON.parse(stdout)).toEqual([['400 bad tools'], ['400 bad tools']]);
    await own.close();
    expectValid(own);
  },
);

test('H6 promptlab: { log: false } leaves out the step of runTools() as well', async () => {
  const runner = h.client.chat.completions.runTools({ ...HELLO, tools: [], promptlab: { log: false } } as never);
  expect(await runner.finalContent()).toBe('Hello there');
  await turn(5);
  expect(await h.logs()).toEqual([]);
  expect(h.lab.stats()).toMatchObject({ queued: 0, sent: 0 });
});

test("D4 a step's error holds no key of a client either", async () => {
  const key = '0123456789abcdef0123456789abcdef';
  const { client, lab } = h.make({}, { apiKey: key });
  h.fake.on('/chat/completions', (seen, res) =>
    sendError(res, 401, { message: `Incorrect API key provided: ${seen.headers.authorization?.split(' ')[1]}.` }),
  );
  const call = () => client.chat.completions.create(HELLO);
  await expect(lab.trace('around', call)).rejects.toThrow(key);
  await expect(lab.trace('in a function', async () => call())).rejects.toThrow(key);
  await expect(client.chat.completions.runTools({ ...HELLO, tools: [] }).finalContent()).rejects.toThrow(key);
  // A token that is renewed is not known when the client is tracked.
  client.apiKey = 'fedcba9876543210fedcba9876543210';
  await expect(lab.trace('renewed', call)).rejects.toThrow(client.apiKey);
  await until(() => lab.stats().queued === 0 && h.receiver.spans.length === 4);
  const sent = JSON.stringify([await h.logs(), h.receiver.spans]);
  expect(sent).toContain('Incorrect API key provided: [key].');
  for (const secret of [key, client.apiKey]) expect(sent).not.toContain(secret);
});

test('D4 the keys that are known are few: a program may make a client for each request', () => {
  for (let i = 0; i < 300; i++) h.lab.track({ apiKey: `key-of-customer-${i}` });
  expect(clientKeys.size).toBeLessThanOrEqual(100);
  expect(clientKeys.has('key-of-customer-299')).toBe(true);
  clientKeys.clear();
});

test('H7 the trace id of an active OpenTelemetry span is kept, without a dependency on it', async () => {
  const key = Symbol.for('opentelemetry.js.api.1');
  const holder = globalThis as unknown as Record<symbol, unknown>;
  const context = (values: Map<symbol, unknown>): Loose => ({
    getValue: (name: symbol) => values.get(name),
    setValue: (name: symbol, value: unknown) => context(new Map([...values, [name, value]])),
  });
  const otelSpan = { spanContext: () => ({ traceId: '0af7651916cd43dd8448eb211c80319c' }) };
  const active = context(new Map([[Symbol.for('OpenTelemetry Context Key SPAN'), otelSpan]]));
  const suppressed: unknown[] = [];
  holder[key] = {
    context: {
      active: () => active,
      with: (ctx: Loose, fn: () => unknown) => {
        suppressed.push(ctx.getValue(Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING')));
        return fn();
      },
    },
  };
  await h.client.chat.completions.create(HELLO);
  const log = await h.log();
  delete holder[key];
  expect(log.metadata.otel_trace_id).toBe('0af7651916cd43dd8448eb211c80319c');
  // F15: uploads are left out of the application's own tracing.
  expect(suppressed).toEqual([true]);
  holder[key] = { context: { active: () => { throw new Error('broken'); } } }; // prettier-ignore
  await h.client.chat.completions.create(HELLO);
  delete holder[key];
  expect(await h.logs()).toHaveLength(2);
});

test('G10, G11 without AsyncLocalStorage explicit ids still work and nothing throws', async () => {
  const { store } = context;
  context.store = null;
  await trace('no store', async (t) => {
    await h.client.chat.completions.create({ ...HELLO, trace_id: t.id, promptlab: { parentId: t.spanId } });
    await t.span('child', async (s) =>
      h.client.chat.completions.create({ ...HELLO, trace_id: s.id, promptlab: { parentId: s.spanId } }),
    );
    expect(currentTrace()).toBeUndefined();
  });
  context.store = store;
  const [first, second] = await h.logs();
  const byName = Object.fromEntries((await spans()).map((one) => [one.name, one]));
  expect(first).toMatchObject({ trace_id: byName['no store']?.trace_id, parent_id: byName['no store']?.id });
  expect(second).toMatchObject({ trace_id: byName.child?.trace_id, parent_id: byName.child?.id });
  expect(byName.child?.parent_id).toBe(byName['no store']?.id);
});

test('G10 only run() and getStore() of AsyncLocalStorage are used', async () => {
  const { stdout, stderr } = await runScript(
    `const used = [];
    const { AsyncLocalStorage } = process.getBuiltinModule('node:async_hooks');
    process.getBuiltinModule = undefined;
    globalThis.AsyncLocalStorage = class {
      #inner = new AsyncLocalStorage();
      run(...args) { used.push('run'); return this.#inner.run(...args); }
      getStore() { used.push('getStore'); return this.#inner.getStore(); }
      enterWith() { throw new Error('not here'); }
      disable() { throw new Error('not here'); }
    };
    (async () => {
      const client = promptlab.track(newClient());
      await promptlab.trace('x', async (t) => { await null; await client.chat.completions.create(HELLO); });
      await promptlab.flush();
      console.log([...new Set(used)].sort().join());
    })();`,
    { baseUrl: h.receiver.url },
  );
  expect([stdout.trim(), stderr]).toEqual(['getStore,run', '']);
  expect(h.receiver.logs[0]?.trace_id).toBe(h.receiver.spans[0]?.trace_id);
});

test.each([false, true])('H1 Node before 20.16: the very first trace has a context; ES module: %s', async (isEsm) => {
  const { stderr } = await runScript(
    `process.getBuiltinModule = undefined;
    const client = promptlab.track(newClient());
    promptlab.trace('first', async () => { await null; await client.chat.completions.create(HELLO); })
      .then(() => promptlab.flush());`,
    { baseUrl: h.receiver.url, isEsm },
  );
  expect(stderr).toBe('');
  expect(h.receiver.spans).toMatchObject([{ name: 'first' }]);
  expect(h.receiver.logs).toMatchObject([
    { trace_id: h.receiver.spans[0]?.trace_id, parent_id: h.receiver.spans[0]?.id },
  ]);
});

test('H1 trace() of an instance records with that instance', async () => {
  const lab = new PromptLab({ apiKey: LAB_KEY, baseUrl: h.receiver.url, environment: 'own', tags: { a: 'b' } });
  lab.trace('own', () => delta({}));
  expect(await lab.flush()).toEqual({ ok: true, pending: 0 });
  expect(h.receiver.spans).toMatchObject([{ name: 'own', environment: 'own', tags: { a: 'b' } }]);
  expect(h.receiver.batches[0]?.path).toBe('/api/v1/spans');
  await lab.shutdown();
});

test('H8 a step keeps what it was given and what it gave back, as they were then', async () => {
  const given = { sku: 'kvass', sizes: [128] };
  const found = await trace('get_stock', async () => ({ stock: 3 }), { kind: 'tool', input: given });
  expect(found).toEqual({ stock: 3 });
  given.sizes.push(140);
  trace('sync', () => 'text', { input: 'question' });
  trace('silent', () => 'not kept', { input: 1, output: false });
  trace('output alone', () => [1, null], { output: true });
  await trace('told', async (t) => {
    t.set({ input: 'a', output: 'b' });
    currentTrace()?.set({ output: { last: true }, tags: { x: 'y' } });
    await span('inner', async () => undefined);
    t.span('under', () => 7, { kind: 'tool', input: null });
    return 'not this';
  });
  trace('plain', () => 'nothing asked for');
  const byName = new Map((await spans()).map((one) => [one.name as string, one]));
  const content = (name: string) => ({ input: byName.get(name)?.input, output: byName.get(name)?.output });
  expect(content('get_stock')).toEqual({ input: { sku: 'kvass', sizes: [128] }, output: { stock: 3 } });
  expect(byName.get('get_stock')).toMatchObject({ kind: 'tool' });
  expect(content('sync')).toEqual({ input: 'question', output: 'text' });
  expect(content('silent')).toEqual({ input: 1 });
  expect(content('output alone')).toEqual({ output: [1, null] });
  expect(content('told')).toEqual({ input: 'a', output: { last: true } });
  expect(content('inner')).toEqual({});
  expect(content('under')).toEqual({ input: null, output: 7 });
  for (const name of ['plain', 'inner']) expect(Object.keys(byName.get(name) ?? {})).not.toContain('input');
});

test('H9 content obeys the switches of input and output, hides credentials, and never breaks the step', async () => {
  const hostile = {
    get broken(): never {
      throw new Error('no');
    },
    password: 'hunter2',
    big: 10n,
  };
  const cyclic: Loose = { name: 'x' };
  cyclic.self = cyclic;
  await trace('odd', async () => cyclic, { input: hostile });
  const failure = new Error('boom');
  await expect(trace('failed', () => Promise.reject(failure), { input: 'x' })).rejects.toBe(failure);
  trace('stream', async function* () { yield 1; }, { input: 'x' }); // prettier-ignore
  const [odd, failed] = await spans();
  expect(odd?.input).toEqual({ broken: '[unreadable: no]', password: '[removed: credential]', big: '10' });
  expect(odd?.output).toEqual({ name: 'x', self: '[circular]' });
  expect(failed).toMatchObject({ input: 'x', status: 'error' });
  expect(failed).not.toHaveProperty('output');
});

test('H9 captureInput and captureOutput keep the content of steps in the process', async () => {
  const lab = new PromptLab({ apiKey: LAB_KEY, baseUrl: h.receiver.url, captureInput: false, captureOutput: false });
  lab.trace('private', () => 'secret answer', { input: 'secret question' });
  await lab.flush();
  const [one] = h.receiver.spans;
  expect(one).toMatchObject({ name: 'private' });
  expect(JSON.stringify(one)).not.toContain('secret');
  await lab.shutdown();
});
