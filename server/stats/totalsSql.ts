/** SQL of totals and strips: the sums by name, of rows of a rollup and of requests themselves. */
import { NAMED_PERCENTILES, PERCENTILES_OF_ROWS } from '#server/rollups/histogramSql';

/** Columns of totals, from rows of sums `r`. */
export const SUMS = `coalesce(sum(r.requests), 0)::bigint AS requests,
  coalesce(sum(r.errors), 0)::bigint AS errors,
  coalesce(sum(r.input_tokens), 0)::bigint AS input_tokens,
  coalesce(sum(r.output_tokens), 0)::bigint AS output_tokens,
  trim_scale(coalesce(sum(r.cost_usd), 0))::text AS cost_usd,
  coalesce(sum(r.unpriced_requests), 0)::bigint AS unpriced_requests`;

/** The same of requests `r` themselves. */
export const SUMS_OF_ROWS = `count(*)::bigint AS requests,
  count(*) FILTER (WHERE r.status = 'error')::bigint AS errors,
  coalesce(sum(r.input_tokens), 0)::bigint AS input_tokens,
  coalesce(sum(r.output_tokens), 0)::bigint AS output_tokens,
  trim_scale(coalesce(sum(r.cost_usd), 0))::text AS cost_usd,
  count(*) FILTER (WHERE r.cost_usd IS NULL)::bigint AS unpriced_requests`;

/** Columns of totals, from rows `r` of sums or of requests. */
export const TOKEN_PARTS = `coalesce(sum(r.cached_input_tokens), 0)::bigint AS cached_input_tokens,
  coalesce(sum(r.reasoning_tokens), 0)::bigint AS reasoning_tokens`;

/** What totals and groups have besides, of rows of sums `r`. */
export const MORE_SUMS = `${TOKEN_PARTS},
  coalesce(sum(r.unmeasured_requests), 0)::bigint AS unmeasured_requests,
  (sum(r.latency_us) / nullif(sum(r.latency_reported), 0) / 1000)::double precision AS avg_latency_ms`;

/** Requests `r` that reported no input or no output tokens. */
export const UNMEASURED_OF_ROWS =
  'count(*) FILTER (WHERE r.input_tokens IS NULL OR r.output_tokens IS NULL)::bigint AS unmeasured_requests';

/** MORE_SUMS of requests `r` themselves. */
export const MORE_SUMS_OF_ROWS = `${TOKEN_PARTS}, ${UNMEASURED_OF_ROWS},
  (sum((r.latency_ms * 1000)::bigint) / nullif(count(r.latency_ms), 0) / 1000)::double precision AS avg_latency_ms`;

export interface LatestAsked {
  /** The condition on `requests r`. */
  readonly where: string;
  /** Requests that are counted. */
  readonly rows: number;
}

/** `WITH latest …, counted …`: the latest requests that match, with more columns of theirs. */
export function latestSql({ where, rows }: LatestAsked, columns: readonly string[] = []): string {
  const own = `r.started_at, r.status, r.input_tokens, r.output_tokens, r.cached_input_tokens, r.reasoning_tokens, r.cost_usd,
      r.latency_ms, r.ttft_ms`;
  return `WITH latest AS MATERIALIZED (
      SELECT ${[own, ...columns].join(', ')}, row_number() OVER (ORDER BY r.started_at DESC, r.id DESC) AS place
      FROM requests r WHERE ${where} ORDER BY r.started_at DESC, r.id DESC LIMIT ${rows + 1}
    ), counted AS (SELECT * FROM latest WHERE place <= ${rows})`;
}

/** Where more match than are counted: the time of the last that is. */
export function backToSql(rows: number): string {
  return `(SELECT started_at FROM latest WHERE place = ${rows}
      AND EXISTS (SELECT FROM latest WHERE place > ${rows})) AS counted_back_to`;
}

/** Sums and percentiles in one row. */
export function latestTotalsSql(asked: LatestAsked): string {
  return `${latestSql(asked)}
    SELECT *, ${NAMED_PERCENTILES} FROM (
      SELECT ${SUMS_OF_ROWS}, ${MORE_SUMS_OF_ROWS}, ${PERCENTILES_OF_ROWS}, ${backToSql(asked.rows)} FROM counted r
    ) summed`;
}

/** The same in buckets of time. */
export function latestStripSql({ place, ...asked }: LatestAsked & { place: string }): string {
  return `${latestSql(asked)}
    SELECT *, ${NAMED_PERCENTILES} FROM (
      SELECT ${place} AS at, ${SUMS_OF_ROWS}, ${PERCENTILES_OF_ROWS}, ${backToSql(asked.rows)}
      FROM counted r GROUP BY 1
    ) summed ORDER BY at`;
}
