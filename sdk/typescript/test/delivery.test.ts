/** F: delivery. A dead, hanging or lying server never changes a call, and no record is lost that could be kept. */
import type { PromptLab } from '../src/index';
import { newId } from '../src/runtime/uuid';
import { backoffMs, isRetryableStatus, parseRetryAfter } from '../src/delivery/retry';
import { captureWarnings, createHarness, expectValid, HELLO, LAB_KEY, until, type Harness } from './harness';
import { V6 } from './majors';
import { answerHtml, cutOff, hang, refuse, send, storeButCut, type Misbehave } from './receiver';
import { runScript } from './runScript';

let h: Harness;
let warnings: ReturnType<typeof captureWarnings>;
// Under a test runner delivery is silent (G13 in process.test.ts); here is what a program sees.
beforeAll(() => void delete process.env.NODE_ENV);
afterAll(() => void (process.env.NODE_ENV = 'test'));
beforeEach(async () => {
  warnings = captureWarnings();
  h = await createHarness(V6);
});
afterEach(async () => {
  await h.close();
  warnings.restore();
  expectValid(h);
});

const LOG = { model: 'm', provider: 'p', messages: [{ role: 'user', content: 'x' }] };
const logMany = (lab: PromptLab, count: number, content = 'x') => {
  for (let i = 0; i < count; i++) lab.api.logRequest({ ...LOG, messages: [{ role: 'user', content }], name: `n${i}` });
};
const names = () => h.receiver.logs.map(({ name }) => name as string);
/** Backoff is real time; where it is not the subject of a test it is made short by chance and failures by flush(). */
const flushed = (lab: PromptLab) => lab.flush({ timeoutMs: 8_000 });

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
  for (let i = 0; i < 20; i++) {
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
  const slow: Misbehave = (_, __, accept) => void setTimeout(accept, 15);
  h.receiver.alwaysMisbehave(slow);
  const { lab } = h.make({ batch: { maxRecords: 5, intervalMs: 0 } });
  logMany(lab, 100);
  expect(await flushed(lab)).toEqual({ ok: true, pending: 0 });
  expect(h.receiver.maxConcurrent).toBe(2);
  expect(h.receiver.logs).toHaveLength(100);
});

test.each([
  ['a lost connection', cutOff],
  ['408', refuse(408)],
  ['429', refuse(429)],
  ['500', refuse(500)],
  ['503', refuse(503)],
  ['a page of HTML', answerHtml],
] as const)('F6 %s is tried again', async (_, way) => {
  h.receiver.misbehave(way);
  logMany(h.lab, 2);
  expect(await flushed(h.lab)).toEqual({ ok: true, pending: 0 });
  expect(h.receiver.logs).toHaveLength(2);
  expect(h.lab.stats()).toMatchObject({ sent: 2, retried: 1, dropped: {} });
});

test('F6 the wait doubles, is half chance, and is capped; tries are bounded', async () => {
  expect([1, 2, 3, 4].map((n) => backoffMs(n, 1))).toEqual([500, 1_000, 2_000, 4_000]);
  expect([1, 2].map((n) => backoffMs(n, 0))).toEqual([250, 500]);
  expect(backoffMs(50, 1)).toBe(30_000);
  expect([408, 425, 429, 500, 503, 599].every(isRetryableStatus)).toBe(true);
  expect([400, 401, 403, 404, 413, 422].some(isRetryableStatus)).toBe(false);
  h.receiver.alwaysMisbehave(refuse(503));
  const { lab } = h.make({ request: { maxAttempts: 2 } });
  logMany(lab, 1);
  expect(await flushed(lab)).toEqual({ ok: false, pending: 0 });
  expect(lab.stats().dropped).toEqual({ server_error: 1 });
  h.receiver.alwaysMisbehave(undefined);
});

test('F6 the waits happen: each try comes so much later than the one before', async () => {
  const random = jest.spyOn(Math, 'random').mockReturnValue(0);
  h.receiver.misbehave(refuse(503), cutOff, refuse(500));
  logMany(h.lab, 1);
  expect(await flushed(h.lab)).toEqual({ ok: true, pending: 0 });
  random.mockRestore();
  const at = h.receiver.batches.map(({ atMs }) => atMs);
  const waits = at.slice(1).map((ms, index) => ms - (at[index] ?? 0));
  expect(waits).toHaveLength(3);
  for (const [index, atLeast] of [240, 490, 990].entries()) {
    expect(waits[index]).toBeGreaterThanOrEqual(atLeast);
    expect(waits[index]).toBeLessThan(atLeast + 400);
  }
});

test('F7 Retry-After is a minimum, in seconds or as a date, and pauses the whole queue', async () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  expect(parseRetryAfter('2', now)).toBe(2_000);
  expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:05 GMT', now)).toBe(5_000);
  expect(parseRetryAfter('Wed, 31 Dec 2025 00:00:05 GMT', now)).toBe(0);
  expect(parseRetryAfter('99999', now)).toBe(300_000);
  expect([null, '', 'soon'].map((header) => parseRetryAfter(header, now))).toEqual([undefined, undefined, undefined]);
  h.receiver.misbehave(refuse(503, { 'retry-after': '1' }));
  const { lab } = h.make({ batch: { maxRecords: 2, intervalMs: 0 } });
  logMany(lab, 1);
  await until(() => lab.stats().retried === 1);
  logMany(lab, 6);
  expect(await flushed(lab)).toEqual({ ok: true, pending: 0 });
  const [first, second] = h.receiver.batches;
  expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(990);
  expect(h.receiver.logs).toHaveLength(7);
});

test('F7 an upload that succeeds meanwhile does not end the pause that the server asked for', async () => {
  const acceptLater: Misbehave = (_, __, accept) => void setTimeout(accept, 50);
  h.receiver.misbehave(refuse(503, { 'retry-after': '1' }), acceptLater);
  const { lab } = h.make({ batch: { maxRecords: 1, intervalMs: 0 } });
  logMany(lab, 2);
  await until(() => lab.stats().sent === 1 && lab.stats().retried === 1);
  logMany(lab, 2);
  expect(await flushed(lab)).toEqual({ ok: true, pending: 0 });
  const [first, , third] = h.receiver.batches;
  expect((third?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(990);
  expect(h.receiver.logs).toHaveLength(4);
});

test('F7 a failure without the header does not shorten the pause', async () => {
  const refuseLater: Misbehave = (res, batch, accept) => void setTimeout(() => refuse(503)(res, batch, accept), 50);
  h.receiver.misbehave(refuse(503, { 'retry-after': '1' }), refuseLater);
  const random = jest.spyOn(Math, 'random').mockReturnValue(0);
  const { lab } = h.make({ batch: { maxRecords: 1, intervalMs: 0 } });
  logMany(lab, 2);
  await until(() => lab.stats().retried === 2);
  random.mockRestore();
  expect(await flushed(lab)).toEqual({ ok: true, pending: 0 });
  const [first, , third] = h.receiver.batches;
  expect((third?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(990);
});

test.each([400, 404, 422])('F8 %i is not tried again', async (status) => {
  h.receiver.misbehave(refuse(status));
  logMany(h.lab, 1);
  expect(await h.lab.flush()).toEqual({ ok: false, pending: 0 });
  expect(h.receiver.batches).toHaveLength(1);
});

test.each([401, 403])('F8 %i stops sending, with one warning', async (status) => {
  h.receiver.alwaysMisbehave(refuse(status));
  logMany(h.lab, 3);
  expect(await h.lab.flush()).toEqual({ ok: false, pending: 0 });
  logMany(h.lab, 3);
  expect(await h.lab.flush()).toEqual({ ok: false, pending: 0 });
  expect(h.receiver.batches).toHaveLength(1);
  expect(h.lab.stats().dropped).toEqual({ unauthorized: 6 });
  expect(warnings.lines).toHaveLength(1);
  expect(warnings.lines[0]).not.toContain(LAB_KEY);
  // Until the key changes: another instance has a key of its own.
  h.receiver.alwaysMisbehave((res, batch, accept) =>
    batch.headers.authorization === 'Bearer a good key' ? accept() : refuse(status)(res, batch, accept),
  );
  const { lab } = h.make({ apiKey: 'a good key' });
  logMany(lab, 2);
  expect(await lab.flush()).toEqual({ ok: true, pending: 0 });
  expect(h.receiver.logs).toHaveLength(2);
  h.receiver.alwaysMisbehave(undefined);
});

test('F9 413 halves the batch; a single record is made smaller, then dropped and counted', async () => {
  const limit =
    (bytes: number): Misbehave =>
    (res, batch, accept) =>
      JSON.stringify(batch.records).length > bytes ? refuse(413)(res, batch, accept) : accept();
  h.receiver.alwaysMisbehave(limit(5_000));
  logMany(h.lab, 40, 'some words '.repeat(30));
  expect(await flushed(h.lab)).toEqual({ ok: true, pending: 0 });
  expect(h.receiver.logs).toHaveLength(40);
  logMany(h.lab, 1, 'many words '.repeat(3_000));
  expect(await flushed(h.lab)).toEqual({ ok: true, pending: 0 });
  expect(h.receiver.logs[40]?.metadata).toMatchObject({ truncated: true });
  expect(h.receiver.logs[40]?.messages[0].content).toContain('…[truncated');
  h.receiver.alwaysMisbehave(refuse(413));
  logMany(h.lab, 1);
  expect(await flushed(h.lab)).toEqual({ ok: false, pending: 0 });
  expect(h.lab.stats().dropped).toEqual({ too_large: 1 });
  h.receiver.alwaysMisbehave(undefined);
});

test('F10 the same UUIDv7 on every try: a time-out after storing makes no second row', async () => {
  h.receiver.misbehave(storeButCut, storeButCut);
  logMany(h.lab, 3);
  expect(await flushed(h.lab)).toEqual({ ok: true, pending: 0 });
  expect(h.receiver.logs).toHaveLength(3);
  expect(h.receiver.batches.length).toBeGreaterThan(1);
  const idsOf = (index: number) => h.receiver.batches[index]?.records.map(({ id }) => id as string);
  expect(idsOf(1)).toEqual(idsOf(0));
  expect(h.lab.stats().sent).toBe(3);
  for (const id of idsOf(0) ?? [])
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('F10 ids are unique and in order, also within a millisecond and when the clock steps back', () => {
  const ids = [...Array.from({ length: 20_000 }, () => newId()), ...Array.from({ length: 100 }, () => newId(1_000))];
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
  expect(Math.abs(parseInt((ids[0] as string).replace('-', '').slice(0, 12), 16) - Date.now())).toBeLessThan(60_000);
});

test('F11 one bad record does not lose ninety-nine', async () => {
  for (let i = 0; i < 100; i++) h.lab.api.logRequest(i === 42 ? { ...LOG, id: 'no UUID' } : LOG);
  expect(await h.lab.flush()).toEqual({ ok: false, pending: 0 });
  expect(h.receiver.logs).toHaveLength(99);
  expect(h.lab.stats()).toMatchObject({ sent: 99, dropped: { rejected: 1 } });
  expect(h.receiver.problems.splice(0)).toHaveLength(1);
});

test('F11 a server that refuses a batch as a whole is shown its halves; transient verdicts are tried again', async () => {
  const picky: Misbehave = (res, batch, accept) =>
    batch.records.some(({ name }) => name === 'n5') ? refuse(400)(res, batch, accept) : accept();
  h.receiver.alwaysMisbehave(picky);
  logMany(h.lab, 20);
  expect(await flushed(h.lab)).toEqual({ ok: false, pending: 0 });
  expect(h.receiver.logs).toHaveLength(19);
  h.receiver.alwaysMisbehave(undefined);
  h.receiver.misbehave((res, batch) => {
    const error = { type: 'overloaded', code: 'overloaded', message: 'later', param: null };
    const results = batch.records.map(({ id }, index) => ({ index, id, status: 'rejected', error }));
    send(res, 207, { created: 0, duplicate: 0, rejected: results.length, results: results.slice(1) });
  });
  logMany(h.lab, 3);
  expect(await flushed(h.lab)).toEqual({ ok: true, pending: 0 });
  expect(h.receiver.logs).toHaveLength(22);
});

test('F12 large bodies are compressed, small ones are not; off after a 415', async () => {
  const { lab } = h.make({ batch: { maxRecords: 100, intervalMs: 5 }, request: { gzipAboveBytes: 16_384 } });
  logMany(lab, 1);
  await lab.flush();
  logMany(lab, 50, 'some words '.repeat(100));
  await lab.flush();
  h.receiver.misbehave(refuse(415));
  logMany(lab, 50, 'some words '.repeat(100));
  await lab.flush();
  logMany(lab, 50, 'some words '.repeat(100));
  expect(await lab.flush()).toEqual({ ok: true, pending: 0 });
  expect(h.receiver.batches.map(({ headers }) => headers['content-encoding'])).toEqual([
    undefined,
    'gzip',
    'gzip',
    undefined,
    undefined,
  ]);
  expect(h.receiver.batches[1]?.bytes).toBeLessThan(20_000);
  expect(h.receiver.logs).toHaveLength(151);
});

test('F12 without zlib the web streams compress; without them it goes as it is', async () => {
  const { stdout, stderr } = await runScript(
    `process.getBuiltinModule = undefined;
    (async () => {
      const lab = new promptlab.PromptLab({ request: { gzipAboveBytes: 0 } });
      const send = async () => {
        lab.api.logRequest({ model: 'm', provider: 'p', messages: [{ role: 'user', content: 'words '.repeat(5000) }] });
        console.log(JSON.stringify(await lab.flush()));
      };
      await send();
      delete globalThis.CompressionStream;
      await send();
      globalThis.CompressionStream = class { constructor() { throw new Error('broken'); } };
      await send();
    })();`,
    { baseUrl: h.receiver.url },
  );
  expect([stdout, stderr]).toEqual(['{"ok":true,"pending":0}\n'.repeat(3), '']);
  expect(h.receiver.batches.map(({ headers }) => headers['content-encoding'])).toEqual(['gzip', undefined, undefined]);
  expect(h.receiver.batches[0]?.bytes).toBeLessThan(1_000);
  expect(h.receiver.logs).toHaveLength(3);
});

test('F12 two compressed uploads in flight that are both answered 415 lose nothing', async () => {
  const takesNoGzip: Misbehave = (res, batch, accept) => {
    const isPacked = batch.headers['content-encoding'] === 'gzip';
    setTimeout(() => (isPacked ? refuse(415)(res, batch, accept) : accept()), 20);
  };
  h.receiver.alwaysMisbehave(takesNoGzip);
  const { lab } = h.make({ batch: { maxRecords: 1, intervalMs: 0 }, request: { gzipAboveBytes: 0 } });
  logMany(lab, 6);
  expect(await flushed(lab)).toEqual({ ok: true, pending: 0 });
  expect(h.receiver.logs).toHaveLength(6);
  const isPacked = h.receiver.batches.map(({ headers }) => headers['content-encoding'] === 'gzip');
  expect(isPacked.filter(Boolean)).toHaveLength(2);
  h.receiver.alwaysMisbehave(undefined);
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

/** What the platform's encoders do for us, by turn of the event loop. Times are the quick quarter's: the machine is not ours alone. */
async function measureTurns(work: () => Promise<void>): Promise<{ pieces: number; longestMs: number }> {
  const pieces: { kind: string; turn: number; ms: number }[] = [];
  let turn = 0;
  let isRunning = true;
  const countTurn = () => void (turn++, isRunning && setImmediate(countTurn));
  countTurn();
  const restore = (
    [
      [JSON, 'stringify'],
      [TextEncoder.prototype, 'encode'],
      [TextEncoder.prototype, 'encodeInto'],
    ] as unknown as [Record<string, (...args: unknown[]) => unknown>, string][]
  ).map(([owner, kind]) => {
    const real = owner[kind] as (...args: unknown[]) => unknown;
    owner[kind] = function (...args) {
      const started = performance.now();
      const result = Reflect.apply(real, this, args);
      const isLarge = (typeof args[0] === 'string' ? args[0] : String(result)).length > 50_000;
      if (isLarge) pieces.push({ kind, turn, ms: performance.now() - started });
      return result;
    };
    return () => (owner[kind] = real);
  });
  await work();
  isRunning = false;
  for (const undo of restore) undo();
  const times = (kind: string) => pieces.filter((piece) => piece.kind === kind).map(({ ms }) => ms);
  const quick = (kind: string) => times(kind).sort((a, b) => a - b)[Math.floor(times(kind).length / 4)] ?? 0;
  const byTurn = new Map<number, number>();
  for (const { kind, turn: at } of pieces) byTurn.set(at, (byTurn.get(at) ?? 0) + quick(kind));
  return { pieces: pieces.length, longestMs: Math.max(...byTurn.values()) };
}

test.each([
  ['many large records', 30, 1, 256_000],
  ['one record of many large messages', 1, 36, 100_000],
])('F16 %s leave the event loop free: never more than 5 ms at once', async (_, records, messages, length) => {
  const content = 'some words '.repeat(length / 11);
  const { lab } = h.make({
    batch: { maxRecords: 100, maxBytes: 9_000_000, intervalMs: 60_000 },
    request: { gzipAboveBytes: 1e9 },
  });
  for (let i = 0; i < records; i++) {
    lab.api.logRequest({ ...LOG, messages: Array.from({ length: messages }, () => ({ role: 'user', content })) });
  }
  const { pieces, longestMs } = await measureTurns(async () => {
    expect(await flushed(lab)).toEqual({ ok: true, pending: 0 });
  });
  expect(pieces).toBeGreaterThan(records * messages);
  // A slice ends with the piece that makes it 5 ms.
  expect(longestMs).toBeLessThan(6);
  expect(h.receiver.logs).toHaveLength(records);
  expect(h.receiver.logs[0]?.messages).toEqual(Array.from({ length: messages }, () => ({ role: 'user', content })));
});

test('F16 a record over the limit is cut before it is written', async () => {
  const { lab } = h.make({ limits: { recordBytes: 500_000 }, batch: { maxBytes: 9_000_000, intervalMs: 60_000 } });
  const content = 'some words '.repeat(60_000);
  lab.api.logRequest({
    ...LOG,
    messages: [
      { role: 'user', content },
      { role: 'user', content: 'short' },
    ],
  });
  let written = 0;
  const { stringify } = JSON;
  JSON.stringify = ((value: unknown, ...rest: []) => {
    const json = stringify(value, ...rest);
    written = Math.max(written, json?.length ?? 0);
    return json;
  }) as typeof stringify;
  expect(await flushed(lab)).toEqual({ ok: true, pending: 0 });
  JSON.stringify = stringify;
  expect(written).toBeGreaterThan(300_000);
  expect(written).toBeLessThan(500_000);
  expect(h.receiver.logs[0]).toMatchObject({ metadata: { truncated: true }, messages: [{}, { content: 'short' }] });
});

test('F16 what is written in pieces is the JSON of the record', async () => {
  const text = '😀 "quoted" \n \ud83d'.repeat(30_000);
  const messages = [
    { role: 'user', content: [{ type: 'text', text, nothing: null, deep: [[[[[1, [2], { a: { b: 'c' } }]]]]] }] },
    { role: 'user', content: [], empty: {}, list: [null, true, 1.5] },
  ];
  h.lab.api.logRequest({ ...LOG, messages });
  expect(await flushed(h.lab)).toEqual({ ok: true, pending: 0 });
  expect(h.receiver.logs[0]?.messages).toEqual(messages);
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

test('G7 flush resolves at once when empty, shares work, and tells the truth when time is over', async () => {
  const { lab } = h.make({ batch: { intervalMs: 60_000 } });
  const started = performance.now();
  expect(await lab.flush()).toEqual({ ok: true, pending: 0 });
  expect(performance.now() - started).toBeLessThan(20);
  logMany(lab, 5);
  const results = await Promise.all([lab.flush(), lab.flush(), lab.flush()]);
  expect(results).toEqual(Array.from({ length: 3 }, () => ({ ok: true, pending: 0 })));
  expect(h.receiver.batches).toHaveLength(1);
  h.receiver.alwaysMisbehave(hang);
  logMany(lab, 4);
  expect(await lab.flush({ timeoutMs: 50 })).toEqual({ ok: false, pending: 4 });
  h.receiver.alwaysMisbehave(undefined);
});

test('G7 flush of a busy program waits for what was there when it was called', async () => {
  const { lab } = h.make({ batch: { maxRecords: 5, intervalMs: 0 } });
  logMany(lab, 20);
  const timer = setInterval(() => logMany(lab, 3), 1);
  expect(await lab.flush({ timeoutMs: 3_000 })).toEqual({ ok: true, pending: 0 });
  clearInterval(timer);
});

test('G7 a rejection that a flush of our own saw is still news to flush()', async () => {
  h.receiver.misbehave(refuse(422));
  const works: Promise<unknown>[] = [];
  const { lab } = h.make({ batch: { intervalMs: 60_000 }, waitUntil: (work) => void works.push(work) });
  logMany(lab, 1);
  await works[0];
  expect(h.receiver.batches).toHaveLength(1);
  expect(await lab.flush()).toEqual({ ok: false, pending: 0 });
  expect(await lab.flush()).toEqual({ ok: true, pending: 0 });
});

test.each([Infinity, 2 ** 31, NaN, '50', null])('G7 flush takes any time limit: %p', async (timeoutMs) => {
  const acceptLater: Misbehave = (_, __, accept) => void setTimeout(accept, 50);
  h.receiver.misbehave(acceptLater);
  logMany(h.lab, 1);
  expect(await h.lab.flush({ timeoutMs } as never)).toEqual({ ok: true, pending: 0 });
  expect(await h.lab.flush(null as never)).toEqual({ ok: true, pending: 0 });
  expect(await h.lab.shutdown(null as never)).toEqual({ ok: true, dropped: 0 });
});

test('G8 shutdown counts what was on its way when the time was over', async () => {
  let closed = 0;
  h.receiver.alwaysMisbehave((res) => void res.on('close', () => closed++));
  const { lab } = h.make({ batch: { maxRecords: 2, intervalMs: 0 } });
  logMany(lab, 5);
  await until(() => h.receiver.batches.length === 2);
  const flushing = lab.flush();
  expect(await lab.shutdown({ timeoutMs: 50 })).toEqual({ ok: false, dropped: 5 });
  expect(await flushing).toEqual({ ok: false, pending: 0 });
  await until(() => closed === 2);
  expect(lab.stats()).toMatchObject({ queued: 0, queuedBytes: 0, sent: 0, dropped: { shut_down: 5 } });
  h.receiver.alwaysMisbehave(undefined);
});

test('G8 shutdown waits for no mask longer than it was told, and counts its record once', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const { lab } = h.make({ batch: { intervalMs: 0 }, mask: async () => (await held, null) });
  logMany(lab, 1);
  const started = performance.now();
  expect(await lab.shutdown({ timeoutMs: 50 })).toEqual({ ok: false, dropped: 1 });
  expect(performance.now() - started).toBeLessThan(1_000);
  release();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(lab.stats().dropped).toEqual({ shut_down: 1 });
  expect(h.receiver.batches).toHaveLength(0);
});

test('G8 a call after shutdown works, and is counted without being recorded', async () => {
  const { lab, client } = h.make({});
  await client.chat.completions.create(HELLO);
  await lab.shutdown();
  expect((await client.chat.completions.create({ ...HELLO, prompt_slug: 'p' })).id).toBe('chatcmpl-1');
  await client.chat.completions.create({ ...HELLO, promptlab: { log: false } });
  const stream = await client.chat.completions.create({ ...HELLO, stream: true });
  for await (const part of stream) void part;
  expect(h.fake.requests[1]?.body).toEqual(HELLO);
  expect(h.fake.requests[3]?.body).toEqual({ ...HELLO, stream: true });
  expect(lab.stats().dropped).toEqual({ shut_down: 2 });
});

test('G8 shutdown flushes, counts what comes later, and is safe to call twice', async () => {
  const { lab } = h.make({ batch: { intervalMs: 60_000 } });
  logMany(lab, 3);
  expect(await lab.shutdown()).toEqual({ ok: true, dropped: 0 });
  expect(h.receiver.logs).toHaveLength(3);
  logMany(lab, 2);
  expect(lab.stats().dropped).toEqual({ shut_down: 2 });
  expect(await lab.shutdown()).toMatchObject({ dropped: 2 });
  expect(h.receiver.logs).toHaveLength(3);
});

test('G6 waitUntil is given the delivery of each busy period; flush does not close the client', async () => {
  const works: Promise<unknown>[] = [];
  const { lab } = h.make({ batch: { intervalMs: 60_000 }, waitUntil: (work) => void works.push(work) });
  logMany(lab, 3);
  expect(works).toHaveLength(1);
  await works[0];
  expect(h.receiver.logs).toHaveLength(3);
  logMany(lab, 1);
  await works[1];
  expect(h.receiver.logs).toHaveLength(4);
  const holder = globalThis as unknown as Record<symbol, unknown>;
  const key = Symbol.for('@vercel/request-context');
  holder[key] = { get: () => ({ waitUntil: (work: Promise<unknown>) => void works.push(work) }) };
  const other = h.make({ batch: { intervalMs: 60_000 } }).lab;
  logMany(other, 1);
  delete holder[key];
  await works[2];
  expect(h.receiver.logs).toHaveLength(5);
});

test('G6 a record that comes while a delivery runs gets one of its own', async () => {
  const acceptLater: Misbehave = (_, __, accept) => void setTimeout(accept, 200);
  h.receiver.alwaysMisbehave(acceptLater);
  const works: Promise<unknown>[] = [];
  const { lab } = h.make({ batch: { intervalMs: 60_000 }, waitUntil: (work) => void works.push(work) });
  logMany(lab, 1);
  await until(() => h.receiver.batches.length === 1);
  logMany(lab, 3);
  expect(works).toHaveLength(2);
  await works[1];
  expect(h.receiver.logs).toHaveLength(4);
  h.receiver.alwaysMisbehave(undefined);
});

test('G6 a waitUntil that fails, now or later, loses nothing', async () => {
  const failing = [
    () => {
      throw new Error('no context');
    },
    (() => Promise.reject(new Error('no context'))) as () => void,
  ];
  for (const waitUntil of failing) {
    const { lab } = h.make({ batch: { intervalMs: 60_000 }, waitUntil });
    logMany(lab, 1);
    expect(await lab.flush()).toEqual({ ok: true, pending: 0 });
  }
  expect(warnings.lines).toHaveLength(1);
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
  await expect(h.lab.api.logRequestNow({ ...LOG, id: 'no UUID' })).rejects.toMatchObject({ reason: 'rejected' });
  for (const odd of [undefined, null, 5, 'x', [], { messages: 10n }])
    expect(typeof h.lab.api.logRequest(odd as never)).toBe('string');
  await h.lab.flush();
  h.receiver.problems.length = 0;
});
