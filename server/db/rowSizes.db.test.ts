/** Migration 0002: what was stored before is measured as what is stored since. */
import { newId } from '#server/ids';
import { aLogInput, aSpanInput } from '#tests/support/factories';
import { startTestApp, type TestApp } from '#tests/support/testApp';
import { RowSizes1764100000000 } from './migrations/0002-row-sizes.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

/** Sizes of all rows, as `bytes` of a request's summary says. */
const sizes = (bytes: string) =>
  app.deps.db.query(`SELECT id, ${bytes} AS summary_bytes, payload_bytes FROM requests
    UNION ALL SELECT id, size_bytes, NULL FROM spans ORDER BY id`);
/**
 * `cost_status` came after this migration, which cannot know it; it is one of four short words, and is counted on arrival.
 * Tags are counted then as they are answered, without the spaces that Postgres writes between them.
 */
const AS_THE_MIGRATION_COUNTS = `summary_bytes - octet_length(cost_status) - octet_length(coalesce(price_version, ''))
  + octet_length(tags::text) - octet_length(replace(replace(tags::text, '": "', '":"'), '", "', '","'))`;

test('rows of before are measured in batches, also where a start was interrupted in between', async () => {
  for (const key of [app.orgA.key, app.orgB.key]) {
    const logs = Array.from({ length: 700 }, (_, index) =>
      aLogInput({ response_content: `"\u0001é\n${'x'.repeat(index)}`, tags: { index: `${index}` }, tools: [index] }),
    );
    const spans = Array.from({ length: 600 }, (_, index) => aSpanInput({ id: newId(), metadata: { index } }));
    expect((await app.call('POST', '/api/v1/logs', { body: { logs }, key })).body.created).toBe(700);
    expect((await app.call('POST', '/api/v1/spans', { body: { spans }, key })).body.created).toBe(600);
  }
  const before = await sizes(AS_THE_MIGRATION_COUNTS);
  expect(before.every((row: { summary_bytes: number }) => row.summary_bytes > 0)).toBe(true);

  const migration = new RowSizes1764100000000();
  const runner = app.deps.db.createQueryRunner();
  try {
    await migration.down(runner);
    await migration.up(runner);
    expect(await sizes('summary_bytes')).toEqual(before);
    // As after a crash: the columns are there, some rows are measured.
    await runner.query('UPDATE requests SET payload_bytes = NULL WHERE id < $1', [before[900].id]);
    await migration.up(runner);
    expect(await sizes('summary_bytes')).toEqual(before);
  } finally {
    await runner.release();
  }
});
