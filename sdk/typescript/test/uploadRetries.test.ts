/** F6 to F11: what becomes of an upload that failed. No record is lost that could be kept, and none is stored twice. */
import { backoffMs, isRetryableStatus, parseRetryAfter } from '../src/delivery/retry';
import { newId } from '../src/runtime/uuid';
import { flushed, harnessOfProgram, LAB_KEY, LOG, logMany, until, type Harness, type Warnings } from './harness';
import { V6 } from './majors';
import { answerHtml, cutOff, refuse, send, storeButCut, type Misbehave } from './receiver';

let h: Harness;
let warnings: Warnings;
harnessOfProgram(V6, (made, seen) => {
  h = made;
  warnings = seen;
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
  h.receiver.refuseNamed('bad');
  for (let i = 0; i < 100; i++) h.lab.api.logRequest(i === 42 ? { ...LOG, name: 'bad' } : LOG);
  expect(await h.lab.flush()).toEqual({ ok: false, pending: 0 });
  expect(h.receiver.logs).toHaveLength(99);
  expect(h.lab.stats()).toMatchObject({ sent: 99, dropped: { rejected: 1 } });
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
