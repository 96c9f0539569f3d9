/** G6 to G8: flush(), shutdown() and waitUntil say what became of all records before them. */
import { harnessOfProgram, HELLO, logMany, until, type Harness, type Warnings } from './harness';
import { V6 } from './majors';
import { hang, refuse, type Misbehave } from './receiver';

let h: Harness;
let warnings: Warnings;
harnessOfProgram(V6, (made, seen) => {
  h = made;
  warnings = seen;
});

test('G7 flush resolves at once when empty, shares work, and tells the truth when time is over', async () => {
  const { lab } = h.make({ batch: { intervalMs: 60_000 } });
  // Of three the least: others at work on the machine only ever add.
  const times: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const started = performance.now();
    expect(await lab.flush()).toEqual({ ok: true, pending: 0 });
    times.push(performance.now() - started);
  }
  expect(Math.min(...times)).toBeLessThan(20);
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

test('G13 a test that stops the clock does not stop delivery', async () => {
  const { lab } = h.make({});
  const late = new Promise((resolve) => setTimeout(resolve, 2_000, 'late'));
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  logMany(lab, 3);
  const flushed = await Promise.race([lab.flush(), late]);
  jest.useRealTimers();
  expect(flushed).toEqual({ ok: true, pending: 0 });
  expect(h.receiver.logs).toHaveLength(3);
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
