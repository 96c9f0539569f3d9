/** What the rate of storing decides: through the writer that asks it. */
import { BatchWriter, type QueuedRow } from './batchWriter.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the wait that is expected', () => {
  /** Ten rows a statement, each of which commits when the test says so. A call may wait for half a second. */
  function aSlowWriter() {
    const commits: (() => void)[] = [];
    let now = 0;
    let added = 0;
    const writer = new BatchWriter<QueuedRow>({
      classify: () => 'unavailable',
      queueRows: 1_000,
      queueBytes: 1_000_000,
      writers: 1,
      batchRows: 10,
      expectedWaitMs: 500,
      now: () => now,
      insert: () => new Promise((resolve) => commits.push(() => resolve(new Map()))),
    });
    /** One statement takes so long. */
    const commit = async (ms: number) => {
      now += ms;
      commits.shift()?.();
      await turn();
    };
    return {
      writer,
      commit,
      add: (tenant: string, rows: number) =>
        Promise.all(
          Array.from({ length: rows }, (_, index) =>
            writer.add([{ tenant, key: `${tenant} ${added++} ${index}`, bytes: 10 }]),
          ),
        ),
      pass: async (ms: number) => {
        now += ms;
        await turn();
      },
      end: async () => {
        while (writer.stats().queued_rows + writer.stats().in_flight_rows > 0) await commit(1);
      },
    };
  }
  const overloaded = { code: 'overloaded', status: 503 };

  test('is not known before something of a backlog was stored, and then decides who is refused at once', async () => {
    const { writer, add, commit, end } = aSlowWriter();
    const first = add('t', 200);
    await turn();
    const second = add('t', 1);
    // Ten rows in 100 ms: the 181 that wait take 1.8 s, and 50 would take half a second.
    await commit(100);
    await expect(add('t', 1)).rejects.toMatchObject(overloaded);
    expect(writer.hasRoom('t')).toBe(false);
    for (let statement = 0; statement < 14; statement++) await commit(100);
    expect(writer.stats()).toMatchObject({ queued_rows: 41 });
    expect(writer.hasRoom('t')).toBe(true);
    const third = add('t', 9);
    await expect(add('t', 1)).rejects.toMatchObject(overloaded);
    await end();
    expect((await Promise.all([first, second, third])).flat(2)).toEqual(Array.from({ length: 210 }, () => 'created'));
  });

  test('of a large batch is that of its first row, so that single rows do not keep it out', async () => {
    const { writer, add, commit, end } = aSlowWriter();
    const singles = add('t', 50);
    await turn();
    await commit(100);
    const rows = Array.from({ length: 100 }, (_, index) => ({ tenant: 't', key: `batch ${index}`, bytes: 10 }));
    const batch = writer.add(rows);
    await end();
    await singles;
    expect(await batch).toEqual(rows.map(() => 'created'));
  });

  test('after a pause of the disk counts the statements: the next one takes all that has gathered', async () => {
    const { writer, add, commit, end } = aSlowWriter();
    const lone = add('t', 1);
    await turn();
    const gathered = add('t', 20);
    await turn();
    await commit(200);
    // One row in 200 ms would be 4 s, two statements are 0.4 s.
    expect(writer.hasRoom('t')).toBe(true);
    await end();
    await Promise.all([lone, gathered]);
  });

  test('grows while the database stands still', async () => {
    const { writer, add, pass, commit, end } = aSlowWriter();
    const added = add('t', 40);
    await turn();
    await commit(10);
    expect(writer.hasRoom('t')).toBe(true);
    await pass(400);
    expect(writer.hasRoom('t')).toBe(false);
    await end();
    await added;
  });

  test('is forgotten with the backlog: a slow minute refuses nobody after it', async () => {
    const { writer, add, commit, end } = aSlowWriter();
    const slow = add('t', 20);
    await turn();
    await commit(5_000);
    await end();
    await slow;
    const burst = add('t', 100);
    await turn();
    expect(writer.hasRoom('t')).toBe(true);
    await end();
    await burst;
  });

  test('of one tenant refuses nobody else: others take turns with it', async () => {
    const { writer, add, commit, end } = aSlowWriter();
    const loud = add('loud', 200);
    await turn();
    await commit(100);
    await expect(add('loud', 1)).rejects.toMatchObject(overloaded);
    // The first of a tenant comes to its turn with the others, and those after it wait for as many of each other tenant.
    const quiet = add('quiet', 20);
    expect(writer.hasRoom('quiet')).toBe(true);
    const more = add('quiet', 4);
    await expect(add('quiet', 10)).rejects.toMatchObject(overloaded);
    await end();
    await Promise.all([loud, quiet, more]);
  });
});
