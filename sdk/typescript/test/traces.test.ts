/** H: traces and steps, and the calls within them. */
import { currentTrace, PromptLab, span, trace } from '../src/index';
import { registry } from '../src/client/instances';
import { context } from '../src/tracing/context';
import { delta, sendError, type Loose } from './fakeOpenAI';
import { byText, harnessOfEachTest, HELLO, LAB_KEY, turn, type Harness } from './harness';
import { V6 } from './majors';
import { runScript } from './runScript';

let h: Harness;
beforeEach(() => void (registry.spanHost = undefined));
harnessOfEachTest(V6, (made) => (h = made));

test('H1 trace() groups the calls inside, across await, timers and Promise.all; thirty at once never mix', async () => {
  await Promise.all(
    Array.from({ length: 30 }, (_, i) =>
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
  expect(logs).toHaveLength(60);
  const traceIdOf = new Map((await h.spans()).map(({ name, trace_id }) => [name as string, trace_id as string]));
  expect(new Set(traceIdOf.values()).size).toBe(30);
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
  const inner = (await h.spans()).find(({ name }) => name === 'inner');
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
  const byName = Object.fromEntries((await h.spans()).map((one) => [one.name, one]));
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
  // Two uploads may arrive in either order.
  expect((await h.spans()).map(({ name, status }) => [name, status]).sort(byText)).toEqual([
    ['call', 'success'],
    ['failing call', 'error'],
    ['lazy', 'success'],
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
  expect(second?.parent_id).toBe((await h.spans()).find(({ name }) => name === 'same')?.id);
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
  const byName = Object.fromEntries((await h.spans()).map((one) => [one.name, one]));
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
