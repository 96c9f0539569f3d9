/** SQL of groups: what requests add up to by the values of a field, the largest first and the rest together. */
import type { Parameters } from '#server/db/sql';
import type { GroupSort } from '#shared/stats';
import { NAMED_PERCENTILES, PERCENTILES_OF_ROWS } from '#server/rollups/histogramSql';
import { OTHER } from '#server/rollups/rollUp';
import { isOtherSql, sameValue } from './seriesSql.ts';
import {
  backToSql,
  type LatestAsked,
  latestSql,
  MORE_SUMS,
  MORE_SUMS_OF_ROWS,
  SUMS,
  SUMS_OF_ROWS,
} from './totalsSql.ts';

export interface GroupsAsked {
  readonly sort: GroupSort;
  readonly limit: number;
}

/** Over rows with sums. */
const SORTS: Readonly<Record<GroupSort, string>> = {
  requests: 'requests',
  cost: 'cost_usd::numeric',
  tokens: 'input_tokens + output_tokens',
  errors: 'errors',
};

const SUMMED = [
  'requests',
  'errors',
  'input_tokens',
  'output_tokens',
  'cached_input_tokens',
  'reasoning_tokens',
  'cost_usd',
  'unpriced_requests',
  'unmeasured_requests',
  'latency_us',
  'latency_reported',
];

/** Which values are told apart, over one row for each; what a day counted together is none of them. */
function rankedSql(parameters: Parameters, { sort, limit }: GroupsAsked, from: string): string {
  return `SELECT *, row_number() OVER (ORDER BY value IS NOT DISTINCT FROM '${OTHER}', ${SORTS[sort]} DESC, requests DESC, value)
        > ${parameters.bind(limit)}::int OR value IS NOT DISTINCT FROM '${OTHER}' AS is_other,
      count(value) FILTER (WHERE value <> '${OTHER}') OVER () AS different
    FROM ${from}`;
}

const VALUE = 'CASE WHEN NOT is_other THEN value END';
const orderSql = (sort: GroupSort) => `ORDER BY is_other, ${SORTS[sort]} DESC, requests DESC, value`;

interface SummedAsked extends GroupsAsked {
  /** A relation of sums, which `where` narrows. */
  readonly sums: string;
  readonly where: string;
  readonly value: string;
}

/** What SORTS compares besides `requests`. */
const SORTED_BY: Readonly<Record<GroupSort, readonly string[]>> = {
  requests: [],
  cost: ['cost_usd'],
  tokens: ['input_tokens', 'output_tokens'],
  errors: ['errors'],
};

/** The sums by which groups are ranked. */
export const rankingOf = (sort: GroupSort): readonly string[] => ['requests', ...SORTED_BY[sort]];

interface UsersAsked extends SummedAsked {
  /** Needs no more than `rankingOf`. */
  readonly sums: string;
  /** Relations of sums as `sums` is: of the users of a relation `told` alone, and of all together. */
  readonly ofTold: string;
  readonly whole: string;
}

/**
 * Over a relation of sums by user, of whom there may be very many: what ranks them is summed of each, and everything of those
 * alone that are told apart. The others are what these leave of the whole.
 */
export function userGroupsSql(parameters: Parameters, asked: UsersAsked): string {
  const { sums, ofTold, whole, where, value, sort, limit } = asked;
  const all = (sum: (name: string) => string) => SUMMED.map((name) => `${sum(name)} AS ${name}`).join(', ');
  return `WITH binned AS MATERIALIZED (
      SELECT ${value} AS value, ${rankingOf(sort)
        .map((name) => `sum(r.${name}) AS ${name}`)
        .join(', ')}
      FROM ${sums} WHERE ${where} GROUP BY 1 HAVING sum(r.requests) > 0
    ), told AS MATERIALIZED (
      SELECT value FROM binned WHERE value IS DISTINCT FROM '${OTHER}'
      ORDER BY ${SORTS[sort]} DESC, requests DESC, value LIMIT ${parameters.bind(limit)}::int
    ), own AS MATERIALIZED (
      SELECT ${value} AS value, false AS is_other, ${all((name) => `sum(r.${name})`)} FROM ${ofTold} WHERE ${where} GROUP BY 1
    ), found AS (
      SELECT * FROM own UNION ALL
      SELECT NULL, true, ${SUMMED.map((name) => `whole.${name} - told.${name}`).join(', ')}
      FROM (SELECT ${all((name) => `coalesce(sum(r.${name}), 0)`)} FROM ${whole} WHERE ${where}) whole
      CROSS JOIN (SELECT ${all((name) => `coalesce(sum(${name}), 0)`)} FROM own) told
    )
    SELECT * FROM (
      SELECT value, is_other, (SELECT count(value)::int FROM binned WHERE value <> '${OTHER}') AS values, ${SUMS}, ${MORE_SUMS},
        NULL::float8 AS p50_latency_ms, NULL::float8 AS p95_latency_ms
      FROM found r GROUP BY 1, 2 HAVING sum(r.requests) > 0
    ) summed ${orderSql(sort)}`;
}

/** Over a relation of sums. */
export function groupsSql(parameters: Parameters, { sums, where, value, ...asked }: SummedAsked): string {
  return `WITH binned AS MATERIALIZED (
      SELECT ${value} AS value, ${SUMMED.map((name) => `sum(r.${name}) AS ${name}`).join(', ')}
      FROM ${sums} WHERE ${where} GROUP BY 1 HAVING sum(r.requests) > 0
    )
    SELECT * FROM (
      SELECT ${VALUE} AS value, is_other, max(different)::int AS values, ${SUMS}, ${MORE_SUMS},
        NULL::float8 AS p50_latency_ms, NULL::float8 AS p95_latency_ms
      FROM (${rankedSql(parameters, asked, 'binned')}) r GROUP BY 1, 2
    ) summed ${orderSql(asked.sort)}`;
}

interface LatestGroups extends GroupsAsked, LatestAsked {
  readonly value: string;
  /** Where these were told apart already, all others are other values. */
  readonly chosen?: readonly (string | null)[];
}

/** Over the latest requests that match, with percentiles. */
export function latestGroupsSql(parameters: Parameters, { value, chosen, ...asked }: LatestGroups): string {
  const binned = `(SELECT value, count(*) AS requests, count(*) FILTER (WHERE status = 'error') AS errors,
      coalesce(sum(input_tokens), 0) AS input_tokens, coalesce(sum(output_tokens), 0) AS output_tokens,
      coalesce(sum(cost_usd), 0) AS cost_usd FROM counted GROUP BY 1) binned`;
  const others =
    chosen === undefined
      ? rankedSql(parameters, asked, binned)
      : `SELECT value, ${isOtherSql(parameters, 'value', chosen)} AS is_other, count(value) OVER () AS different FROM ${binned}`;
  return `${latestSql(asked, [`${value} AS value`])}, ranked AS MATERIALIZED (${others})
    SELECT *, ${NAMED_PERCENTILES} FROM (
      SELECT ${VALUE} AS value, is_other, max(different)::int AS values, ${SUMS_OF_ROWS}, ${MORE_SUMS_OF_ROWS},
        ${PERCENTILES_OF_ROWS}, ${backToSql(asked.rows)}
      FROM (SELECT counted.*, is_other, different FROM counted JOIN ranked ON ${sameValue('ranked', 'counted')}) r
      GROUP BY 1, 2
    ) summed ${orderSql(asked.sort)}`;
}
