/** All SQL of savings. Each sum is of requests that the index by time leads to, so that the caller bounds them by time. */
import { z } from 'zod';
import type { OrgScope } from '#server/auth/orgScope';
import { Parameters, type Queryable, queryRows } from '#server/db/sql';
import { CUT_OFF_REASONS_SQL } from '#server/requests/cutOffReasons';
import { type FoundFilters, whereFilters } from '#server/requests/filters';
import { RETRIED } from '#server/requests/querySql';
import { IS_UNCACHED, prefixSumsSql, repeatedCallsSql } from './callsSql.ts';

/** Groups that are told apart; the others are in the sums alone. */
const MOST_GROUPS = 50;
/** The most groups of repeats whose temperature is looked up, one by one. */
const MOST_SAMPLED = 500;

const Sums = z.object({
  all_groups: z.number(),
  all_requests: z.number(),
  all_savable_usd: z.string(),
  all_unpriced: z.number(),
});
export type Sums = z.infer<typeof Sums>;
const Group = z.object({
  model: z.string(),
  provider: z.string(),
  requests: z.number(),
  savable_usd: z.string().nullable(),
  unpriced_requests: z.number(),
  first_at: z.string(),
  last_at: z.string(),
});

/** The sums over all groups, beside each of those that cost most. */
const SUMS = `count(*) OVER ()::bigint AS all_groups, coalesce(sum(requests) OVER (), 0)::bigint AS all_requests,
  trim_scale(coalesce(sum(savable) OVER (), 0))::text AS all_savable_usd, coalesce(sum(unpriced) OVER (), 0)::bigint AS all_unpriced`;
const GROUP = `requests::bigint AS requests, trim_scale(savable)::text AS savable_usd, unpriced::bigint AS unpriced_requests,
  first_at, last_at`;

/** How many requests there are by UTC day, the newest first. Primary key. */
export function countDays(
  db: Queryable,
  scope: OrgScope,
  { from, to }: { from: string; to: string },
): Promise<{ day: string; requests: number }[]> {
  return queryRows(
    db,
    z.object({ day: z.string(), requests: z.number() }),
    `SELECT starts_at AS day, sum(requests)::bigint AS requests FROM request_totals
     WHERE org_id = $1 AND grain = 'day' AND starts_at > $2::timestamptz - interval '1 day' AND starts_at < $3::timestamptz
     GROUP BY day HAVING sum(requests) > 0 ORDER BY day DESC`,
    [scope.org_id, from, to],
  );
}

const Repeat = Sums.extend({
  ...Group.shape,
  request_hash: z.string(),
  input_preview: z.string().nullable(),
  endpoint: z.string().nullable(),
  temperature: z.string().nullable(),
});
export type Repeat = z.infer<typeof Repeat>;

/** Where the temperature stands among the parameters, by provider. */
const TEMPERATURE = `coalesce(p.parameters ->> 'temperature', p.parameters -> 'generationConfig' ->> 'temperature',
  p.parameters -> 'generation_config' ->> 'temperature', p.parameters -> 'config' ->> 'temperature',
  p.parameters -> 'inferenceConfig' ->> 'temperature', p.parameters -> 'options' ->> 'temperature')`;

/**
 * Successful calls that ask the same: of each group all but the dearest could have been saved. The latest of a group says
 * what it is. Which hashes came more than once is read from `requests_by_hash` alone, share by share, so that those of one
 * share fit into memory; then the requests that have them. Of few that match, by their ids or of one user, session or trace,
 * the hashes are read from the requests.
 */
export async function findRepeats(db: Queryable, scope: OrgScope, filters: FoundFilters): Promise<Repeat[]> {
  const parameters = new Parameters();
  const sums = repeatedCallsSql(parameters, scope, filters);
  return queryRows(
    db,
    Repeat,
    `WITH repeated AS MATERIALIZED (
       SELECT r.request_hash AS hash, count(*) - 1 AS requests, sum(r.cost_usd) - max(r.cost_usd) AS savable,
         count(*) FILTER (WHERE r.cost_usd IS NULL) AS unpriced, min(r.started_at) AS first_at, max(r.started_at) AS last_at
       FROM ${sums} WHERE r.status = 'success' AND r.request_hash IS NOT NULL
       GROUP BY r.request_hash HAVING count(*) > 1
     ), dearest AS MATERIALIZED (
       SELECT hash, savable, ${GROUP}, ${SUMS} FROM repeated
       ORDER BY savable DESC NULLS LAST, requests DESC, hash LIMIT ${MOST_SAMPLED}
     )
     SELECT dearest.*, encode(dearest.hash, 'hex') AS request_hash, latest.*
     FROM dearest CROSS JOIN LATERAL (
       SELECT r.model, r.provider, r.endpoint, r.input_preview, (
         SELECT ${TEMPERATURE} FROM request_payloads p WHERE p.org_id = r.org_id AND p.id = r.id) AS temperature
       FROM requests r WHERE r.org_id = ${parameters.bind(scope.org_id)} AND r.started_at = dearest.last_at
         AND r.request_hash = dearest.hash LIMIT 1
     ) latest
     ORDER BY dearest.savable DESC NULLS LAST, dearest.requests DESC, dearest.hash`,
    parameters.values,
  );
}

/** How many successful calls have no hash, since they were stored before it was kept. Index `requests_unhashed`. */
export async function countUnhashed(db: Queryable, scope: OrgScope, filters: FoundFilters): Promise<number> {
  const parameters = new Parameters();
  const where = whereFilters(parameters, scope, filters);
  const [row] = await queryRows(
    db,
    z.object({ requests: z.number() }),
    `SELECT count(*) AS requests FROM requests r WHERE ${where} AND r.status = 'success' AND r.request_hash IS NULL`,
    parameters.values,
  );
  return row?.requests ?? 0;
}

const PrefixRow = Group.omit({ savable_usd: true, unpriced_requests: true }).extend({
  prefix_hash: z.string(),
  /** Spans of five minutes with such a call: the first call of each would have written the prefix. */
  moments: z.number(),
  sample_id: z.string(),
  sample_bytes: z.number(),
  input_preview: z.string().nullable(),
  prompt_slug: z.string().nullable(),
});
export type PrefixRow = z.infer<typeof PrefixRow>;

/**
 * Calls with instructions or tools that came before within five minutes, where none of their tokens came from a cache; those
 * with most such tokens first, each with one call as a sample. Index `requests_by_prefix` alone, share by share, where it
 * holds all that the filters ask of (`isAnsweredByIndex`); else as a list by time.
 */
export function findUncachedPrefixes(db: Queryable, scope: OrgScope, filters: FoundFilters): Promise<PrefixRow[]> {
  const parameters = new Parameters();
  const sums = prefixSumsSql(parameters, scope, filters);
  return queryRows(
    db,
    PrefixRow,
    `WITH dearest AS MATERIALIZED (
       SELECT * FROM (${sums}) summed ORDER BY tokens DESC, requests DESC, hash LIMIT ${MOST_GROUPS}
     )
     SELECT dearest.*, encode(dearest.hash, 'hex') AS prefix_hash, sample.*
     FROM dearest CROSS JOIN LATERAL (
       SELECT r.id AS sample_id, coalesce(r.payload_bytes, 0) AS sample_bytes, r.input_preview, r.prompt_slug
       FROM requests r
       WHERE r.org_id = ${parameters.bind(scope.org_id)} AND r.started_at = dearest.last_at AND r.prefix_hash = dearest.hash
         AND r.model = dearest.model AND r.provider = dearest.provider AND ${IS_UNCACHED} LIMIT 1
     ) sample`,
    parameters.values,
  );
}

const FailureRow = Sums.extend({ ...Group.shape, error_type: z.string().nullable(), message: z.string().nullable() });
export type FailureRow = z.infer<typeof FailureRow>;

/** Failed calls that cost money, by model and type of error. Index `requests_not_successful`. */
export function findPaidFailures(db: Queryable, scope: OrgScope, filters: FoundFilters): Promise<FailureRow[]> {
  const parameters = new Parameters();
  const where = whereFilters(parameters, scope, filters);
  return queryRows(
    db,
    FailureRow,
    `SELECT model, provider, error_type, message, ${GROUP}, ${SUMS}
     FROM (
       SELECT r.model, r.provider, r.error ->> 'type' AS error_type, max(left(r.error ->> 'message', 200)) AS message,
         count(*) AS requests, sum(r.cost_usd) AS savable, 0 AS unpriced, min(r.started_at) AS first_at,
         max(r.started_at) AS last_at
       FROM requests r
       WHERE ${where} AND r.status = 'error' AND r.status <> 'success' AND r.cost_usd > 0 GROUP BY 1, 2, 3
     ) failed
     ORDER BY savable DESC, requests DESC, model, error_type LIMIT ${MOST_GROUPS}`,
    parameters.values,
  );
}

const RetryRow = Sums.extend({
  ...Group.shape,
  prompt_slug: z.string().nullable(),
  input_preview: z.string().nullable(),
});
export type RetryRow = z.infer<typeof RetryRow>;

/** Calls that ended at a limit and were made again, by model and prompt. Indices `requests_cut_off`, `requests_by_time`. */
export function findRetriedCuts(db: Queryable, scope: OrgScope, filters: FoundFilters): Promise<RetryRow[]> {
  const parameters = new Parameters();
  const where = whereFilters(parameters, scope, filters);
  return queryRows(
    db,
    RetryRow,
    `SELECT model, provider, prompt_slug, input_preview, ${GROUP}, ${SUMS}
     FROM (
       SELECT r.model, r.provider, r.prompt_slug, max(r.input_preview) AS input_preview, count(*) AS requests,
         sum(r.cost_usd) AS savable, count(*) FILTER (WHERE r.cost_usd IS NULL) AS unpriced,
         min(r.started_at) AS first_at, max(r.started_at) AS last_at
       FROM requests r
       WHERE ${where} AND r.finish_reason IN (${CUT_OFF_REASONS_SQL}) AND ${RETRIED}
       GROUP BY 1, 2, 3
     ) cut
     ORDER BY savable DESC NULLS LAST, requests DESC, model, prompt_slug LIMIT ${MOST_GROUPS}`,
    parameters.values,
  );
}
