/** SQL that counts the values of several fields in one reading of the latest requests. */
import type { OrgScope } from '#server/auth/orgScope';
import type { Parameters } from '#server/db/sql';
import { type FacetField } from '#shared/stats';

export type SummedFacet = FacetField;

/** What is kept of a request, by facet: constants of ours. */
export const FACET_COLUMNS: Readonly<Record<Exclude<FacetField, 'tag'>, string>> = {
  status: 'r.status',
  model: 'r.model',
  provider: 'r.provider',
  prompt: 'r.prompt_slug',
  env: 'r.environment',
  user: 'r.user_id',
  key: 'r.api_key_id::text',
  finish: 'r.finish_reason',
  'error.type': "r.error ->> 'type'",
  release: 'r.release',
};

export interface FacetOptions {
  /** The condition on `requests r`. */
  readonly where: string;
  readonly fields: readonly FacetField[];
  /** Values of each field. */
  readonly most: number;
  /** Requests that are counted. */
  readonly rows: number;
}

/** Keys of tags that are shown, those first that most requests have. */
const MOST_KEYS = 12;

/** Rows of Facet, one for each field; of tags one for each key. */
export function facetSql(parameters: Parameters, scope: OrgScope, { where, fields, most, rows }: FacetOptions): string {
  const plain = fields.filter((field) => field !== 'tag');
  const columns = [...plain.map((field, index) => `${FACET_COLUMNS[field]} AS v${index}`), 'r.started_at'];
  if (fields.includes('tag')) columns.push('r.tags');
  const counts = plain.map(
    (field, index) => `SELECT ${parameters.bind(field)}::text AS field, v${index} AS value, count(*) AS requests
      FROM counted WHERE v${index} IS NOT NULL AND v${index} <> '' GROUP BY 2`,
  );
  if (fields.includes('tag')) {
    counts.push(`SELECT 'tag.' || tag.key, tag.value, count(*) FROM counted CROSS JOIN LATERAL jsonb_each_text(tags) tag
      WHERE tag.value IS NOT NULL AND tag.value <> '' AND tag.key IN (
        SELECT key FROM counted CROSS JOIN LATERAL jsonb_object_keys(tags) key GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ${MOST_KEYS})
      GROUP BY 1, 2`);
  }
  const keyName = `(SELECT k.name FROM api_keys k WHERE k.org_id = ${parameters.bind(scope.org_id)} AND k.id::text = value)`;
  return `
    WITH latest AS MATERIALIZED (
      SELECT ${columns.join(', ')}, row_number() OVER (ORDER BY r.started_at DESC, r.id DESC) AS place
      FROM requests r WHERE ${where} ORDER BY r.started_at DESC, r.id DESC LIMIT ${rows + 1}
    ), counted AS MATERIALIZED (SELECT * FROM latest WHERE place <= ${rows}),
    counts (field, value, requests) AS (${counts.join(' UNION ALL ')}), ranked AS (
      SELECT field, CASE field WHEN 'key' THEN coalesce(${keyName}, value) ELSE value END AS value, requests,
        row_number() OVER (PARTITION BY field ORDER BY requests DESC, value) AS place,
        sum(requests) OVER (PARTITION BY field) AS all_requests
      FROM counts
    )
    SELECT field, json_agg(json_build_object('value', value, 'requests', requests) ORDER BY place) AS values,
      (max(all_requests) - sum(requests))::bigint AS others,
      (SELECT started_at FROM latest WHERE place = ${rows} AND EXISTS (SELECT FROM latest WHERE place > ${rows})) AS counted_back_to
    FROM ranked WHERE place <= ${most} GROUP BY field`;
}
