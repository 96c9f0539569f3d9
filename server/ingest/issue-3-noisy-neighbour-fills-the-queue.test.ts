import { BatchWriter, type QueuedRow } from './batchWriter.ts';

const ROW_BYTES = 10;

/** Adds a row to the queue; false where it is refused at once. */
function tryAdd(writer: BatchWriter<QueuedRow>, tenant: string, place: number): boolean {
  const { shed } = writer.stats();
  void writer.add([{ tenant, key: `${tenant}/${place}`, bytes: ROW_BYTES }]).catch(() => {});
  return writer.stats().shed === shed;
}

test.each([
  ['rows', { queueRows: 100, queueBytes: 1_000_000 }],
  ['bytes', { queueRows: 100_000, queueBytes: 100 * ROW_BYTES }],
])('a tenant that floods leaves room to one that has nothing waiting, counted in %s', (_what, bounds) => {
  // Its database never answers, so that the queue only fills.
  const writer = new BatchWriter({ insert: () => new Promise(() => {}), classify: () => 'unavailable', ...bounds });
  let noisy = 0;
  while (tryAdd(writer, 'noisy', noisy)) noisy++;
  expect(noisy).toBeGreaterThanOrEqual(50);
  expect(tryAdd(writer, 'quiet', 0)).toBe(true);
});
