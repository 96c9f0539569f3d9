import fc from 'fast-check';
import pg from 'pg';
import type { JsonValue } from '#shared/primitives';
import { createTestDatabase, type TestDatabase } from '#tests/support/database';
import { sanitize } from './sanitize.ts';

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const text = fc
  .array(fc.oneof(fc.constantFrom('\u0000', '\ud83d', '\udc00', '\\u0000', '😀'), fc.string({ unit: 'binary' })), {
    maxLength: 3,
  })
  .map((parts) => parts.join(''));
const { value: anyJson } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

test('Postgres stores whatever was cleaned, and gives back the same', async () => {
  await fc.assert(
    fc.asyncProperty(anyJson, async (value) => {
      const sent = JSON.parse(JSON.stringify([value])) as JsonValue[];
      sanitize(sent);
      const { rows } = await client.query('SELECT $1::json AS json, $1::jsonb AS jsonb', [JSON.stringify(sent)]);
      expect(rows[0].json).toEqual(sent);
      // jsonb keeps numbers as decimals, which is more than a double.
      expect(rows[0].jsonb).toEqual(sent);
    }),
    { numRuns: 300 },
  );
});

test('Postgres refuses what was not cleaned, so that the test above can fail', async () => {
  for (const bad of ['\u0000', '\ud83d']) {
    await expect(client.query('SELECT $1::jsonb', [JSON.stringify([bad])])).rejects.toThrow(
      /unsupported Unicode|invalid input syntax/,
    );
  }
});
