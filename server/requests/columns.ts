/** The columns of a request, as SQL reads and writes them. One list each, so that a new column is added in one place. Pure. */
import { LogFields, RequestSummary } from '#shared/request';
import type { ColumnTypes } from '#server/db/rowType';

/** The columns of RequestSummary, read from `requests r`. */
export const SUMMARY_COLUMNS = Object.keys(RequestSummary.shape)
  // trim_scale: 0.5 and not 0.500000000000.
  .map((name) => (name === 'cost_usd' ? 'trim_scale(r.cost_usd)::text AS cost_usd' : `r.${name}`))
  .join(', ');

/** Types by column, in the order of the INSERT. */
export const REQUEST_TYPES: ColumnTypes = {
  org_id: 'uuid',
  id: 'uuid',
  started_at: 'timestamptz',
  created_at: 'timestamptz',
  model: 'text',
  response_model: 'text',
  provider: 'text',
  endpoint: 'text',
  name: 'text',
  status: 'text',
  error: 'json',
  finish_reason: 'text',
  stream: 'boolean',
  latency_ms: 'double precision',
  ttft_ms: 'double precision',
  input_tokens: 'bigint',
  output_tokens: 'bigint',
  cached_input_tokens: 'bigint',
  cache_write_tokens: 'bigint',
  reasoning_tokens: 'bigint',
  audio_input_tokens: 'bigint',
  audio_output_tokens: 'bigint',
  cost_usd: 'numeric',
  cost_source: 'text',
  cost_status: 'text',
  service_tier: 'text',
  provider_request_id: 'text',
  prompt_slug: 'text',
  prompt_version: 'text',
  trace_id: 'text',
  parent_id: 'text',
  user_id: 'text',
  session_id: 'text',
  environment: 'text',
  release: 'text',
  tags: 'jsonb',
  input_preview: 'text',
  output_preview: 'text',
  truncated: 'boolean',
  sanitized: 'boolean',
};

/** Its texts, without those that are JSON. */
const TEXTS = Object.keys(REQUEST_TYPES).filter((name) => REQUEST_TYPES[name] === 'text');

/** What the caller says of a request, in so far as it is stored as it was said. */
export const GIVEN_TYPES: ColumnTypes = Object.fromEntries(
  Object.entries(REQUEST_TYPES).filter(
    ([name]) => Object.hasOwn(LogFields.shape, name) && !['id', 'started_at', 'cost_usd'].includes(name),
  ),
);

/** The same for the payload. */
export const PAYLOAD_TYPES: ColumnTypes = {
  messages: 'json',
  response_content: 'text',
  response: 'json',
  parameters: 'json',
  tools: 'json',
  prompt_variables: 'json',
  metadata: 'json',
  sdk: 'json',
};

/** Of a summary as JSON: the names of its fields, its numbers and times. */
const SUMMARY_OVERHEAD = 1_400;

/**
 * Bytes of a summary as it is answered, about: its texts are not escaped here, which the limits of their length make up
 * for. SQL over the columns of REQUEST_TYPES.
 */
export const SUMMARY_SIZE = `${SUMMARY_OVERHEAD} + octet_length(concat(${TEXTS.join(', ')}))
  + coalesce(octet_length(error::text), 0) + octet_length(tags::text)`;

/** Bytes of a payload as it is answered, where a text is longer than as it is stored. SQL over PAYLOAD_TYPES. */
export const PAYLOAD_SIZE = Object.entries(PAYLOAD_TYPES)
  .map(([name, type]) => `coalesce(octet_length(${type === 'json' ? name : `to_json(${name})`}::text), 0)`)
  .join(' + ');

/** The payload as the rest of a JSON object; what is JSON is passed on as it was stored. SQL over `request_payloads p`. */
export const PAYLOAD_JSON = `concat(${Object.entries(PAYLOAD_TYPES)
  .map(
    ([name, type]) => `',"${name}":', coalesce(${type === 'json' ? `p.${name}` : `to_json(p.${name})`}::text, 'null')`,
  )
  .join(', ')})`;
