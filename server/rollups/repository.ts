/** All SQL of the requests that the rollups have yet to count, and of checking what they say. */
import { z } from 'zod';
import { OrgId } from '#shared/primitives';
import type { AdminScope, OrgScope } from '#server/auth/orgScope';
import { ADVISORY_LOCKS, type Queryable, queryRows } from '#server/db/sql';
import {
  HISTOGRAM_DIFFERENCES,
  OTHER_DIFFERENCES,
  sumDifferencesSql,
  TOTAL_DIFFERENCES,
  UNSUMMED_DIFFERENCES,
  USER_DIFFERENCES,
  VALUE_COUNT_DIFFERENCES,
  VALUE_DIFFERENCES,
  VALUE_HISTOGRAM_DIFFERENCES,
} from './checkRollups.ts';
import { ROLLED_UP_COLUMNS, rollUp } from './rollUp.ts';

/** Whether the organization has requests that the rollups do not count yet. Primary key. */
export async function hasUnsummed(db: Queryable, scope: OrgScope): Promise<boolean> {
  const rows = await queryRows(
    db,
    z.object({ is_so: z.boolean() }),
    'SELECT EXISTS (SELECT FROM unsummed_requests WHERE org_id = $1) AS is_so',
    [scope.org_id],
  );
  return rows[0]?.is_so ?? false;
}

const LOCK = ADVISORY_LOCKS.rollups;

/**
 * Some of those that have requests to count and whose rollups nobody holds, at random, so that each has its turn: until the
 * transaction ends this one does.
 */
export async function holdUnsummed(tx: Queryable, _admin: AdminScope, most: number): Promise<OrgId[]> {
  const rows = await queryRows(
    tx,
    z.object({ org_id: OrgId }),
    `WITH waiting AS MATERIALIZED (SELECT org_id FROM unsummed_requests GROUP BY org_id ORDER BY random())
     SELECT org_id FROM waiting WHERE pg_try_advisory_xact_lock(${LOCK}, hashtext(org_id::text)) LIMIT $1`,
    [most],
  );
  return rows.map(({ org_id }) => org_id);
}

/** The batches of an organization that the rollups do not count yet, by id. Primary key. */
export async function listUnsummed(db: Queryable, scope: OrgScope): Promise<string[]> {
  const rows = await queryRows(db, z.object({ id: z.string() }), 'SELECT id FROM unsummed_requests WHERE org_id = $1', [
    scope.org_id,
  ]);
  return rows.map(({ id }) => id);
}

/** Whether some of these batches are not counted yet. Primary key. */
export async function areUnsummed(db: Queryable, scope: OrgScope, ids: readonly string[]): Promise<boolean> {
  const rows = await queryRows(
    db,
    z.object({ is_so: z.boolean() }),
    'SELECT EXISTS (SELECT FROM unsummed_requests WHERE org_id = $1 AND id = ANY($2::uuid[])) AS is_so',
    [scope.org_id, ids],
  );
  return rows[0]?.is_so ?? false;
}

/** Requests of one transaction, for which those wait that read them. A batch of the writer is not parted. */
const SUMMED_ROWS = 2_000;

/**
 * Adds requests to the rollups that do not count them yet. Within a transaction that holds the rollups of these
 * organizations.
 * @returns whether there may be more of them.
 */
export async function sumUp(tx: Queryable, scopes: readonly OrgScope[]): Promise<{ hasMore: boolean }> {
  const [row] = await queryRows(
    tx,
    z.object({ rows: z.int() }),
    `WITH taken AS (
       DELETE FROM unsummed_requests USING (
         SELECT org_id, id FROM (
           SELECT org_id, id, sum(rows) OVER (ORDER BY org_id, id) - rows AS before FROM unsummed_requests
           WHERE org_id = ANY($1::uuid[])
         ) waiting WHERE before < ${SUMMED_ROWS}
       ) next WHERE unsummed_requests.org_id = next.org_id AND unsummed_requests.id = next.id
       RETURNING unsummed_requests.org_id, unsummed_requests.ids, unsummed_requests.rows
     ), arrived AS MATERIALIZED (
       SELECT ${ROLLED_UP_COLUMNS} FROM (SELECT org_id, unnest(ids) AS id FROM taken) stored JOIN requests USING (org_id, id)
     ), ${rollUp({ from: 'arrived', change: 'add' })}
     SELECT coalesce(sum(rows), 0)::int AS rows FROM taken`,
    [scopes.map(({ org_id }) => org_id)],
  );
  return { hasMore: (row?.rows ?? 0) >= SUMMED_ROWS };
}

/** Where a rollup says something else than the requests. */
export const RollupDifference = z.object({
  rollup: z.string(),
  starts_at: z.string(),
  key: z.string(),
  /** What the requests say, and what the rollup says; null where there is nothing. */
  counted: z.string().nullable(),
  kept: z.string().nullable(),
});
export type RollupDifference = z.infer<typeof RollupDifference>;

/** Works out all rollups of an organization again, and answers the first differences. Reads every request. */
export async function findRollupDifferences(db: Queryable, scope: OrgScope): Promise<RollupDifference[]> {
  const found: RollupDifference[] = [];
  for (const sql of ROLLUP_DIFFERENCES) found.push(...(await queryRows(db, RollupDifference, sql, [scope.org_id])));
  return found;
}

const ROLLUP_DIFFERENCES = [
  UNSUMMED_DIFFERENCES,
  sumDifferencesSql('request_hours', 'hour'),
  sumDifferencesSql('request_days', 'day'),
  TOTAL_DIFFERENCES,
  USER_DIFFERENCES,
  VALUE_DIFFERENCES,
  HISTOGRAM_DIFFERENCES,
  VALUE_HISTOGRAM_DIFFERENCES,
  VALUE_COUNT_DIFFERENCES,
  OTHER_DIFFERENCES,
];
