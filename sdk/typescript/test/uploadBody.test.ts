/** F12, F16: a batch is compressed where that pays, and written without holding the event loop. */
import { flushed, harnessOfProgram, LOG, logMany, type Harness } from './harness';
import { V6 } from './majors';
import { refuse, type Misbehave } from './receiver';
import { runScript } from './runScript';

let h: Harness;
harnessOfProgram(V6, (made) => (h = made));

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
