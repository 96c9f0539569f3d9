/** What waits is bounded, for each organization by itself. */
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import type { OrgId } from '#shared/primitives';
import type { Queryable } from '#server/db/sql';
import { acceptOtlpSpans } from './accept.ts';
import { WaitingLimits } from './waitingLimits.ts';
import { aDecodedSpan, aTraceId, HTTP } from '#tests/support/decodedSpans';
import { nodesOf, plansOf, type Read } from '#tests/support/plans';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());
afterEach(() => app.deps.db.query('DELETE FROM otlp_waiting'));

const scopeOf = (org_id: OrgId) => scopeForAdmin(serverAdminScope(), org_id);
const limits = (most: { rows?: number; bytes?: number; db?: Queryable }) =>
  new WaitingLimits({
    db: app.deps.db,
    admin: serverAdminScope(),
    scopeOf,
    now: () => new Date(),
    onError: (error) => {
      throw error;
    },
    ...most,
  });

async function wait(org_id: OrgId, count: number): Promise<void> {
  const traceId = aTraceId();
  const spans = Array.from({ length: count }, (_, index) => aDecodedSpan({ traceId, id: index + 1, attributes: HTTP }));
  await acceptOtlpSpans(app.deps, { scope: scopeOf(org_id), api_key_id: null }, spans);
}

const rowsOf = async (org_id: OrgId) =>
  (await app.deps.db.query('SELECT id FROM otlp_waiting WHERE org_id = $1', [org_id])).length;

test('beyond half of its rows the oldest of an organization are forgotten and counted, and no more may wait', async () => {
  await wait(app.orgA.id, 1_500);
  await wait(app.orgB.id, 10);
  const own = limits({ rows: 1_200 });
  await own.look();
  // By the thousand.
  expect(await rowsOf(app.orgA.id)).toBe(500);
  expect(await rowsOf(app.orgB.id)).toBe(10);
  const { body } = await app.call('GET', '/api/v1/data-health');
  expect(body.totals.dropped).toEqual([{ reason: 'too_much_waiting', count: 1_000 }]);
  for (let more = 0; more < 700; more++) expect(own.admit(scopeOf(app.orgA.id), 100)).toBe(true);
  expect(own.admit(scopeOf(app.orgA.id), 100)).toBe(false);
  expect(own.admit(scopeOf(app.orgB.id), 100)).toBe(true);
});

test('the same holds for its bytes', async () => {
  await wait(app.orgA.id, 5);
  const [{ bytes }] = await app.deps.db.query('SELECT sum(content_bytes)::int AS bytes FROM otlp_waiting');
  const own = limits({ bytes: bytes * 2 });
  await own.look();
  expect(await rowsOf(app.orgA.id)).toBe(5);
  expect(own.admit(scopeOf(app.orgA.id), bytes)).toBe(true);
  expect(own.admit(scopeOf(app.orgA.id), 1)).toBe(false);
  await limits({ bytes: bytes - 1 }).look();
  expect(await rowsOf(app.orgA.id)).toBe(0);
});

test('what is younger than an hour, and within the limits, stays', async () => {
  await wait(app.orgA.id, 3);
  await app.deps.db.query("UPDATE otlp_waiting SET created_at = now() - interval '59 minutes'");
  await limits({}).look();
  expect(await rowsOf(app.orgA.id)).toBe(3);
  await app.deps.db.query("UPDATE otlp_waiting SET created_at = now() - interval '61 minutes'");
  await limits({}).look();
  expect(await rowsOf(app.orgA.id)).toBe(0);
});

test('a look reads what came since the one before, and what left is counted again before anything is forgotten', async () => {
  const read: number[] = [];
  const own = limits({ rows: 3_000, db: countingRows(read) });
  const look = async () => {
    read.length = 0;
    await own.look();
    return read.reduce((sum, rows) => sum + rows, 0);
  };
  await wait(app.orgA.id, 1_000);
  await app.deps.db.query("UPDATE otlp_waiting SET created_at = now() - interval '5 minutes'");
  expect(await look()).toBeGreaterThanOrEqual(1_000);
  expect(await look()).toBeLessThan(10);
  // They were needed, which a look does not see.
  await app.deps.db.query('DELETE FROM otlp_waiting');
  await wait(app.orgA.id, 1_000);
  await look();
  expect(await rowsOf(app.orgA.id)).toBe(1_000);
});

/** Tells of each statement that reads how many rows of what waits its plan looks at. */
function countingRows(read: number[]): Queryable {
  return {
    async query(sql, parameters) {
      if (!sql.includes('DELETE FROM')) {
        const ask: Read = (db) => Promise.resolve(db.query(sql, parameters));
        const scope = scopeOf(app.orgA.id);
        const plans = await plansOf(app.deps.reads.of(scope), scope, ask);
        for (const node of plans.flatMap(nodesOf)) {
          if (node['Relation Name'] === 'otlp_waiting')
            read.push((node['Actual Rows'] ?? 0) * (node['Actual Loops'] ?? 1));
        }
      }
      return app.deps.db.query(sql, parameters);
    },
  };
}
