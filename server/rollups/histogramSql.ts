/** SQL of the histograms: what is counted in buckets, how they are made, merged, and read as percentiles. */

/** Each bucket is 4 % wider than the one before, so that its middle is at most 2 % from any value in it. */
export const BUCKET_GROWTH = 1.04;
/** The faster of two answers makes no sense beyond this many tokens a second: it came in one piece, or was reasoned before. */
const MOST_SPEED = 5_000;

const VISIBLE_TOKENS = 'output_tokens - coalesce(reasoning_tokens, 0)';

/** What is counted, in SQL over columns of requests (null: not counted), and where its buckets lie in the arrays. */
export const COUNTED = {
  latency: { value: 'latency_ms', from: 0 },
  ttft: { value: 'ttft_ms', from: 1_000 },
  // Of a stream: tokens a second from the first one on, without those of hidden reasoning, which came before it.
  speed: {
    value: `CASE WHEN ${VISIBLE_TOKENS} > 0 AND ${VISIBLE_TOKENS} <= ${MOST_SPEED / 1_000} * (latency_ms - ttft_ms)
      THEN (${VISIBLE_TOKENS}) * 1000::float8 / (latency_ms - ttft_ms) END`,
    from: 2_000,
  },
} as const;
type Counted = keyof typeof COUNTED;
/** Buckets of one kind lie below this many of the next. */
export const KIND = 1_000;

/** The bucket of a value: 0 up to 1. SQL. */
function bucketSql(value: string, from: number): string {
  return `(floor(ln(greatest(${value}, 1)) / ln(${BUCKET_GROWTH}::float8)) + ${from})::smallint`;
}

/** Rows of the `keys` and a `bucket`, one for each value of the rows `from`. */
export function bucketRowsSql(keys: string, from: string): string {
  return Object.values(COUNTED)
    .map(
      ({ value, from: first }) => `SELECT ${keys}, ${bucketSql('value', first)} AS bucket
        FROM (SELECT *, ${value} AS value FROM ${from}) valued WHERE value IS NOT NULL`,
    )
    .join(' UNION ALL ');
}

/** The bucket of each of what is counted of one row of requests, null where it is not, and how many each holds. */
export const BUCKETS_OF_ROW = `ARRAY[${Object.values(COUNTED)
  .map(({ value, from }) => `CASE WHEN (${value}) IS NOT NULL THEN ${bucketSql(`(${value})`, from)} END`)
  .join(', ')}]`;
export const COUNTS_OF_ROW = `'{${Object.keys(COUNTED)
  .map(() => 1)
  .join(',')}}'::integer[]`;

/** Beside the sums of rows with ROLLED_UP_COLUMNS: the bucket of each of them, in no order, by what is counted. Aggregates. */
export const BUCKET_LISTS = Object.entries(COUNTED)
  .map(
    ([counted, { value, from }]) =>
      `array_agg(${bucketSql(value, from)}) FILTER (WHERE (${value}) IS NOT NULL) AS ${counted}_buckets`,
  )
  .join(', ');
/** Their names. */
export const BUCKET_LIST_NAMES = Object.keys(COUNTED).map((counted) => `${counted}_buckets`);

/** A part of a WITH, of rows with BUCKET_LISTS: how many requests of each hour fell into each bucket, told apart by the keys. */
export function bucketedSql({ from, keys, sign }: { from: string; keys: readonly string[]; sign: string }): string {
  const all = ['org_id', 'hour', ...keys].join(', ');
  return `bucketed AS MATERIALIZED (
    SELECT ${all}, bucket, ${sign}count(*) AS n FROM ${from}
    CROSS JOIN LATERAL unnest(${BUCKET_LIST_NAMES.join(' || ')}) AS bucket GROUP BY ${all}, bucket
  )`;
}

/**
 * Over `bucketed`: rows of an organization, a grain, a time and the two arrays; of dimensions one for each of their values,
 * with `dimension` and `value`. Buckets are in any order, the same in both: to sort them would take longer than to count
 * them. Grouping sets count each dimension by itself, without a row for each of them.
 */
export function histogramsSql(dimensions: readonly string[]): string {
  const isAll = dimensions.length === 0;
  const sets = dimensions.map((name) => `(org_id, hour, bucket, ${name})`).join(', ');
  const name = `CASE ${dimensions.map((each) => `WHEN grouping(${each}) = 0 THEN '${each}'`).join(' ')} END`;
  const value = `coalesce(${dimensions.join(', ')})`;
  const keys = isAll ? '' : ', dimension, value';
  const arrays = 'array_agg(bucket) AS buckets, array_agg(n) AS counts';
  return `
    WITH hourly AS MATERIALIZED (
      SELECT org_id, hour, bucket, sum(n)::int AS n${isAll ? '' : `, ${name} AS dimension, ${value} AS value`}
      FROM bucketed GROUP BY ${isAll ? 'org_id, hour, bucket' : `GROUPING SETS (${sets})`}
    )
    SELECT org_id, 'hour' AS grain, hour AS starts_at${keys}, ${arrays} FROM hourly GROUP BY org_id, hour${keys}
    UNION ALL
    SELECT org_id, 'day', day${keys}, ${arrays} FROM (
      SELECT org_id, date_trunc('day', hour, 'UTC') AS day${keys}, bucket, sum(n)::int AS n
      FROM hourly GROUP BY org_id, day${keys}, bucket
    ) daily GROUP BY org_id, day${keys}`;
}

/** The two arrays of two rows that have them, added up, in any order; buckets that are empty then are left out. */
export function mergeHistograms(one: string, other: string): string {
  return `
      SELECT coalesce(array_agg(bucket), '{}'), coalesce(array_agg(n), '{}')
      FROM (
        SELECT bucket, sum(n)::int AS n FROM (
          SELECT * FROM unnest(${one}.buckets, ${one}.counts)
          UNION ALL SELECT * FROM unnest(${other}.buckets, ${other}.counts)
        ) both_of (bucket, n) GROUP BY bucket HAVING sum(n) <> 0
      ) merged`;
}

/** The percentiles that are answered. */
export const PERCENTILES = [
  { name: 'p50_latency_ms', counted: 'latency', part: 0.5 },
  { name: 'p95_latency_ms', counted: 'latency', part: 0.95 },
  { name: 'p99_latency_ms', counted: 'latency', part: 0.99 },
  { name: 'p50_ttft_ms', counted: 'ttft', part: 0.5 },
  { name: 'p95_ttft_ms', counted: 'ttft', part: 0.95 },
  { name: 'p50_tokens_per_second', counted: 'speed', part: 0.5 },
] as const satisfies readonly { readonly name: string; readonly counted: Counted; readonly part: number }[];

/** The same columns where no percentiles are read. */
export const NO_PERCENTILES = PERCENTILES.map(({ name }) => `NULL::float8 AS ${name}`).join(', ');

/** Percentiles of rows with the columns of requests, to the digit: one sort for each kind of value. Aggregates. */
export const PERCENTILES_OF_ROWS = Object.entries(COUNTED)
  .map(([counted, { value }]) => {
    const parts = partsOf(counted);
    return `percentile_disc(ARRAY[${parts.join(', ')}]::float8[]) WITHIN GROUP (ORDER BY ${value}) AS ${counted}_parts`;
  })
  .join(', ');

/** Their names, around a query that has those aggregates. */
export const NAMED_PERCENTILES = PERCENTILES.map(
  ({ name, counted, part }) => `${counted}_parts[${partsOf(counted).indexOf(part) + 1}] AS ${name}`,
).join(', ');

function partsOf(wanted: string): number[] {
  return PERCENTILES.filter(({ counted }) => counted === wanted).map(({ part }) => part);
}
