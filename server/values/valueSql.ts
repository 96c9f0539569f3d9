/** What the values of a field are in SQL over `requests r`. */
import { type ColumnField, columnOf, isColumnField, type ValueField } from '#shared/query/fields';
import type { Parameters } from '#server/db/sql';

/** SQL for fields that are no column of text: constants of ours. */
const EXPRESSIONS: Readonly<Record<Exclude<ValueField, ColumnField | 'tag' | `tag.${string}`>, string>> = {
  key: 'r.api_key_id::text',
  'error.type': "r.error ->> 'type'",
  'error.code': "r.error ->> 'code'",
  http: "r.error ->> 'http_status'",
};

/** As an array: a request has any number of tags. */
export function valueSql(parameters: Parameters, field: ValueField): string {
  if (field === 'tag') return "CASE WHEN r.tags <> '{}' THEN ARRAY(SELECT jsonb_object_keys(r.tags)) END";
  if (isTag(field)) return `ARRAY[r.tags ->> ${parameters.bind(field.slice('tag.'.length))}]`;
  return `ARRAY[${isColumnField(field) ? `r.${columnOf(field)}` : EXPRESSIONS[field]}]`;
}

function isTag(field: ValueField): field is `tag.${string}` {
  return field.startsWith('tag.');
}
