/** What the columns of a sample, and the names of groups, are in SQL: constants of ours, never a word of a caller. */
import type { ReleaseChoicesInput } from '#shared/releaseReport';
import type { SampleColumn } from './sample.ts';

/** The columns of a sample in SQL, over rows `s` of requests. */
const COLUMNS: Readonly<Record<SampleColumn, string>> = {
  started_at: '(extract(epoch FROM s.started_at) * 1000)::bigint',
  status: 's.status',
  finish_reason: 's.finish_reason',
  model: 's.model',
  prompt_slug: 's.prompt_slug',
  latency_ms: 's.latency_ms',
  ttft_ms: 's.ttft_ms',
  input_tokens: 's.input_tokens',
  output_tokens: 's.output_tokens',
  cost_usd: 's.cost_usd::text',
};
export const SAMPLE_COLUMNS = Object.keys(COLUMNS) as SampleColumn[];

/** One JSON text a column: the driver would parse tens of thousands of small values one by one. */
export const COLUMNS_AS_JSON = SAMPLE_COLUMNS.map(
  (name) => `(json_agg(${COLUMNS[name]} ORDER BY s.nth) FILTER (WHERE s.is_match))::text AS ${name}`,
).join(', ');

/** The same columns as they are read from requests `r`. */
export const SAMPLED_COLUMNS = SAMPLE_COLUMNS.map((name) => `r.${name}`).join(', ');

/** What a group is called by, over requests `r`. */
export const GROUP_VALUES: Readonly<Record<ReleaseChoicesInput['by'], string>> = {
  release: 'r.release',
  prompt: "CASE WHEN r.prompt_version IS NULL THEN r.prompt_slug ELSE r.prompt_slug || '@' || r.prompt_version END",
  model: 'r.model',
  env: 'r.environment',
  provider: 'r.provider',
};
