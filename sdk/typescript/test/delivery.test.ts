/** F: delivery. A dead, hanging or lying server never changes a call, and what waits is bounded, counted and kept in order. */
import { flushed, harnessOfProgram, HELLO, LOG, logMany, until, type Harness, type Warnings } from './harness';
import { V6 } from './majors';
import { answerHtml, cutOff, hang, refuse, type Misbehave } from './receiver';

let h: Harness;
let warnings: Warnings;
harnessOfProgram(V6, (made, seen) => {
  h = made;
  warnings = seen;
});

const names = () => h.receiver.logs.map(({ name }) => name as string);

const median = (times: number[]) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

test.each([
  ['down', undefined],
  ['refusing', refuse(500)],
  ['hanging', hang],
  ['answering with HTML', answerHtml],
  ['cutting the line', cutOff],
] as const)('F1 with the server %s, calls have the same results and no extra wait', async (_, way) => {
  h.receiver.alwaysMisbehave(way);
  const { client } = h.make({
    baseUrl: way ? h.receiver.url : 'http://127.0.0.1:9',
    batch: { intervalMs: 0, maxRecords: 1 },
  });
  const timed = async (times: number[], create: () => Promise<unknown>) => {
    const started = performance.now();
    const answer = await create();
    times.push(performance.now() - started);
    return answer;
  };
  const [raw, tracked]: [number[], number[]] = [[], []];
  for (let i = 0; i < 10; i++) {
    const wanted = await timed(raw, () => h.raw.chat.completions.create(HELLO));
    expect(await timed(tracked, () => client.chat.completions.create(HELLO))).toEqual(wanted);
    const readAll = async (from: Pick<typeof h.raw, 'chat'>) => {
      const parts: unknown[] = [];
      for await (const part of await from.chat.completions.create({ ...HELLO, stream: true })) parts.push(part);
      return parts;
    };
    const wantedParts = await timed(raw, () => readAll(h.raw));
    expect(await timed(tracked, () => readAll(client))).toEqual(wantedParts);
  }
  expect(median(tracked)).toBeLessThanOrEqual(median(raw) * 2 + 20);
  h.receiver.alwaysMisbehave(undefined);
});

test('F2 a batch goes when it is full, when it is large, or when its time has come', async () => {
  const full = h.make({ batch: { maxRecords: 10, intervalMs: 60_000 } }).lab;
  logMany(full, 10);
  await until(() => h.receiver.logs.length === 10, 1_000);
  const large = h.make({ batch: { maxBytes: 50_000, intervalMs: 60_000 } }).lab;
  logMany(large, 3, 'long words '.repeat(2_000));
  await until(() => h.receiver.logs.length >= 12, 1_000);
  const timed = h.make({ batch: { intervalMs: 20 } }).lab;
  logMany(timed, 1);
  await until(() => timed.stats().sent === 1, 1_000);
  expect(h.receiver.batches[0]?.records).toHaveLength(10);
});

test('F2 a wall clock that steps back holds up nothing', async () => {
  const { lab } = h.make({ batch: { intervalMs: 50 } });
  const { now } = Date;
  logMany(lab, 1);
  Date.now = () => now() - 3_600_000;
  try {
    await until(() => lab.stats().sent === 1);
  } finally {
    Date.now = now;
  }
});

test('F3 the queue is bounded by count and by bytes; what does not fit is counted', async () => {
  h.receiver.alwaysMisbehave(hang);
  const byCount = h.make({ limits: { queueRecords: 100 } }).lab;
  logMany(byCount, 150);
  expect(byCount.stats()).toMatchObject({ queued: 100, dropped: { queue_full: 50 } });
  const byBytes = h.make({ limits: { queueBytes: 100_000 } }).lab;
  logMany(byBytes, 20, 'long words '.repeat(1_000));
  expect(byBytes.stats().queuedBytes).toBeLessThanOrEqual(100_000);
  expect(byBytes.stats().dropped.queue_full).toBeGreaterThan(5);
  h.receiver.alwaysMisbehave(undefined);
});

test('F4 stats tell what became of every record; one warning per cause; onError hears all', async () => {
  const heard: string[] = [];
  const onError = ({ reason }: { reason: string }) => {
    heard.push(reason);
    if (heard.length > 1) return Promise.reject(new Error('a handler may be async, and reject'));
    throw new Error('a handler may throw');
  };
  const { lab } = h.make({
    limits: { queueRecords: 2 },
    batch: { intervalMs: 60_000 },
    onError: onError as (error: unknown) => void,
  });
  logMany(lab, 5);
  expect(heard).toEqual(['queue_full', 'queue_full', 'queue_full']);
  expect(warnings.lines).toHaveLength(1);
  expect(await lab.flush()).toEqual({ ok: false, pending: 0 });
  expect(lab.stats()).toMatchObject({ queued: 0, queuedBytes: 0, sent: 2, retried: 0, dropped: { queue_full: 3 } });
  expect(lab.stats().lastError).toContain('queue is full');
  expect(await lab.flush()).toEqual({ ok: true, pending: 0 });
});

test('F4 a record that cannot be written is counted and told of, and takes no other along', async () => {
  const heard: string[] = [];
  const { lab, client } = h.make({ onError: ({ reason }) => void heard.push(reason) });
  const call = async () => client.chat.completions.create(HELLO);
  await call();
  const clock = jest.spyOn(Date, 'now').mockReturnValue(Number.NaN);
  const odd = call();
  clock.mockRestore();
  expect(await odd).toMatchObject({ object: 'chat.completion' });
  await call();
  expect(await lab.flush()).toEqual({ ok: false, pending: 0 });
  expect(lab.stats()).toMatchObject({ sent: 2, dropped: { internal: 1 } });
  expect(heard).toEqual(['internal']);
  expect(h.receiver.logs).toHaveLength(2);
});

test('F5 no more than two uploads are in flight', async () => {
  // Answers two together, and some time after the second, so that a third would be seen; one that stays alone after a second.
  const waiting: (() => void)[] = [];
  const answerAll = () => waiting.splice(0).forEach((accept) => accept());
  const inPairs: Misbehave = (_, __, accept) => {
    waiting.push(accept);
    setTimeout(answerAll, waiting.length === 2 ? 15 : 1_000).unref();
  };
  h.receiver.alwaysMisbehave(inPairs);
  const { lab } = h.make({ batch: { maxRecords: 5, intervalMs: 0 } });
  logMany(lab, 100);
  expect(await flushed(lab)).toEqual({ ok: true, pending: 0 });
  expect(h.receiver.maxConcurrent).toBe(2);
  expect(h.receiver.logs).toHaveLength(100);
});

test('F13, F14 an upload has a time limit; its answer is read, so few sockets serve many uploads', async () => {
  for (let i = 0; i < 30; i++) {
    logMany(h.lab, 1);
    await h.lab.flush();
  }
  expect(h.receiver.totalSockets).toBeLessThanOrEqual(2);
  h.receiver.misbehave(hang);
  const { lab } = h.make({ request: { timeoutMs: 40 } });
  logMany(lab, 1);
  expect(await flushed(lab)).toEqual({ ok: true, pending: 0 });
  expect(lab.stats().retried).toBeGreaterThanOrEqual(1);
  expect(lab.stats().lastError).toContain('no answer within 40 ms');
});

test('F13 the time limit holds for a body that never ends, and for a fetch that is deaf to the signal', async () => {
  const endless: Misbehave = (res) => res.writeHead(201, { 'content-type': 'application/json' }).write('{"results":');
  h.receiver.misbehave(endless);
  const slow = h.make({ request: { timeoutMs: 40 } }).lab;
  logMany(slow, 1);
  expect(await flushed(slow)).toEqual({ ok: true, pending: 0 });
  expect(slow.stats().lastError).toContain('no answer within 40 ms');
  let calls = 0;
  const deaf: typeof fetch = (url, init) => (++calls > 2 ? fetch(url, init) : new Promise(() => {}));
  const { lab } = h.make({ batch: { maxRecords: 1 }, request: { timeoutMs: 40, fetch: deaf } });
  logMany(lab, 4);
  expect(await flushed(lab)).toEqual({ ok: true, pending: 0 });
  expect(lab.stats().lastError).toContain('no answer within 40 ms');
  expect(h.receiver.logs).toHaveLength(5);
});

test('F15 uploads use the given fetch, else the global one at the time', async () => {
  const urls: string[] = [];
  const realFetch = globalThis.fetch;
  const spying: typeof fetch = (url, init) => (urls.push((url as URL | string).toString()), realFetch(url, init));
  const { lab } = h.make({ request: { fetch: spying }, baseUrl: `${h.receiver.url}/prefix/` });
  logMany(lab, 1);
  await lab.flush();
  expect(urls).toEqual([`${h.receiver.url}/prefix/api/v1/logs`]);
  globalThis.fetch = spying;
  logMany(h.lab, 1);
  await h.lab.flush();
  globalThis.fetch = realFetch;
  expect(urls).toHaveLength(2);
});

test('F17 order is kept, also over retries', async () => {
  h.receiver.misbehave(cutOff, cutOff);
  const { lab } = h.make({ batch: { maxRecords: 10, intervalMs: 0 } });
  logMany(lab, 60);
  expect(await flushed(lab)).toEqual({ ok: true, pending: 0 });
  const byId = [...h.receiver.logs].sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ name }) => name as string);
  expect(byId).toEqual(Array.from({ length: 60 }, (_, i) => `n${i}`));
  for (const { records } of h.receiver.batches) {
    const numbers = records.map(({ name }) => Number((name as string).slice(1)));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  }
  expect(new Set(names()).size).toBe(60);
});

test('F17 two uploads that arrive swapped change nothing: the order is that of started_at, then of the id', async () => {
  const acceptLater: Misbehave = (_, __, accept) => void setTimeout(accept, 60);
  h.receiver.misbehave(acceptLater);
  const { lab, client } = h.make({ batch: { maxRecords: 2, intervalMs: 60_000 } });
  for (let i = 0; i < 4; i++) await client.chat.completions.create({ ...HELLO, promptlab: { name: `n${i}` } });
  expect(await flushed(lab)).toEqual({ ok: true, pending: 0 });
  expect(names()).toEqual(['n2', 'n3', 'n0', 'n1']);
  const keys = h.receiver.logs.map(({ started_at, id, name }) => `${started_at} ${id} ${name}`).sort();
  expect(keys.map((key) => key.split(' ')[2])).toEqual(['n0', 'n1', 'n2', 'n3']);
});

test('logRequest takes both spellings and any value; logRequestNow gives the decision or says why not', async () => {
  const id = h.lab.api.logRequest({
    model: 'm',
    provider: 'p',
    messages: [],
    responseContent: 'hi',
    latencyMs: 5,
    promptSlug: 's',
    tags: { a: 'b' },
  });
  h.lab.api.logRequest({
    model: 'm',
    provider: 'p',
    messages: [],
    response_content: 'snake',
    responseContent: 'camel',
  } as never);
  await h.lab.flush();
  expect(h.receiver.logs[0]).toMatchObject({
    id,
    response_content: 'hi',
    latency_ms: 5,
    prompt_slug: 's',
    tags: { a: 'b' },
    sdk: { name: 'promptlab' },
  });
  expect(h.receiver.logs[1]?.response_content).toBe('snake');
  expect(await h.lab.api.logRequestNow(LOG)).toMatchObject({ index: 0, status: 'created' });
  h.receiver.misbehave(refuse(503), cutOff, refuse(401));
  await expect(h.lab.api.logRequestNow(LOG)).rejects.toMatchObject({
    name: 'PromptLabError',
    reason: 'server_error',
    httpStatus: 503,
  });
  await expect(h.lab.api.logRequestNow(LOG)).rejects.toMatchObject({ reason: 'network' });
  await expect(h.lab.api.logRequestNow(LOG)).rejects.toMatchObject({ reason: 'unauthorized', httpStatus: 401 });
  h.receiver.refuseNamed('bad');
  await expect(h.lab.api.logRequestNow({ ...LOG, name: 'bad' })).rejects.toMatchObject({ reason: 'rejected' });
  for (const odd of [undefined, null, 5, 'x', [], { messages: 10n }])
    expect(typeof h.lab.api.logRequest(odd as never)).toBe('string');
  await h.lab.flush();
  h.receiver.problems.length = 0;
});
