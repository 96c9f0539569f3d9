/** No read of one organization reads the rows of another, however large that is. Plans are those of the calls themselves. */
import fs from 'node:fs';
import pg from 'pg';
import type { LogInput, RequestFilters } from '#shared/request';
import type { SpanInput } from '#shared/trace';
import type { OrgScope } from '#server/auth/orgScope';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { newId } from '#server/ids';
import { deleteRequestRows, listRequestKeys } from '#server/requests/repository';
import { deleteSpanRows } from '#server/traces/repository';
import { aLogInput, aSpanInput } from '#tests/support/factories';
import { type LoggedStatement, PLAN_LOG_SETTINGS, PlanLog } from '#tests/support/planLog';
import { countMostTouched, findForeignScans, listTenantTables, plansOf, type Read } from '#tests/support/plans';
import { findReadSample, listReadCalls } from '#tests/support/readCalls';
import { makeDataDir } from '#tests/support/startProduct';
import { startTestApp, type TestApp, type TestOrganization } from '#tests/support/testApp';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embeddedPostgres.ts';
import { migrate } from './migrate.ts';
import type { Queryable } from './sql.ts';

/** For the large organization the planner likes to read the whole table, which has rows of the small one too. */
const LARGE = 10_000;
const SMALL = 500;

interface Owner {
  readonly scope: OrgScope;
  readonly key: string;
  readonly rows: number;
}

const dataDir = makeDataDir();
/** One of our own: the plans of all statements are in its log. */
let postgres: EmbeddedPostgres;
let app: TestApp;
let owners: { readonly large: Owner; readonly small: Owner };
beforeAll(async () => {
  postgres = await startEmbeddedPostgres({ dataDir, settings: PLAN_LOG_SETTINGS });
  await migrate(postgres.url);
  app = await startTestApp({ databaseUrl: postgres.url });
  owners = { large: ownerOf(app.orgA, LARGE), small: ownerOf(app.orgB, SMALL) };
  await fill(owners.large);
  await fill(owners.small);
  await app.deps.db.query('VACUUM (ANALYZE)');
}, 120_000);
afterAll(async () => {
  await app.stop();
  await postgres.stop('immediate');
  fs.rmSync(dataDir, { recursive: true, force: true });
});

function ownerOf({ id, key }: TestOrganization, rows: number): Owner {
  return { scope: scopeForAdmin(serverAdminScope(), id), key, rows };
}

const BATCH = 500;
const EVERY_MS = 30_000;

/** Requests of many models, users and tags, and steps of their traces, one every half a minute back from now. */
async function fill({ key, rows }: Owner): Promise<void> {
  const now = Date.now();
  for (let done = 0; done < rows; done += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, rows - done) }, (_, index) => done + index);
    const logs = numbers.map((n) => aRequest(n, now));
    const spans = numbers.filter((n) => n % 2 === 0).map((n) => aRoot(n, now));
    for (const [path, body] of [
      ['/api/v1/logs', { logs }],
      ['/api/v1/spans', { spans }],
    ] as const) {
      const { status, text } = await app.call('POST', path, { key, body });
      if (status >= 300) throw new Error(text);
    }
  }
}

const startOf = (n: number, now: number) => new Date(now - n * EVERY_MS).toISOString();

function aRequest(n: number, now: number): LogInput {
  return aLogInput({
    started_at: startOf(n, now),
    model: `m${n % 7}`,
    provider: `p${n % 3}`,
    messages: [
      { role: 'system', content: `Instructions ${n % 5}` },
      { role: 'user', content: `Where is parcel ${n % 300}?` },
    ],
    ...(n % 50 === 0 ? { status: 'error', error: { message: 'It failed.', type: 'rate_limit_error' } } : {}),
    ...(n % 200 === 1 ? { finish_reason: 'length' } : { finish_reason: 'stop' }),
    ...(n % 4 === 0 ? { prompt_slug: `slug${n % 8}` } : {}),
    tags: { team: `t${n % 5}` },
    trace_id: `t${Math.floor(n / 10)}`,
    user_id: `u${n % 100}`,
    session_id: `s${Math.floor(n / 20)}`,
    environment: `e${n % 5}`,
    release: `r${n % 3}`,
    input_tokens: 2_000,
    cost_usd: 0.01,
  });
}

function aRoot(n: number, now: number): SpanInput {
  return aSpanInput({ trace_id: `t${Math.floor(n / 10)}`, started_at: startOf(n, now), user_id: `u${n % 100}` });
}

/** Every read of the API, as one organization. @returns the statements, each with the call that it was asked for. */
async function readAll({ key }: Owner): Promise<LoggedStatement[]> {
  const get = (path: string) => app.call('GET', path, { key });
  const log = new PlanLog(dataDir, app.deps.db);
  const sample = await findReadSample(async (path) => (await get(path)).body, new Date());
  for (const { name, path } of listReadCalls(sample, 'some')) {
    await log.begin(name);
    const { status, text } = await get(path);
    if (status !== 200 && status !== 404) throw new Error(`${name}: ${status} ${text}`);
  }
  return log.read();
}

test.each(['large', 'small'] as const)(
  'every read by every filter, of the %s organization',
  async (name) => {
    const statements = await readAll(owners[name]);
    expect(new Set(statements.map(({ sql }) => sql)).size).toBeGreaterThan(200);
    const tables = await listTenantTables(app.deps.db);
    const found = statements.flatMap(({ call, plan }) =>
      plan === null
        ? [`${call}: ended by its time limit`]
        : findForeignScans(plan, tables).map((scan) => `${call}: ${scan}`),
    );
    expect(found).toEqual([]);
  },
  300_000,
);

describe('a batch of a deletion reads about as many rows as it deletes, wherever in the list it is', () => {
  const limit = 500;
  const before = new Date(Date.now() + 60_000).toISOString();
  /** In the middle of the rows of the large organization. */
  const middle = () => new Date(Date.now() - (LARGE / 2) * EVERY_MS).toISOString();

  async function mostTouched(deletion: (db: Queryable, scope: OrgScope) => Promise<unknown>): Promise<number> {
    const runner = app.deps.db.createQueryRunner();
    await runner.startTransaction();
    try {
      const plans = await plansOf(runner, owners.large.scope, deletion);
      return Math.max(...plans.map(countMostTouched));
    } finally {
      await runner.rollbackTransaction();
      await runner.release();
    }
  }

  test.each<[string, RequestFilters]>([
    ['nothing', {}],
    ['a model', { model: 'm1' }],
    ['a time', { to: '2099-01-01T00:00:00Z' }],
  ])('by %s', async (_, filters) => {
    const after = { started_at: middle(), id: newId() };
    const touched = await mostTouched((db, scope) => deleteRequestRows(db, scope, filters, { before, after, limit }));
    expect(touched).toBeGreaterThanOrEqual(limit);
    expect(touched).toBeLessThan(4 * limit);
  });

  test('of spans', async () => {
    const few = 100;
    const [{ id: after }] = await app.deps.db.query('SELECT id FROM spans WHERE org_id = $1 ORDER BY id OFFSET $2', [
      owners.large.scope.org_id,
      LARGE / 4, // In their middle: every second request has one.
    ]);
    const touched = await mostTouched((db, scope) => deleteSpanRows(db, scope, {}, { before, after, limit: few }));
    expect(touched).toBeGreaterThanOrEqual(few);
    expect(touched).toBeLessThan(4 * few);
  });
});

test('a connection without our settings would read them, so that the above can fail', async () => {
  const client = new pg.Client({ connectionString: app.databaseUrl });
  await client.connect();
  try {
    const plain: Queryable = { query: async (sql, parameters) => (await client.query(sql, parameters)).rows };
    const read: Read = (db, own) => listRequestKeys(db, own, { provider: 'none' }, FIRST_PAGE);
    const plans = await plansOf(plain, owners.large.scope, read);
    const tables = await listTenantTables(plain);
    expect(plans.flatMap((plan) => findForeignScans(plan, tables))).toEqual([
      expect.stringContaining('Seq Scan on requests'),
    ]);
  } finally {
    await client.end();
  }
});

test('our settings forbid no index that is read without its organization, which is found too', async () => {
  const { scope } = owners.small;
  const read: Read = async (db) => db.query("SELECT count(*) FROM request_days WHERE day = '2001-01-01'");
  const plans = await plansOf(app.deps.reads.of(scope), scope, read);
  expect(plans.flatMap((plan) => findForeignScans(plan, new Set(['request_days'])))).toEqual([
    expect.stringMatching(/^\w+ (Only )?Scan on request_days by \(day = /),
  ]);
});

const FIRST_PAGE = { limit: 50, offset: 0, position: null, withPayload: false };
