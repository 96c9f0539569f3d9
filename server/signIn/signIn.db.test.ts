/** The code of a sign-in link: good once, for a short time, and no more than a hash of it is kept. */
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { offerFirstSignIn } from '#server/bootstrap';
import { expectContract, expectError } from '#tests/support/expectContract';
import { type Called, startTestApp, type TestApp } from '#tests/support/testApp';
import { offerSignIn } from './service.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const scope = () => scopeForAdmin(serverAdminScope(), app.orgA.id);
const offer = (name = 'Link') => offerSignIn(app.deps, scope(), name);
const look = (code: string | null) => app.call('GET', '/api/v1/sign-in', { key: code });
const exchange = (code: string | null) => app.call('POST', '/api/v1/sign-in', { key: code });
const works = async (called: Called) =>
  (await app.call('GET', '/api/v1/requests', { key: called.body.api_key.key })).status === 200;

test('a code is exchanged once, for a key that works; looking at it does not use it up', async () => {
  const code = await offer();
  for (let times = 0; times < 2; times++) {
    const looked = await look(code);
    expectContract('getSignInOffer', looked);
    expect(looked.body.organization).toMatchObject({ id: app.orgA.id, name: 'Acme' });
  }
  const exchanged = await exchange(code);
  expectContract('signIn', exchanged);
  expect(exchanged.headers.get('cache-control')).toBe('no-store');
  expect(exchanged.body.api_key.key).toMatch(/^pl_live_[0-9A-Za-z]{43}$/);
  expect(await works(exchanged)).toBe(true);
  expectError(await exchange(code), 'invalid_sign_in_code', { message: /opened before, has expired/ });
  expectError(await look(code), 'invalid_sign_in_code');
});

test('of ten who exchange one code at once, one gets the key', async () => {
  const code = await offer('Raced');
  const answers = await Promise.all(Array.from({ length: 10 }, () => exchange(code)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  for (const answer of answers) if (answer.status !== 200) expectError(answer, 'invalid_sign_in_code');
});

test('two links to one key: the first that is opened gets its secret, and the other is of no use any more', async () => {
  const [first, second] = [await offer('Shared'), await offer('Shared')];
  expect(await works(await exchange(second))).toBe(true);
  expectError(await exchange(first), 'invalid_sign_in_code');
  // The name is free for another key, whose link is a new one.
  expect(await works(await exchange(await offer('Shared')))).toBe(true);
});

test('a code that has expired is refused', async () => {
  const code = await offer('Late');
  await app.deps.db.query("UPDATE sign_in_codes SET expires_at = now() - interval '1 second'");
  expectError(await look(code), 'invalid_sign_in_code');
  expectError(await exchange(code), 'invalid_sign_in_code');
});

test.each([null, 'once-', `once-${'x'.repeat(44)}`, `once-${'x'.repeat(43)}`, `pl_live_${'0'.repeat(43)}`])(
  'what is no code of ours is refused: %s',
  async (code) => {
    expectError(await exchange(code), 'invalid_sign_in_code');
    expectError(await look(code), 'invalid_sign_in_code');
  },
);

test('a code is no key, and the database holds neither: only their hashes', async () => {
  const code = await offer('Hashed');
  expectError(await app.call('GET', '/api/v1/requests', { key: code }), 'invalid_api_key');
  const stored = await app.deps.db.query('SELECT c::text, k::text FROM sign_in_codes c, api_keys k');
  expect(JSON.stringify(stored)).not.toContain(code.slice('once-'.length));
  const [{ hash }] = await app.deps.db.query("SELECT key_hash AS hash FROM api_keys WHERE name = 'Hashed'");
  expect(hash).toBeNull();
});

test('the first start fails as a whole: no organization is left without its key', async () => {
  const fresh = await startTestApp();
  const count = async (table: string) => (await fresh.deps.db.query(`SELECT count(*) FROM ${table}`))[0].count;
  try {
    await fresh.deps.db.query('DELETE FROM organizations');
    await fresh.deps.db.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'no'; END$$;
      CREATE TRIGGER refuse BEFORE INSERT ON sign_in_codes FOR EACH ROW EXECUTE FUNCTION refuse()`);
    await expect(offerFirstSignIn(fresh.deps)).rejects.toThrow('no');
    expect([await count('organizations'), await count('api_keys')]).toEqual([0, 0]);
    await fresh.deps.db.query('DROP TRIGGER refuse ON sign_in_codes');
    expect(await offerFirstSignIn(fresh.deps)).toMatch(/^once-/);
    // Until a key is used, every start offers one, and none of them makes another organization or key.
    expect(await offerFirstSignIn(fresh.deps)).toMatch(/^once-/);
    expect([await count('organizations'), await count('api_keys')]).toEqual([1, 1]);
  } finally {
    await fresh.stop();
  }
});
