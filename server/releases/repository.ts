/** All SQL of release reports. */
import { z } from 'zod';
import { ReleaseChoices, type ReleaseChoicesInput } from '#shared/releaseReport';
import type { OrgScope } from '#server/auth/orgScope';
import { beyondSql, type Place } from '#server/db/cursor';
import { Parameters, type Queryable, queryRows } from '#server/db/sql';
import { type FoundFilters, whereFilters, whereWalked } from '#server/requests/filters';
import type { Sample } from './sample.ts';
import { COLUMNS_AS_JSON, GROUP_VALUES, SAMPLE_COLUMNS, SAMPLED_COLUMNS } from './sampleSql.ts';

const Column = z.string().nullable();
const SampleRow = z.object({ last_at: z.string().nullable(), last_id: z.string().nullable() }).catchall(Column);

export interface SampleStep {
  /** Where it begins: beyond this row. Null: at the first. */
  readonly place: Place | null;
  /** Rows that are looked at. */
  readonly rows: number;
  /** Rows that are wanted of them. */
  readonly limit: number;
}

/**
 * Looks at some requests, the latest first, and answers those that match, of which there may be one more than `limit`.
 * `last` is the last that was looked at; null where the list ended before, or enough were found. Walks the index that
 * `whereWalked` says, or reads those that are named by their ids.
 */
export async function readSample(
  db: Queryable,
  scope: OrgScope,
  filters: FoundFilters,
  { place, rows, limit }: SampleStep,
): Promise<{ sample: Sample; last: Place | null }> {
  const parameters = new Parameters();
  const walked = [whereWalked(parameters, scope, filters).where];
  if (filters.ids) walked.push(`r.id = ANY(${parameters.bind(filters.ids)})`);
  if (place) walked.push(beyondSql(parameters, '<', place));
  const INDEXED = walked.join(' AND ');
  const where = whereFilters(parameters, scope, filters);
  const NTH = parameters.bind(rows);
  const [row] = await queryRows(
    db,
    SampleRow,
    `SELECT max(s.started_at) FILTER (WHERE s.nth = ${NTH}) AS last_at,
       max(s.id::text) FILTER (WHERE s.nth = ${NTH}) AS last_id, ${COLUMNS_AS_JSON}
     FROM (
       SELECT r.id, ${SAMPLED_COLUMNS}, r.nth, CASE WHEN r.nth = ${NTH} THEN (${where}) IS TRUE ELSE true END AS is_match
       FROM (SELECT r.*, row_number() OVER () AS nth FROM (
               SELECT r.* FROM requests r WHERE ${INDEXED}
               ORDER BY r.started_at DESC, r.id DESC LIMIT ${NTH}) r) r
       WHERE r.nth = ${NTH} OR (${where})
       ORDER BY r.nth LIMIT ${parameters.bind(limit + 1)}) s`,
    parameters.values,
  );
  if (!row) throw new Error('An aggregate without GROUP BY answers one row.');
  // The columns of the table have the types that Sample says.
  const sample = Object.fromEntries(
    SAMPLE_COLUMNS.map((name) => [name, JSON.parse(row[name] ?? '[]')]),
  ) as unknown as Sample;
  const { last_at, last_id } = row;
  const isEnough = sample.status.length > limit || last_at === null || last_id === null;
  return { sample, last: isEnough ? null : { started_at: last_at, id: last_id } };
}

/** Requests that are looked at for choices, and choices that are answered. */
const LOOKED_AT = 50_000;
const MOST_CHOICES = 50;

/** The values of the latest requests that an index leads to, those that are new first. */
export async function listChoices(
  db: Queryable,
  scope: OrgScope,
  filters: FoundFilters,
  by: ReleaseChoicesInput['by'],
): Promise<ReleaseChoices['choices']> {
  const parameters = new Parameters();
  const INDEXED = whereWalked(parameters, scope, filters).where;
  const where = whereFilters(parameters, scope, filters);
  const VALUE = GROUP_VALUES[by];
  return queryRows(
    db,
    ReleaseChoices.shape.choices.element,
    `SELECT ${VALUE} AS value, count(*)::bigint AS requests, min(r.started_at) AS first_at, max(r.started_at) AS last_at
     FROM (SELECT r.* FROM requests r WHERE ${INDEXED}
           ORDER BY r.started_at DESC, r.id DESC LIMIT ${LOOKED_AT}) r
     WHERE ${where} AND ${VALUE} IS NOT NULL
     GROUP BY 1 ORDER BY min(r.started_at) DESC, 1 LIMIT ${MOST_CHOICES}`,
    parameters.values,
  );
}
