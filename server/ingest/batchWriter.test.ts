import fc from 'fast-check';
import { AppError } from '#server/errors';
import { BatchWriter, type BatchWriterOptions, type QueuedRow, type Verdict } from './batchWriter.ts';

interface Row extends QueuedRow {
  readonly isPoison?: boolean;
}

/** A table in memory. Each insert waits until the test lets it go, and fails where it is told to. */
class FakeTable {
  readonly keys = new Set<string>();
  readonly batches: string[][] = [];
  /** Errors for the next inserts, first in first out; null: none. */
  readonly failures: (Error | null)[] = [];
  #held: (() => void)[] | null = null;

  readonly insert = async (rows: readonly Row[]): Promise<ReadonlyMap<string, 'duplicate' | 'conflict'>> => {
    this.batches.push(rows.map((row) => row.key));
    if (this.#held) await new Promise<void>((resolve) => this.#held?.push(resolve));
    const failure = this.failures.shift();
    if (failure) throw failure;
    if (rows.some((row) => row.isPoison)) throw new Error('row');
    const known = rows.filter((row) => this.keys.has(row.key)).map((row) => row.key);
    for (const row of rows) this.keys.add(row.key);
    return new Map(known.map((key) => [key, 'duplicate'] as const));
  };

  hold(): void {
    this.#held = [];
  }

  /** Lets the inserts that wait now go on, and those to come. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const resolve of held) resolve();
  }
}

const classify = (error: unknown) => {
  const message = error instanceof Error ? error.message : '';
  return message === 'row' || message === 'conflict' ? message : 'unavailable';
};

function aWriter(table: FakeTable, options: Partial<BatchWriterOptions<Row>> = {}): BatchWriter<Row> {
  return new BatchWriter<Row>({ insert: table.insert, classify, queueRows: 1_000, queueBytes: 1_000_000, ...options });
}

const aRow = (key: string, fields: Partial<Row> = {}): Row => ({ tenant: 't', key, bytes: 10, ...fields });
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a lone row is written in the next turn of the event loop, by no timer', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance'] });
  try {
    const table = new FakeTable();
    expect(await aWriter(table).add([aRow('a')])).toEqual(['created']);
    expect(table.batches).toEqual([['a']]);
  } finally {
    jest.useRealTimers();
  }
});

test('large rows are written apart, by one writer at a time, and small ones do not wait for them', async () => {
  const table = new FakeTable();
  const writer = aWriter(table, { writers: 2, largeRowBytes: 100 });
  table.hold();
  const rows = ['L1', 'L2', 'L3'].map((key) => writer.add([aRow(key, { bytes: 200 })]));
  await turn();
  const later = writer.add([aRow('L4', { bytes: 200 })]);
  const small = writer.add([aRow('s', { tenant: 'other' })]);
  await turn();
  expect(table.batches).toEqual([['L1', 'L2', 'L3'], ['s']]);
  table.release();
  await Promise.all([...rows, later, small]);
  expect(table.batches.at(-1)).toEqual(['L4']);
});

test('rows that arrive together, or while a write is under way, are written together', async () => {
  const table = new FakeTable();
  const writer = aWriter(table, { writers: 1 });
  table.hold();
  const first = ['a', 'b', 'c'].map((key) => writer.add([aRow(key)]));
  await turn();
  const second = ['d', 'e', 'f'].map((key) => writer.add([aRow(key)]));
  await turn();
  table.release();
  await Promise.all([...first, ...second]);
  expect(table.batches).toEqual([
    ['a', 'b', 'c'],
    ['d', 'e', 'f'],
  ]);
});

test('an answer comes only after its write has committed', async () => {
  const table = new FakeTable();
  const writer = aWriter(table);
  table.hold();
  let isAnswered = false;
  const added = writer.add([aRow('a')]).then(() => (isAnswered = true));
  for (let round = 0; round < 5; round++) await turn();
  expect({ isAnswered, keys: table.keys.size }).toEqual({ isAnswered: false, keys: 0 });
  table.release();
  await added;
  expect(table.keys.has('a')).toBe(true);
});

test('no statement exceeds its bounds of rows and bytes, but a row larger than a statement goes alone', async () => {
  const table = new FakeTable();
  const writer = aWriter(table, { writers: 1, batchRows: 3, batchBytes: 100 });
  const keys = ['a', 'b', 'c', 'd'];
  const rows = [
    ...keys.map((key) => aRow(key)),
    aRow('big', { bytes: 60 }),
    aRow('huge', { bytes: 500 }),
    aRow('e', { bytes: 60 }),
  ];
  await writer.add(rows);
  expect(table.batches).toEqual([['a', 'b', 'c'], ['d', 'big'], ['huge'], ['e']]);
});

test('two writers write at once, and no third', async () => {
  const table = new FakeTable();
  const writer = aWriter(table, { batchRows: 1 });
  table.hold();
  const added = writer.add(['a', 'b', 'c'].map((key) => aRow(key)));
  await turn();
  expect(table.batches).toEqual([['a'], ['b']]);
  expect(writer.stats()).toMatchObject({ in_flight_rows: 2, queued_rows: 1 });
  table.release();
  await added;
});

test('tenants take turns: one that floods does not keep another waiting', async () => {
  const table = new FakeTable();
  const writer = aWriter(table, { writers: 1, batchRows: 4 });
  table.hold();
  const held = writer.add([aRow('held', { tenant: 'x' })]);
  await turn();
  const loud = writer.add(Array.from({ length: 20 }, (_, index) => aRow(`loud ${index}`, { tenant: 'loud' })));
  const quiet = writer.add([aRow('quiet 0', { tenant: 'quiet' }), aRow('quiet 1', { tenant: 'quiet' })]);
  table.release();
  await Promise.all([held, loud, quiet]);
  expect(table.batches[1]).toEqual(['loud 0', 'quiet 0', 'loud 1', 'quiet 1']);
});

describe('the same key', () => {
  test('twice in one call is created, then duplicate', async () => {
    const table = new FakeTable();
    expect(await aWriter(table).add([aRow('a'), aRow('a'), aRow('b'), aRow('a')])).toEqual([
      'created',
      'duplicate',
      'created',
      'duplicate',
    ]);
  });

  test('waits while it is being written, though a writer is free', async () => {
    const table = new FakeTable();
    const writer = aWriter(table, { writers: 2 });
    table.hold();
    const first = writer.add([aRow('a')]);
    await turn();
    const second = writer.add([aRow('a')]);
    await turn();
    expect(table.batches).toEqual([['a']]);
    table.release();
    expect([await first, await second]).toEqual([['created'], ['duplicate']]);
  });

  test('of a row that failed is written by the one that waited', async () => {
    const table = new FakeTable();
    table.failures.push(new Error('away'));
    const writer = aWriter(table);
    const [first, second] = await Promise.allSettled([writer.add([aRow('a')]), writer.add([aRow('a')])]);
    expect(first).toMatchObject({ status: 'rejected', reason: { message: 'away' } });
    expect(second).toMatchObject({ status: 'fulfilled', value: ['created'] });
  });
});

describe('a failed insert', () => {
  test.each([0, 1, 6, 12])('for the sake of row %i of 13 rejects that row alone', async (poison) => {
    const table = new FakeTable();
    const poisoned: string[] = [];
    const writer = aWriter(table, { onPoison: (key) => poisoned.push(key) });
    const rows = Array.from({ length: 13 }, (_, index) => aRow(`${index}`, { isPoison: index === poison }));
    const verdicts = await writer.add(rows);
    expect(verdicts).toEqual(rows.map((row) => (row.isPoison ? 'rejected' : 'created')));
    expect(poisoned).toEqual([`${poison}`]);
    // Halving: at most two statements for each of the halvings.
    expect(table.batches.length).toBeLessThanOrEqual(1 + 2 * Math.ceil(Math.log2(13)));
  });

  test('finds several bad rows among the good ones of several callers', async () => {
    const table = new FakeTable();
    const writer = aWriter(table);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => writer.add([aRow(`${index}`, { isPoison: index % 7 === 3 })])),
    );
    expect(answers.flat()).toEqual(
      Array.from({ length: 20 }, (_, index) => (index % 7 === 3 ? 'rejected' : 'created')),
    );
  });

  test('by a conflict is tried again, and three times at most', async () => {
    const table = new FakeTable();
    table.failures.push(new Error('conflict'), new Error('conflict'));
    expect(await aWriter(table).add([aRow('a')])).toEqual(['created']);
    table.failures.push(...Array.from({ length: 4 }, () => new Error('conflict')));
    await expect(aWriter(table).add([aRow('b')])).rejects.toThrow('conflict');
    expect(table.batches).toHaveLength(3 + 4);
  });

  test('because the database is away fails its callers, and not the next ones', async () => {
    const table = new FakeTable();
    table.failures.push(new Error('away'));
    const writer = aWriter(table);
    await expect(writer.add([aRow('a')])).rejects.toThrow('away');
    expect(await writer.add([aRow('a')])).toEqual(['created']);
  });

  test('of a part of a call fails the call once all of it is settled', async () => {
    const table = new FakeTable();
    table.failures.push(null, new Error('away'));
    const writer = aWriter(table, { writers: 1, batchRows: 1 });
    await expect(writer.add(['a', 'b', 'c'].map((key) => aRow(key)))).rejects.toThrow('away');
    expect(table.batches).toEqual([['a'], ['b'], ['c']]);
    expect(writer.stats()).toMatchObject({ queued_rows: 0, in_flight_rows: 0 });
  });
});

describe('over budget', () => {
  async function full(options: Partial<BatchWriterOptions<Row>>): Promise<[BatchWriter<Row>, FakeTable]> {
    const table = new FakeTable();
    table.hold();
    const writer = aWriter(table, { writers: 1, batchRows: 1, ...options });
    void writer.add([aRow('in flight', { tenant: 'in flight' })]);
    await turn();
    return [writer, table];
  }

  test.each([
    ['rows', { queueRows: 10 }, Array.from({ length: 11 }, (_, index) => aRow(`b${index}`, { tenant: 'b' }))],
    ['bytes', { queueBytes: 100 }, [aRow('b', { tenant: 'b', bytes: 200 })]],
  ])(
    'of %s a call is refused at once, with a time to come back, and nothing of it is queued',
    async (_, bounds, rows) => {
      const [writer, table] = await full(bounds);
      const waiting = writer.add([aRow('a', { tenant: 'a' })]);
      await expect(writer.add(rows)).rejects.toMatchObject({ code: 'overloaded', status: 503 });
      const refusal: unknown = await writer.add(rows).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(AppError);
      expect((refusal as AppError).retryAfter).toBeGreaterThan(0);
      expect(writer.stats()).toMatchObject({ queued_rows: 1, queued_bytes: 10, shed: 2 * rows.length });
      table.release();
      expect(await waiting).toEqual(['created']);
      expect(await writer.add([aRow('c', { tenant: 'b' })])).toEqual(['created']);
    },
  );

  test('a call that is larger than the queue is served when nothing waits', async () => {
    const table = new FakeTable();
    const rows = Array.from({ length: 50 }, (_, index) => aRow(`${index}`));
    expect(await aWriter(table, { queueRows: 10 }).add(rows)).toHaveLength(50);
  });

  test('of its share a tenant is refused while others wait, and they are not', async () => {
    const [writer, table] = await full({ queueRows: 40 });
    const others = writer.add([aRow('other', { tenant: 'other' })]);
    const loud = Array.from({ length: 10 }, (_, index) => writer.add([aRow(`loud ${index}`, { tenant: 'loud' })]));
    await expect(writer.add([aRow('one more', { tenant: 'loud' })])).rejects.toMatchObject({ code: 'overloaded' });
    const third = writer.add([aRow('third', { tenant: 'third' })]);
    table.release();
    await Promise.all([others, third, ...loud]);
    expect(table.keys.has('third')).toBe(true);
  });
});

test('a row that waited too long is taken out and refused, one that is being written is waited for', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance'] });
  try {
    let now = 0;
    const table = new FakeTable();
    table.hold();
    const writer = aWriter(table, { writers: 1, batchRows: 1, waitMs: 5_000, now: () => now });
    const inFlight = writer.add([aRow('in flight')]);
    await turn();
    const late = writer.add([aRow('late')]);
    const refused = late.catch((error: unknown) => error);
    now = 4_999;
    jest.advanceTimersByTime(1_000);
    const young = writer.add([aRow('young')]);
    expect(writer.stats()).toMatchObject({ queued_rows: 2, oldest_wait_ms: 4_999 });
    now = 5_001;
    jest.advanceTimersByTime(1_000);
    expect(await refused).toMatchObject({ code: 'overloaded' });
    expect(writer.stats()).toMatchObject({ queued_rows: 1, queued_bytes: 10, in_flight_rows: 1, shed: 1 });
    table.release();
    expect([await inFlight, await young]).toEqual([['created'], ['created']]);
    expect(table.keys.has('late')).toBe(false);
  } finally {
    jest.useRealTimers();
  }
});

test('a drain ends when all that waited is stored, and at once where nothing does', async () => {
  const table = new FakeTable();
  const writer = aWriter(table, { writers: 1, batchRows: 1 });
  await writer.drain();
  table.hold();
  const added = writer.add(['a', 'b', 'c'].map((key) => aRow(key)));
  let isDrained = false;
  const drained = writer.drain().then(() => (isDrained = true));
  await turn();
  expect(isDrained).toBe(false);
  table.release();
  await drained;
  expect(table.keys).toEqual(new Set(['a', 'b', 'c']));
  await added;
});

test('an empty call is answered with no verdict and no statement', async () => {
  const table = new FakeTable();
  expect(await aWriter(table).add([])).toEqual([]);
  expect(table.batches).toEqual([]);
});

test('whatever fails and in whatever order, each caller gets one answer, and created means stored once', async () => {
  const failure = fc.constantFrom(null, null, null, 'row', 'conflict', 'away');
  const call = fc.array(
    fc.record({
      key: fc.integer({ min: 0, max: 12 }).map((key) => `k${key}`),
      isGood: fc.integer({ min: 0, max: 5 }).map((dice) => dice > 0),
    }),
    { maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.tuple(fc.constantFrom('t', 'u', 'v'), call), { maxLength: 12 }),
      fc.array(failure, { maxLength: 12 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 6 }),
      async (scheduler, calls, failures, writers, batchRows) => {
        const table = new FakeTable();
        const inserted: string[] = [];
        const writer = aWriter(table, {
          writers,
          batchRows,
          insert: scheduler.scheduleFunction(async (rows: readonly Row[]) => {
            const next = failures.shift();
            if (next) throw new Error(next);
            const known = await table.insert(rows);
            inserted.push(...rows.map((row) => row.key).filter((key) => !known.has(key)));
            return known;
          }),
        });
        let answers = 0;
        const outcomes = calls.map(([tenant, rows]) => {
          const added = writer.add(
            rows.map(({ key, isGood }) => aRow(`${tenant}/${key}`, { tenant, isPoison: !isGood })),
          );
          return added.then(
            (verdicts): [string, typeof rows, Verdict[] | null] => (answers++, [tenant, rows, verdicts]),
            (): [string, typeof rows, null] => (answers++, [tenant, rows, null]),
          );
        });
        await scheduler.waitFor(Promise.all([...outcomes, writer.drain()]));
        expect(answers).toBe(calls.length);
        expect(writer.stats()).toMatchObject({ queued_rows: 0, queued_bytes: 0, in_flight_rows: 0 });
        expect(new Set(inserted).size).toBe(inserted.length);
        const created: string[] = [];
        for (const [tenant, rows, verdicts] of await Promise.all(outcomes)) {
          if (verdicts === null) continue;
          expect(verdicts).toHaveLength(rows.length);
          verdicts.forEach((verdict, index) => {
            const key = `${tenant}/${rows[index]?.key}`;
            expect(verdict === 'rejected' || table.keys.has(key)).toBe(true);
            if (verdict === 'created') created.push(key);
          });
        }
        expect(new Set(created).size).toBe(created.length);
      },
    ),
    { numRuns: 200 },
  );
});
