/** What the values of a field are in SQL over `requests r`. */
import type { ValueField } from '#shared/query/fields';
import type { Parameters } from '#server/db/sql';

/** Constants of ours. */
const COLUMNS: Readonly<Record<Exclude<ValueField, 'tag' | `tag.${string}`>, string>> = {
  model: 'r.model',
  provider: 'r.provider',
  status: 'r.status',
  env: 'r.environment',
  user: 'r.user_id',
  session: 'r.session_id',
  trace: 'r.trace_id',
  parent: 'r.parent_id',
  prompt: 'r.prompt_slug',
  key: 'r.api_key_id::text',
  release: 'r.release',
  name: 'r.name',
  endpoint: 'r.endpoint',
  finish: 'r.finish_reason',
  tier: 'r.service_tier',
  response_model: 'r.response_model',
  'error.type': "r.error ->> 'type'",
  'error.code': "r.error ->> 'code'",
  http: "r.error ->> 'http_status'",
};

/** As an array: a request has any number of tags. */
export function valueSql(parameters: Parameters, field: ValueField): string {
  if (field === 'tag') return "CASE WHEN r.tags <> '{}' THEN ARRAY(SELECT jsonb_object_keys(r.tags)) END";
  if (isTag(field)) return `ARRAY[r.tags ->> ${parameters.bind(field.slice('tag.'.length))}]`;
  return `ARRAY[${COLUMNS[field]}]`;
}

function isTag(field: ValueField): field is `tag.${string}` {
  return field.startsWith('tag.');
}
