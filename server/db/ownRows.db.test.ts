/** No read of one organization reads the rows of another, however large that is. Plans are asked of the real connections. */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { ApiKeyId, RequestId } from '#shared/primitives';
import type { RequestFilters } from '#shared/request';
import { FACET_FIELDS } from '#shared/stats';
import type { OrgScope } from '#server/auth/orgScope';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { newId } from '#server/ids';
import { findApiKey, listApiKeyRows } from '#server/apiKeys/repository';
import { findOrganization } from '#server/organizations/repository';
import {
  deleteRequestRows,
  findRequestKey,
  listRequestKeys,
  listSortedKeys,
  readLoggedRequests,
  readSummaries,
} from '#server/requests/repository';
import {
  countDimensions,
  countLatestValues,
  countPeriods,
  hasOther,
  readPercentiles,
  readSeriesPercentiles,
  sumBuckets,
  sumGroups,
  sumLatest,
  sumLatestBuckets,
  sumLatestGroups,
  sumRollups,
  sumSeries,
} from '#server/stats/repository';
import {
  countDays,
  findPaidFailures,
  findRepeats,
  findRetriedCuts,
  findUncachedPrefixes,
} from '#server/savings/repository';
import { askedKeys, parseStatsFilter } from '#server/stats/statsFilter';
import { type Source, sourceOfKeys } from '#server/stats/sumsSql';
import { listSessionKeys, readSessionSummaries, readSessionWindow } from '#server/sessions/repository';
import {
  deleteSpanRows,
  findSpan,
  listStepKeys,
  measureTrace,
  readSpans,
  readTraceSummaries,
  readTraceWindow,
} from '#server/traces/repository';
import { readUserSummaries, readUserWindow } from '#server/users/repository';
import { findForeignScans, planOf, type Read } from '#tests/support/plans';
import { startTestApp, type TestApp } from '#tests/support/testApp';
import type { Queryable } from './sql.ts';

/** For the large organization the planner likes to read the whole table, which has rows of the small one too. */
const LARGE = 60_000;
const SMALL = 600;

interface Owner {
  readonly scope: OrgScope;
  readonly rows: number;
}

let app: TestApp;
let large: Owner;
let small: Owner;
beforeAll(async () => {
  app = await startTestApp();
  large = { scope: scopeForAdmin(serverAdminScope(), app.orgA.id), rows: LARGE };
  small = { scope: scopeForAdmin(serverAdminScope(), app.orgB.id), rows: SMALL };
  await fill(large);
  await fill(small);
  await app.deps.db.query(
    'VACUUM (ANALYZE) requests, request_payloads, request_hours, request_days, request_totals, request_user_days, request_values, spans',
  );
}, 60_000);
afterAll(() => app.stop());

/** Rows of many models, users and tags. Without the checks of foreign keys, which would take most of the time. */
async function fill({ scope: { org_id }, rows }: Owner): Promise<void> {
  const runner = app.deps.db.createQueryRunner();
  try {
    await runner.query('SET session_replication_role = replica');
    await runner.query(
      `INSERT INTO requests (org_id, id, started_at, created_at, model, provider, status, tags, truncated, cost_status, trace_id,
         user_id, session_id, prompt_slug, request_hash, prefix_hash, input_preview, finish_reason, input_tokens, cost_usd)
       SELECT $1::uuid, gen_random_uuid(), now() - i * interval '3 seconds', now(), 'm' || i % 7, 'p' || i % 3,
         CASE WHEN i % 50 = 0 THEN 'error' ELSE 'success' END, jsonb_build_object('env', 'e' || i % 5), false, 'no_usage',
         't' || i / 10, 'u' || i % 100, 's' || i / 20, CASE WHEN i % 4 = 0 THEN 'slug' || i % 8 END,
         decode(md5('h' || i % 300), 'hex'), decode(md5('p' || i % 5), 'hex'), 'w' || i % 10,
         CASE WHEN i % 200 = 0 THEN 'length' ELSE 'stop' END, 2000, 0.01
       FROM generate_series(1, $2::int) i`,
      [org_id, rows],
    );
    await runner.query(
      "INSERT INTO request_payloads (org_id, id, messages) SELECT org_id, id, '[]' FROM requests WHERE org_id = $1",
      [org_id],
    );
    await runner.query(
      `INSERT INTO request_days (org_id, day, provider, model, prompt_slug, environment, status, requests,
         input_tokens, output_tokens, input_reported, output_reported, unmeasured_requests, cached_input_tokens, reasoning_tokens, cost_usd,
         unpriced_requests, latency_us, latency_reported)
       SELECT $1::uuid, date_trunc('day', now()) - i * interval '1 day', 'p', 'm', '', '', 'success', 1, 1, 1, 1, 1, 0, 0, 0,
         0, 0, 1, 1
       FROM generate_series(1, $2::int / 10) i`,
      [org_id, rows],
    );
    await runner.query(
      `INSERT INTO request_totals (org_id, grain, starts_at, requests, errors, input_tokens, output_tokens,
         input_reported, output_reported, unmeasured_requests, cached_input_tokens, reasoning_tokens, cost_usd, unpriced_requests, latency_us,
         latency_reported, users, has_other_prompts, has_other_models, has_other_users, buckets, counts)
       SELECT $1::uuid, grain, date_trunc(grain, now()) - i * ('1 ' || grain)::interval, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1,
         1, false, false, false, '{1}', '{1}'
       FROM generate_series(1, $2::int / 20) i CROSS JOIN (VALUES ('hour'), ('day')) grains (grain)`,
      [org_id, rows],
    );
    await runner.query(
      `INSERT INTO request_user_days (org_id, day, user_id, requests, errors, input_tokens, output_tokens,
         input_reported, output_reported, unmeasured_requests, cached_input_tokens, reasoning_tokens, cost_usd, unpriced_requests, latency_us,
         latency_reported)
       SELECT $1::uuid, date_trunc('day', now()) - i / 100 * interval '1 day', 'u' || i % 100, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0,
         1, 1
       FROM generate_series(1, $2::int / 10) i`,
      [org_id, rows],
    );
    await runner.query(
      `INSERT INTO request_values (org_id, dimension, grain, starts_at, value, requests, errors, input_tokens, output_tokens,
         input_reported, output_reported, unmeasured_requests, cached_input_tokens, reasoning_tokens, cost_usd,
         unpriced_requests, latency_us, latency_reported)
       SELECT $1::uuid, 'model', 'day', date_trunc('day', now()) - i * interval '1 day', 'm', 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1
       FROM generate_series(1, $2::int / 10) i`,
      [org_id, rows],
    );
    await runner.query(
      `INSERT INTO spans (org_id, id, trace_id, name, started_at, created_at, status, tags)
       SELECT $1::uuid, gen_random_uuid(), 't' || i / 10, 'step', now() - i * interval '3 seconds', now(), 'success', '{}'
       FROM generate_series(1, $2::int) i`,
      [org_id, rows],
    );
  } finally {
    await runner.query('RESET session_replication_role');
    await runner.release();
  }
}

const FIRST_PAGE = { limit: 50, offset: 0, position: null, withPayload: false };
const WINDOW = { position: null, rows: 100 };
const MONTH = { from: new Date(Date.now() - 30 * 86_400_000).toISOString(), to: new Date().toISOString() };
const SOME_IDS = Array.from({ length: 50 }, () => newId());

const HASH = createHash('md5').update('h3').digest('hex');
const FILTERS: readonly (readonly [string, RequestFilters])[] = [
  ['nothing', {}],
  ['a model', { model: 'm1' }],
  ['a model that nobody has', { model: 'none' }],
  ['a provider', { provider: 'p1' }],
  ['a provider that nobody has', { provider: 'none' }],
  ['errors', { status: 'error' }],
  ['successes', { status: 'success' }],
  ['a prompt', { prompt_slug: 'slug4' }],
  ['a trace', { trace_id: 't3' }],
  ['a user', { user_id: 'u3' }],
  ['a session', { session_id: 's3' }],
  ['an environment that nobody has', { environment: 'none' }],
  ['a tag', { tag: ['env:e1'] }],
  ['a tag that nobody has', { tag: ['user:nobody'] }],
  ['a hash', { q: `hash:${HASH}` }],
  ['a hash that nobody has', { q: `hash:${'0'.repeat(32)}` }],
  ['a prefix that nobody has', { q: `prefix:${'0'.repeat(32)}` }],
  ['a time', { from: '2020-01-01T00:00:00Z', to: '2030-01-01T00:00:00Z' }],
  ['a time when nothing was', { from: '2020-01-01T00:00:00Z', to: '2020-02-01T00:00:00Z' }],
];

const statsOf = (filters: RequestFilters) => parseStatsFilter(filters, new Date());
/** The rollup that knows what the filter asks, as the service chooses it. */
function sourceOf(filters: RequestFilters): Source | null {
  const keys = askedKeys(statsOf(filters));
  return keys && sourceOfKeys(keys);
}
/** Days of a zone, which begin within days of UTC. */
const EDGES = Array.from(
  { length: 31 },
  (_, day) => Date.parse('2026-11-01T00:00:00Z') + day * 86_400_000 - 5.5 * 3_600_000,
);
const BY_MODEL = { by: 'model', sort: 'requests', limit: 20 } as const;

const READS: readonly (readonly [string, Read])[] = [
  ...FILTERS.flatMap(([name, filters]) => [
    [
      `the list without payloads, by ${name}`,
      (db: Queryable, own: OrgScope) => listRequestKeys(db, own, filters, FIRST_PAGE),
    ] as const,
    [
      `the list with payloads, by ${name}`,
      (db: Queryable, own: OrgScope) => listRequestKeys(db, own, filters, { ...FIRST_PAGE, withPayload: true }),
    ] as const,
    [`totals by ${name}`, (db: Queryable, own: OrgScope) => sumLatest(db, own, statsOf(filters))] as const,
    [
      `facets by ${name}`,
      (db: Queryable, own: OrgScope) => countLatestValues(db, own, statsOf(filters), [...FACET_FIELDS]),
    ] as const,
    [
      `a strip by ${name}`,
      (db: Queryable, own: OrgScope) => sumLatestBuckets(db, own, statsOf(filters), { bucketMs: 60_000 }),
    ] as const,
    ...[sourceOf(filters)].flatMap((source) =>
      source === null
        ? []
        : [
            [
              `sums by ${name}`,
              (db: Queryable, own: OrgScope) => sumRollups(db, own, statsOf(filters), source),
            ] as const,
            ...(source === 'users'
              ? []
              : [
                  [
                    `sums in time by ${name}`,
                    (db: Queryable, own: OrgScope) =>
                      sumBuckets(db, own, statsOf(filters), { source, bucketMs: 3_600_000, finest: 'hour' }),
                  ] as const,
                  [
                    `days of a zone by ${name}`,
                    (db: Queryable, own: OrgScope) =>
                      sumSeries(db, own, statsOf({ ...filters, from: '2026-11-01T00:10:00Z' }), {
                        source: 'dimensions',
                        edges: EDGES,
                        group: 'model',
                      }),
                  ] as const,
                  [
                    `days by ${name}`,
                    (db: Queryable, own: OrgScope) => countPeriods(db, own, statsOf(filters), 'day'),
                  ] as const,
                ]),
          ],
    ),
    [
      `the latest by model and ${name}`,
      (db: Queryable, own: OrgScope) => sumLatestGroups(db, own, statsOf(filters), BY_MODEL),
    ] as const,
  ]),
  ...(['latency', 'cost', 'tokens'] as const).map(
    (by) =>
      [
        `the list sorted by ${by}`,
        (db: Queryable, own: OrgScope) => listSortedKeys(db, own, {}, { ...FIRST_PAGE, by, isDescending: true }),
      ] as const,
  ),
  ['a later page', (db, own) => listRequestKeys(db, own, {}, { ...FIRST_PAGE, position: aPosition('next') })],
  ['an earlier page', (db, own) => listRequestKeys(db, own, {}, { ...FIRST_PAGE, position: aPosition('prev') })],
  ['percentiles', (db, own) => readPercentiles(db, own, statsOf({ from: '2026-01-01T00:10:00Z' }))],
  [
    'percentiles of the days of a zone',
    (db, own) => readSeriesPercentiles(db, own, statsOf({ from: '2026-11-01T00:10:00Z' }), EDGES),
  ],
  [
    'users, the most frequent first',
    (db, own) => sumGroups(db, own, statsOf({}), { ...BY_MODEL, source: 'users', by: 'user' }),
  ],
  [
    'models, the most frequent first',
    (db, own) => sumGroups(db, own, statsOf({}), { ...BY_MODEL, source: 'dimensions' }),
  ],
  ['models', (db, own) => countDimensions(db, own, statsOf({}), ['model', 'provider'])],
  ['whether values are counted together', (db, own) => hasOther(db, own, statsOf({}), new Set(['model', 'user_id']))],
  ['one request', (db, own) => findRequestKey(db, own, RequestId.parse(newId()))],
  ['requests by id', (db, own) => readSummaries(db, own, SOME_IDS)],
  ['requests by id, with payloads', (db, own) => readLoggedRequests(db, own, SOME_IDS)],
  ['the steps of a trace', (db, own) => listStepKeys(db, own, 't3', { limit: 100, position: null })],
  ['a trace as a whole', (db, own) => measureTrace(db, own, 't3')],
  ...FILTERS.flatMap(([name, filters]) => [
    [
      `a window of traces, by ${name}`,
      (db: Queryable, own: OrgScope) => readTraceWindow(db, own, filters, WINDOW),
    ] as const,
    [
      `a window of sessions, by ${name}`,
      (db: Queryable, own: OrgScope) => readSessionWindow(db, own, filters, WINDOW),
    ] as const,
    [
      `a window of users, by ${name}`,
      (db: Queryable, own: OrgScope) => readUserWindow(db, own, filters, WINDOW),
    ] as const,
  ]),
  ['the sums of traces', (db, own) => readTraceSummaries(db, own, ['t3', 't4'])],
  ['the sums of sessions', (db, own) => readSessionSummaries(db, own, ['s3', 's4'])],
  ['the sums of users', (db, own) => readUserSummaries(db, own, ['u3'], {})],
  ['the requests of a session', (db, own) => listSessionKeys(db, own, 's3', { limit: 20, position: null })],
  ['a span with its content', (db, own) => findSpan(db, own, newId())],
  ['spans by id', (db, own) => readSpans(db, own, SOME_IDS)],
  ['the keys', (db, own) => listApiKeyRows(db, own)],
  ['a key', (db, own) => findApiKey(db, own, ApiKeyId.parse(newId()))],
  ['the organization', (db, own) => findOrganization(db, own)],
  ['days of savings', (db, own) => countDays(db, own, MONTH)],
  ['calls that ask the same', (db, own) => findRepeats(db, own, MONTH)],
  ['prefixes without a cache', (db, own) => findUncachedPrefixes(db, own, MONTH)],
  ['failed calls that cost money', (db, own) => findPaidFailures(db, own, MONTH)],
  ['answers that were cut off and asked for again', (db, own) => findRetriedCuts(db, own, MONTH)],
];

function aPosition(direction: 'next' | 'prev') {
  return { direction, value: '2026-01-01T00:00:00.000Z', id: newId(), window: null };
}

test.each(READS)('%s', async (_, read) => {
  for (const { scope, rows } of [small, large]) {
    const nodes = await planOf(app.deps.reads.of(scope), scope, read);
    expect(nodes.length).toBeGreaterThan(0);
    expect(findForeignScans(nodes, rows)).toEqual([]);
  }
});

describe('a batch of a deletion reads about as many rows as it deletes, wherever in the list it is', () => {
  const limit = 500;
  const before = new Date(Date.now() + 60_000).toISOString();
  /** In the middle of the rows of the large organization. */
  const middle = () => new Date(Date.now() - (LARGE / 2) * 3_000).toISOString();

  async function mostTouched(deletion: (db: Queryable, scope: OrgScope) => Promise<unknown>): Promise<number> {
    const runner = app.deps.db.createQueryRunner();
    await runner.startTransaction();
    try {
      const nodes = await planOf(runner, large.scope, deletion);
      expect(nodes.length).toBeGreaterThan(0);
      const touched = nodes.map(
        (node) => ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 1),
      );
      return Math.max(...touched);
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
    const after = '80000000-0000-4000-8000-000000000000';
    const touched = await mostTouched((db, scope) => deleteSpanRows(db, scope, {}, { before, after, limit }));
    expect(touched).toBeGreaterThanOrEqual(limit);
    expect(touched).toBeLessThan(4 * limit);
  });
});

test('a connection without our settings would read them, so that the above can fail', async () => {
  const { options } = app.deps.db;
  const client = new pg.Client({ connectionString: options.type === 'postgres' ? options.url : '' });
  await client.connect();
  try {
    const plain: Queryable = { query: async (sql, parameters) => (await client.query(sql, parameters)).rows };
    const found: string[] = [];
    for (const [name, read] of READS) {
      for (const scan of findForeignScans(await planOf(plain, large.scope, read), LARGE))
        found.push(`${name}: ${scan}`);
    }
    expect(found).toContainEqual(expect.stringContaining('Seq Scan on requests'));
  } finally {
    await client.end();
  }
});
