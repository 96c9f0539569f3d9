/** SQL that counts the values of several fields in one reading of the latest requests. */
import type { OrgScope } from '#server/auth/orgScope';
import type { Parameters } from '#server/db/sql';
import type { FacetField, GroupField } from '#shared/stats';
import { type Dimension, DIMENSIONS, OTHER } from '#server/rollups/rollUp';
import { backToSql } from './totalsSql.ts';

/** What is kept of a request, by facet: constants of ours. */
const FACET_COLUMNS: Readonly<Record<Exclude<FacetField, 'tag'>, string>> = {
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

/** The value of a field of requests `r`; of a tag the key is bound. */
export function fieldSql(parameters: Parameters, field: GroupField): string {
  const name = (Object.keys(FACET_COLUMNS) as (keyof typeof FACET_COLUMNS)[]).find((each) => each === field); // Its own keys.
  return name === undefined ? `r.tags ->> ${parameters.bind(field.slice('tag.'.length))}::text` : FACET_COLUMNS[name];
}

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
      ${backToSql(rows)}
    FROM ranked WHERE place <= ${most} GROUP BY field`;
}

interface DimensionFacets {
  /** The relation `r` of sums, and the condition on it. */
  readonly sums: string;
  readonly where: string;
  readonly dimensions: readonly Dimension[];
  /** Values of each. */
  readonly most: number;
}

/** Rows of a dimension, its most frequent values and how many requests have others, of one reading of the rollups. */
export function dimensionFacetsSql({ sums, where, dimensions, most }: DimensionFacets): string {
  const all = DIMENSIONS.map((name) => `r.${name}`).join(', ');
  const values = dimensions.map((name) => `('${name}', ${name})`).join(', ');
  return `WITH kept AS MATERIALIZED (
       SELECT ${all}, sum(r.requests) AS requests FROM ${sums} WHERE ${where} GROUP BY ${all}
     ), counted AS (
       SELECT held.dimension, held.value, sum(requests)::bigint AS requests
       FROM kept CROSS JOIN LATERAL (VALUES ${values}) AS held (dimension, value)
       WHERE held.value IS NOT NULL GROUP BY 1, 2 HAVING sum(requests) > 0
     ), ranked AS (
       SELECT *, sum(requests) OVER (PARTITION BY dimension) AS all_requests, value <> '${OTHER}' AND
         row_number() OVER (PARTITION BY dimension ORDER BY value = '${OTHER}', requests DESC, value) <= ${most} AS is_shown
       FROM counted
     )
     SELECT dimension, coalesce(json_agg(json_build_object('value', value, 'requests', requests)
         ORDER BY requests DESC, value) FILTER (WHERE is_shown), '[]') AS values,
       (max(all_requests) - coalesce(sum(requests) FILTER (WHERE is_shown), 0))::bigint AS others
     FROM ranked GROUP BY dimension`;
}
