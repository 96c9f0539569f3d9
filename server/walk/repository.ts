/** SQL that looks at the rows of a list one after the other. */
import { z } from 'zod';
import type { OrgScope } from '#server/auth/orgScope';
import { beyondSql, type Place } from '#server/db/cursor';
import type { RowKey } from '#server/db/pages';
import { Parameters, type Queryable, queryRows } from '#server/db/sql';
import { type Dimension, OTHER } from '#server/rollups/rollUp';
import { BOTH_BYTES, SUMMARY_BYTES } from '#server/requests/columns';
import { type FoundFilters, namedSql, whereFilters, whereWalked } from '#server/requests/filters';

const RequestKey = z.object({ id: z.string(), started_at: z.string(), bytes: z.int() });

/** Rows of a list that are looked at: from a place on, so many. */
export interface WalkStep {
  readonly place: Place | null;
  readonly isAscending: boolean;
  /** Rows that are looked at. */
  readonly rows: number;
  /** Rows that are wanted of them. */
  readonly limit: number;
  readonly withPayload: boolean;
  /** Only what was stored before this moment. */
  readonly storedBefore?: string;
}

const WalkedKey = RequestKey.extend({ is_match: z.boolean(), nth: z.number() });

/**
 * Looks at some rows of the list in its order and answers those that match. `last` is the last that was looked at; null
 * where the list ended before, or the page was full. Walks the index that `whereWalked` says.
 */
export async function walkRequestKeys(
  db: Queryable,
  scope: OrgScope,
  filters: FoundFilters,
  step: WalkStep,
): Promise<{ found: RowKey[]; last: Place | null }> {
  const parameters = new Parameters();
  const walked = [whereWalked(parameters, scope, filters).where];
  if (step.place) walked.push(beyondSql(parameters, step.isAscending ? '>' : '<', step.place));
  const filtered = [whereFilters(parameters, scope, filters)];
  if (step.storedBefore !== undefined)
    filtered.push(`r.created_at < ${parameters.bind(step.storedBefore)}::timestamptz`);
  const where = filtered.join(' AND ');
  const order = step.isAscending ? 'ASC' : 'DESC';
  const INDEXED = walked.join(' AND ');
  const NTH = parameters.bind(step.rows);
  const rows = await queryRows(
    db,
    WalkedKey,
    `SELECT r.id, r.started_at, ${step.withPayload ? BOTH_BYTES : SUMMARY_BYTES} AS bytes, r.nth,
       CASE WHEN r.nth = ${NTH} THEN (${where}) IS TRUE ELSE true END AS is_match
     FROM (SELECT r.*, row_number() OVER () AS nth FROM (
             SELECT r.* FROM requests r WHERE ${INDEXED}
             ORDER BY r.started_at ${order}, r.id ${order} LIMIT ${NTH}) r) r
     WHERE r.nth = ${NTH} OR (${where})
     ORDER BY r.started_at ${order}, r.id ${order} LIMIT ${parameters.bind(step.limit + 1)}`,
    parameters.values,
  );
  const found = rows.filter((row) => row.is_match).slice(0, step.limit);
  const end = rows.find((row) => row.nth === step.rows);
  return { found, last: end && found.length < step.limit ? { started_at: end.started_at, id: end.id } : null };
}

/** How many rows the index of the list leaves beyond a place, counted up to `most`. */
export async function countWalkedRows(
  db: Queryable,
  scope: OrgScope,
  filters: FoundFilters,
  { place, isAscending, most }: { place: Place | null; isAscending: boolean; most: number },
): Promise<number> {
  const parameters = new Parameters();
  const walked = [whereWalked(parameters, scope, filters).where];
  if (place) walked.push(beyondSql(parameters, isAscending ? '>' : '<', place));
  const INDEXED = walked.join(' AND ');
  const [row] = await queryRows(
    db,
    z.object({ count: z.number() }),
    `SELECT count(*) AS count FROM (
       SELECT FROM requests r WHERE ${INDEXED} LIMIT ${parameters.bind(most)}) walked`,
    parameters.values,
  );
  return row?.count ?? 0;
}

/** Those of some requests that match. Primary key, row by row. */
export function findMatchingKeys(
  db: Queryable,
  scope: OrgScope,
  filters: FoundFilters,
  { ids, withPayload }: { ids: readonly string[]; withPayload: boolean },
): Promise<RowKey[]> {
  const parameters = new Parameters();
  return queryRows(
    db,
    RequestKey,
    `SELECT r.id, r.started_at, ${withPayload ? BOTH_BYTES : SUMMARY_BYTES} AS bytes
     FROM ${namedSql(parameters, scope, filters, ids)}`,
    parameters.values,
  );
}

/** Whether any day counts requests of these values, or counts them together with others, or one is yet to be counted. Primary keys. */
export async function hasRollup(
  db: Queryable,
  scope: OrgScope,
  values: ReadonlyMap<Dimension, string>,
): Promise<boolean> {
  const parameters = new Parameters();
  const ORG = parameters.bind(scope.org_id);
  const counted = [`org_id = ${ORG}`];
  const stored = [`u.org_id = ${ORG}`];
  for (const [name, text] of values) {
    const value = parameters.bind(text);
    counted.push(`${name} IN (${value}, '${OTHER}')`);
    stored.push(`coalesce(r.${name}, '') = ${value}`);
  }
  const [IS_COUNTED, IS_STORED] = [counted.join(' AND '), stored.join(' AND ')];
  const rows = await queryRows(
    db,
    z.object({ is_so: z.boolean() }),
    `SELECT EXISTS (SELECT FROM request_days WHERE ${IS_COUNTED}) OR EXISTS (
       SELECT FROM unsummed_requests u CROSS JOIN LATERAL unnest(u.ids) AS unsummed (id)
       JOIN requests r ON r.org_id = u.org_id AND r.id = unsummed.id WHERE ${IS_STORED}
     ) AS is_so`,
    parameters.values,
  );
  return rows[0]?.is_so ?? true;
}
