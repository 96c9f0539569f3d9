/** SQL of series: sums in buckets of time, told apart by the values of a field. */
import { SERIES_LIMITS } from '#shared/stats';
import type { Parameters } from '#server/db/sql';
import { NAMED_PERCENTILES, NO_PERCENTILES, PERCENTILES_OF_ROWS } from '#server/rollups/histogramSql';
import { OTHER } from '#server/rollups/rollUp';
import { backToSql, type LatestAsked, latestSql, SUMS_OF_ROWS, TOKEN_PARTS, UNMEASURED_OF_ROWS } from './totalsSql.ts';

const SUMMED = [
  'requests',
  'errors',
  'input_tokens',
  'output_tokens',
  'cached_input_tokens',
  'reasoning_tokens',
  'unpriced_requests',
  'unmeasured_requests',
];
const SUMS = `${SUMMED.map((name) => `sum(${name})::bigint AS ${name}`).join(', ')}, trim_scale(sum(cost_usd))::text AS cost_usd`;

/**
 * Which values are told apart: the most frequent and the dearest in turn, so that neither a chart of requests nor one of costs
 * is mostly of the others. NULL is a value too. Where nothing is priced, all are as dear.
 */
const rankedSql = (from: string) => `ranked AS (
    SELECT value, row_number() OVER (ORDER BY is_rest, least(by_requests, by_cost), by_requests, value) > ${SERIES_LIMITS.groups}
      OR is_rest AS is_other
    FROM (
      SELECT value, value IS NOT DISTINCT FROM '${OTHER}' AS is_rest,
        rank() OVER (ORDER BY sum(requests) DESC) AS by_requests, rank() OVER (ORDER BY coalesce(sum(cost_usd), 0) DESC) AS by_cost
      FROM ${from} GROUP BY value
    ) placed
  )`;
/** Whether two rows have the same value, or none: an equality, which can be hashed as IS NOT DISTINCT FROM cannot. */
export const sameValue = (one: string, other: string) =>
  `coalesce('=' || ${one}.value, '') = coalesce('=' || ${other}.value, '')`;

/** A series from a relation of sums, `sums WHERE where`. A bucket whose sums were all moved to another one is left out. */
export function sumSeriesSql({
  place,
  value,
  sums,
  where,
}: Readonly<Record<'place' | 'value' | 'sums' | 'where', string>>): string {
  const summed = [...SUMMED, 'cost_usd'].map((name) => `sum(r.${name}) AS ${name}`).join(', ');
  // By time first: the bucket is then looked for once a day or hour, and not for each of its combinations.
  return `WITH binned AS MATERIALIZED (
    SELECT ${place} AS at, value, ${summed} FROM (
      SELECT r.at, ${value} AS value, ${summed} FROM ${sums} WHERE ${where} GROUP BY 1, 2
    ) r GROUP BY 1, 2 HAVING sum(r.requests) > 0
  ), ${rankedSql('binned')}
  SELECT at, CASE WHEN NOT is_other THEN binned.value END AS value, is_other, ${SUMS}, ${NO_PERCENTILES}
  FROM binned JOIN ranked ON ${sameValue('ranked', 'binned')} GROUP BY 1, 2, 3 ORDER BY 1`;
}

interface LatestSeries extends LatestAsked {
  readonly place: string;
  readonly value: string;
  /** Where these were told apart already, all others are other values. */
  readonly chosen?: readonly (string | null)[] | undefined;
}

/** A series from the latest requests that match. */
export function latestSeriesSql(parameters: Parameters, { place, value, chosen, ...asked }: LatestSeries): string {
  const columns = [`${place} AS at`, `${value} AS value`, '1 AS requests'];
  const ranked =
    chosen === undefined
      ? rankedSql('counted')
      : `ranked AS (SELECT DISTINCT value, ${isOtherSql(parameters, 'value', chosen)} AS is_other FROM counted)`;
  return `${latestSql(asked, columns)}, ${ranked}
  SELECT *, ${NAMED_PERCENTILES}, ${backToSql(asked.rows)} FROM (
    SELECT at, CASE WHEN NOT is_other THEN value END AS value, is_other, ${SUMS_OF_ROWS}, ${TOKEN_PARTS}, ${UNMEASURED_OF_ROWS}, ${PERCENTILES_OF_ROWS}
    FROM (SELECT counted.*, is_other FROM counted JOIN ranked ON ${sameValue('ranked', 'counted')}) r GROUP BY 1, 2, 3
  ) summed ORDER BY at`;
}

/** A relation of histograms, and the condition on its rows `r`. */
interface Held {
  readonly found: string;
  readonly where: string;
}

/** Histograms as text, with keys that are given in SQL over `r`. */
export function histogramsSql({ found, where }: Held, keys: Readonly<Record<string, string>> = {}): string {
  const columns = Object.entries(keys).map(([name, sql]) => `${sql} AS ${name}, `);
  return `SELECT ${columns.join('')}r.buckets::text, r.counts::text, r.sign FROM ${found} WHERE ${where}`;
}

/**
 * The same of each of the values that were told apart, and of the others together; in buckets of time where there is a `place`.
 * Those with the same keys are added up here: there may be any number of values. Each is told apart before it is taken apart into
 * hundreds of rows (OFFSET keeps it so), and its group is a number there: times and texts would be hashed for each of them.
 */
export function groupedHistogramsSql(
  parameters: Parameters,
  { place, value, chosen, found, where }: Held & GroupedValue & { readonly place: string | null },
): string {
  const isOther = isOtherSql(parameters, value, chosen);
  const keys = {
    ...(place === null ? {} : { at: place }),
    value: `CASE WHEN NOT ${isOther} THEN ${value} END`,
    is_other: isOther,
  };
  const names = Object.keys(keys).join(', ');
  const columns = Object.entries(keys).map(([name, sql]) => `${sql} AS ${name}, `);
  return `WITH told AS MATERIALIZED (
      SELECT r.*, dense_rank() OVER (ORDER BY ${names})::int AS place FROM (
        SELECT ${columns.join('')}r.buckets, r.counts, r.sign FROM ${found} WHERE ${where} OFFSET 0
      ) r
    ), held AS (
      SELECT place, bucket, sum(sign * n) AS n FROM told CROSS JOIN LATERAL unnest(buckets, counts) AS counted (bucket, n)
      WHERE bucket IS NOT NULL GROUP BY place, bucket HAVING sum(sign * n) > 0
    )
    SELECT ${names}, buckets, counts, 1 AS sign FROM (
      SELECT place, array_agg(bucket)::text AS buckets, array_agg(n)::text AS counts FROM held GROUP BY place
    ) merged JOIN (SELECT DISTINCT place, ${names} FROM told) named USING (place)`;
}

export interface GroupedValue {
  /** The value of a row `r`, in SQL. */
  readonly value: string;
  /** The values that were told apart. */
  readonly chosen: readonly (string | null)[];
}

/** True where a value is none of those that were told apart. */
export function isOtherSql(parameters: Parameters, value: string, chosen: readonly (string | null)[]): string {
  return `(${value} = ANY (${parameters.bind(chosen.filter((each) => each !== null))}::text[])
    OR (${value} IS NULL AND ${chosen.includes(null)})) IS NOT TRUE`;
}
