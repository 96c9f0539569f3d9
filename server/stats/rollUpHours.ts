/** The one place that says what the hourly sums are sums of. */

/** What must stand in the rows that are added up. */
export const ROLLED_UP_COLUMNS =
  'org_id, id, started_at, provider, model, status, input_tokens, output_tokens, cost_usd, latency_ms';

export interface RollUp {
  /** A relation of rows with ROLLED_UP_COLUMNS. */
  readonly from: string;
  /** Whose sums they go to: two writers that commit at once would otherwise wait for each other's row. */
  readonly shard: string;
  /** Rows were stored, or deleted. */
  readonly change: 'add' | 'subtract';
}

/**
 * An INSERT that adds rows to `request_hours`, or takes them off, in the statement that stores or deletes them. Sums of
 * one shard may become negative; readers add up the shards.
 */
export function rollUpHours({ from, shard, change }: RollUp): string {
  const sign = change === 'add' ? '' : '-';
  return `
    INSERT INTO request_hours AS hour (org_id, hour, provider, model, shard, requests, errors, input_tokens,
      output_tokens, cost_usd, unpriced_requests, latency_ms_sum, latency_ms_count)
    SELECT org_id, date_trunc('hour', started_at, 'UTC'), provider, model, ${shard}, ${sign}count(*),
      ${sign}count(*) FILTER (WHERE status = 'error'), ${sign}coalesce(sum(input_tokens), 0),
      ${sign}coalesce(sum(output_tokens), 0), ${sign}coalesce(sum(cost_usd), 0),
      ${sign}count(*) FILTER (WHERE cost_usd IS NULL), ${sign}coalesce(sum(latency_ms), 0), ${sign}count(latency_ms)
    FROM ${from} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (org_id, hour, provider, model, shard) DO UPDATE SET
      requests = hour.requests + excluded.requests,
      errors = hour.errors + excluded.errors,
      input_tokens = hour.input_tokens + excluded.input_tokens,
      output_tokens = hour.output_tokens + excluded.output_tokens,
      cost_usd = hour.cost_usd + excluded.cost_usd,
      unpriced_requests = hour.unpriced_requests + excluded.unpriced_requests,
      latency_ms_sum = hour.latency_ms_sum + excluded.latency_ms_sum,
      latency_ms_count = hour.latency_ms_count + excluded.latency_ms_count`;
}
