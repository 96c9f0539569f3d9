/** How many keys an organization may have, and what happens to them when the prefix of new ones is changed. */
import { generateApiKey, hashSecret } from '#server/auth/apiKeySecret';
import { newId } from '#server/ids';
import { expectContract, expectError } from '#tests/support/expectContract';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ env: { API_KEY_PREFIX: 'acme_' } });
});
afterAll(() => app.stop());

const create = (org: string) =>
  app.call('POST', `/api/v1/admin/organizations/${org}/api-keys`, { body: { name: 'k' }, key: null });

async function insertKey(org_id: string, key: string): Promise<void> {
  await app.deps.db.query(
    `INSERT INTO api_keys (org_id, id, name, key_hash, key_prefix, scopes)
     VALUES ($1, $2, 'k', $3, $4, '{ingest,read,manage}')`,
    [org_id, newId(), hashSecret(key), key.slice(0, 12)],
  );
}

test('the 1,001st key of an organization is 409 and says what to do; others are not touched', async () => {
  await app.deps.db.query(
    `INSERT INTO api_keys (org_id, id, name, key_hash, key_prefix, scopes)
     SELECT $1, gen_random_uuid(), 'k', sha256(n::text::bytea), 'acme_0000', '{read}' FROM generate_series(1, 998) AS n`,
    [app.orgA.id],
  );
  const last = await create(app.orgA.id);
  expectContract('createApiKey', last);
  expectError(await create(app.orgA.id), 'conflict', { message: /1,000 API keys.*delete one/ });
  const throughTrpc = await app.call('POST', '/trpc/apiKeys.create', { body: { name: 'k' } });
  expect(throughTrpc.status).toBe(409);
  expectContract('createApiKey', await create(app.orgB.id));
  await app.call('DELETE', `/api/v1/admin/api-keys/${last.body.id}`, { key: null });
  expectContract('createApiKey', await create(app.orgA.id));
});

test('keys made under another API_KEY_PREFIX go on working', async () => {
  const { key } = generateApiKey('pl_live_');
  await insertKey(app.orgB.id, key);
  expect((await app.call('GET', '/api/v1/requests', { key })).status).toBe(200);
  expect((await create(app.orgB.id)).body.key).toMatch(/^acme_/);
});
