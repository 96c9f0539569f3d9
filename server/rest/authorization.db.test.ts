/** Every route and every procedure, with every credential: nothing of one organization is seen or changed by another. */
import { endpoints } from '#shared/endpoints';
import { newId } from '#server/ids';
import { type Auth, PROCEDURES, ROUTES, type Row, type Target } from '#tests/support/authorizationRows';
import { expectError } from '#tests/support/expectContract';
import { aLogInput, aSpanInput } from '#tests/support/factories';
import { snapshotOf } from '#tests/support/organizationSnapshot';
import { type Called, startTestApp, type TestApp } from '#tests/support/testApp';
import { appRouter } from '#server/trpc/appRouter';
import { RestRoutes } from './routes.ts';

const ADMIN_TOKEN = 'an-admin-token-of-32-characters!';

let app: TestApp;
const snapshot = (org_id: string) => snapshotOf(app, org_id);
/** Made once, for calls that leave it as it is. */
let lasting: Target;
const keys: Record<string, string> = {};
/** Every body that any call of this file answered, and every secret that was made. */
const bodies: string[] = [];
const secrets = new Set<string>();

beforeAll(async () => {
  app = await startTestApp({ env: { PROMPTLAB_ADMIN_TOKEN: ADMIN_TOKEN } });
  for (const scope of ['ingest', 'read', 'manage'] as const) keys[scope] = await app.keyWith([scope]);
  const short = await send('POST', orgPath(), ADMIN_TOKEN, { name: 'Deleted' });
  await send('DELETE', `/api/v1/admin/api-keys/${short.body.id}`, ADMIN_TOKEN);
  keys.deleted = short.body.key;
  lasting = await ownedByA();
});
afterAll(() => app.stop());

async function send(method: string, path: string, credential: string | null, body?: unknown): Promise<Called> {
  const called = await app.call(method, path, { key: credential, body });
  bodies.push(called.text);
  for (const [secret] of called.text.matchAll(/pl_live_[0-9A-Za-z]{43}/g)) secrets.add(secret);
  return called;
}

const orgPath = () => `/api/v1/admin/organizations/${app.orgA.id}/api-keys`;

async function ownedByA(): Promise<Target> {
  // Of both an organization may have so many; the one that lasts is what other tests aim at.
  for (const table of ['saved_views', 'prices']) {
    await app.deps.db.query(`DELETE FROM ${table} WHERE org_id = $1 AND NOT id = ANY($2)`, [
      app.orgA.id,
      lasting ? [lasting.view_id, lasting.price_id] : [],
    ]);
  }
  const trace_id = `trace-${newId()}`;
  const [user_id, session_id] = [`of A ${newId()}`, `session-${newId()}`];
  const log = await send('POST', '/api/v1/logs', app.orgA.key, aLogInput({ trace_id, user_id, session_id }));
  const key = await send('POST', orgPath(), ADMIN_TOKEN, { name: 'Target' });
  const job = await send('DELETE', '/api/v1/requests?model=nothing', app.orgA.key);
  const view = await send('POST', '/api/v1/views', app.orgA.key, { name: 'of A', search: { q: 'user:"of A"' } });
  const price = await send('POST', '/api/v1/prices', app.orgA.key, { model: 'of A', rates: { input: '1' } });
  const span = aSpanInput({ trace_id, input: 'of A' });
  await send('POST', '/api/v1/spans', app.orgA.key, { spans: [span] });
  return {
    request_id: log.body.id,
    span_id: span.id,
    user_id,
    session_id,
    trace_id,
    key_id: key.body.id,
    job_id: job.body.id,
    view_id: view.body.id,
    price_id: price.body.id,
    org_id: app.orgA.id,
  };
}

const isDestructive = (name: string) => /delete/i.test(name);

const nobodys = (): Target => ({
  request_id: newId(),
  span_id: newId(),
  user_id: `of A ${newId()}`,
  session_id: `session-${newId()}`,
  trace_id: `trace-${newId()}`,
  key_id: newId(),
  job_id: newId(),
  view_id: newId(),
  price_id: newId(),
  org_id: app.orgA.id,
});

/** Calls a route or a procedure. */
function callRow(name: string, row: Row, target: Target, credential: string | null): Promise<Called> {
  const input = row.input?.(target);
  const [method = '', path = ''] = name.split(' ');
  if (path !== '') return send(method, row.path?.(target) ?? path, credential, input);
  const isQuery = (procedures()[name] ?? 'query') === 'query';
  if (!isQuery) return send('POST', `/trpc/${name}`, credential, input ?? {});
  return send('GET', `/trpc/${name}?input=${encodeURIComponent(JSON.stringify(input ?? {}))}`, credential);
}

function procedures(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>).map(
      ([name, procedure]) => [name, procedure._def.type],
    ),
  );
}

describe('the inventory', () => {
  test('of routes is the checked-in table', () => {
    expect(new RestRoutes().list().toSorted()).toEqual(Object.keys(ROUTES).toSorted());
  });

  test('of each path answers other methods with 405', async () => {
    for (const [name, row] of Object.entries(ROUTES)) {
      const path = row.path?.(lasting) ?? name.split(' ')[1] ?? '';
      expectError(await send('PATCH', path, ADMIN_TOKEN), 'method_not_allowed');
    }
  });

  test('of routes asks for the credential that the endpoint table documents', () => {
    const documented = Object.values(endpoints).map((row) => [`${row.method.toUpperCase()} ${row.path}`, row.auth]);
    expect(Object.fromEntries(documented)).toEqual(
      Object.fromEntries(Object.entries(ROUTES).map(([name, row]) => [name, row.auth])),
    );
  });

  test('of procedures is the checked-in table', () => {
    expect(Object.keys(procedures()).sort()).toEqual(Object.keys(PROCEDURES).sort());
  });
});

const ALL = Object.entries({ ...ROUTES, ...PROCEDURES });
const CREDENTIALS = ['none', 'malformed', 'unknown', 'deleted', 'ingest', 'read', 'manage', 'full', 'admin'] as const;
type Credential = (typeof CREDENTIALS)[number];

function credential(name: Credential): string | null {
  switch (name) {
    case 'none':
      return null;
    case 'malformed':
      return "x' OR '1'='1";
    case 'unknown':
      return `pl_live_${'0'.repeat(43)}`;
    case 'full':
      return app.orgA.key;
    case 'admin':
      return ADMIN_TOKEN;
    case 'deleted':
    case 'ingest':
    case 'read':
    case 'manage':
      return keys[name] ?? '';
  }
}

/** 200 stands for any 2xx. */
function expectedStatus(auth: Auth, who: Credential): number {
  if (auth === 'none') return 200;
  if (auth === 'admin') return who === 'admin' ? 200 : 401;
  if (auth === 'code' || ['none', 'malformed', 'unknown', 'deleted', 'admin'].includes(who)) return 401;
  return auth === 'any key' || who === 'full' || who === auth ? 200 : 403;
}

/**
 * Compares what an organization owns with what it owned after the test before, so that each test costs one snapshot. Whoever
 * changes it fails alone: the next test begins with what there is.
 */
function expectUnchanged(org_id: () => string): void {
  let before: unknown;
  beforeAll(async () => {
    before = await snapshot(org_id());
  });
  afterEach(async () => {
    const after = await snapshot(org_id());
    const was = before;
    before = after;
    expect(after).toEqual(was);
  });
}

/** Refused ones first: these may aim at one target, since none is deleted. */
const byStatus = (auth: Auth) =>
  CREDENTIALS.map((who) => ({ who, expected: expectedStatus(auth, who) })).toSorted((a, b) => b.expected - a.expected);

describe('each credential of organization A', () => {
  expectUnchanged(() => app.orgB.id);

  test.each(ALL)('%s is answered as its credential allows, and changes nothing of B', async (name, row) => {
    let target = isDestructive(name) ? await ownedByA() : lasting;
    let isDeleted = false;
    for (const { who, expected } of byStatus(row.auth)) {
      if (isDeleted) target = await ownedByA();
      const called = await callRow(name, row, target, credential(who));
      const status = called.status >= 200 && called.status < 300 ? 200 : called.status;
      expect({ who, status, body: called.body }).toMatchObject({ who, status: expected });
      const types: Record<number, string | undefined> = { 401: 'authentication_error', 403: 'permission_error' };
      expect([who, errorOf(called)?.type]).toEqual([who, types[status]]);
      isDeleted = isDestructive(name) && status === 200;
    }
  });
});

describe('organization B', () => {
  expectUnchanged(() => app.orgA.id);

  test.each(ALL.filter(([, row]) => row.other === 404))(
    '%s by another organization is 404, byte for byte as for an id that never existed, and changes nothing',
    async (name, row) => {
      const nobody = nobodys();
      const called = await callRow(name, row, lasting, app.orgB.key);
      const never = await callRow(name, row, nobody, app.orgB.key);
      expect(called.status).toBe(404);
      expect(neutral(called, lasting)).toBe(neutral(never, nobody));
    },
  );

  test.each(ALL.filter(([, row]) => row.other === 'own'))(
    '%s by another organization answers and changes only its own, whatever the input names',
    async (name, row) => {
      const called = await callRow(name, row, lasting, app.orgB.key);
      expect(Math.floor(called.status / 100)).toBe(2);
      // A field that we do not know is the caller's own text, and kept as that.
      const text = called.text.replaceAll(`"metadata":{"org_id":"${app.orgA.id}"}`, '');
      for (const ofA of [app.orgA.id, lasting.request_id, lasting.key_id, 'of A']) expect(text).not.toContain(ofA);
    },
  );
});

test("totals of B count nothing of A's", async () => {
  const fresh = await send('POST', '/api/v1/admin/organizations', ADMIN_TOKEN, { name: 'Empty' });
  const key = await send('POST', `/api/v1/admin/organizations/${fresh.body.id}/api-keys`, ADMIN_TOKEN, { name: 'k' });
  expect((await send('GET', '/api/v1/stats', key.body.key)).body.requests).toBe(0);
  expect((await send('GET', '/api/v1/stats?user_id=of%20A', key.body.key)).body.requests).toBe(0);
  expect((await send('GET', '/api/v1/requests', key.body.key)).body).toEqual([]);
  expect((await send('GET', '/trpc/apiKeys.list', key.body.key)).body.result.data).toHaveLength(1);
});

test('a key makes none that may do more than itself', async () => {
  for (const scopes of [['read'], ['ingest', 'manage'], ['manage', 'read', 'ingest']]) {
    const called = await send('POST', '/trpc/apiKeys.create', keys.manage ?? '', { name: 'More', scopes });
    expect({ status: called.status, code: errorOf(called)?.code }).toEqual({ status: 403, code: 'insufficient_scope' });
  }
  const same = await send('POST', '/trpc/apiKeys.create', keys.manage ?? '', { name: 'Same' });
  expect(same.body.result.data.scopes).toEqual(['manage']);
});

test('the keys of a deleted organization stop working within a second or so', async () => {
  const org = await send('POST', '/api/v1/admin/organizations', ADMIN_TOKEN, { name: 'Gone' });
  const key = await send('POST', `/api/v1/admin/organizations/${org.body.id}/api-keys`, ADMIN_TOKEN, { name: 'k' });
  expect((await send('GET', '/api/v1/requests', key.body.key)).status).toBe(200);
  await app.deps.db.query('DELETE FROM organizations WHERE id = $1', [org.body.id]);
  const deadline = Date.now() + 3_000;
  let status = 0;
  while (status !== 401 && Date.now() < deadline) status = (await send('GET', '/api/v1/requests', key.body.key)).status;
  expect(status).toBe(401);
});

test('a method named in a header or a field changes nothing', async () => {
  const target = await ownedByA();
  for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']) {
    const called = await app.call('POST', `/api/v1/admin/api-keys/${target.key_id}?_method=DELETE`, {
      key: ADMIN_TOKEN,
      body: { _method: 'DELETE' },
      headers: { [name]: 'DELETE' },
    });
    expectError(called, 'method_not_allowed');
  }
});

// The last test of the file: it looks at all that the others received.
test('each secret was shown in exactly one answer, and no hash ever', async () => {
  expect(secrets.size).toBeGreaterThan(20);
  for (const secret of secrets) {
    expect(bodies.filter((body) => body.includes(secret))).toHaveLength(1);
  }
  const rows: { hash: string }[] = await app.deps.db.query("SELECT encode(key_hash, 'hex') AS hash FROM api_keys");
  const all = bodies.join('\n');
  for (const { hash } of rows) expect(all).not.toContain(hash);
  expect(all).not.toContain('key_hash');
  expect(all).not.toContain(ADMIN_TOKEN);
  expect(all).not.toContain(app.orgA.key);
});

function errorOf(called: Called): { type: string; code: string } | undefined {
  return called.body?.error?.data?.error ?? called.body?.error;
}

/** The body without what names this one call. */
function neutral(called: Called, target: Target): string {
  return Object.values(target)
    .reduce<string>((text, id) => text.replaceAll(id, '<id>'), called.text)
    .replace(/"request_id":"[^"]+"/, '"request_id":"<request>"');
}
