/** All SQL of the values that requests have in a field. */
import { z } from 'zod';
import type { ValueField } from '#shared/query/fields';
import { RequestValues } from '#shared/requestValues';
import type { OrgScope } from '#server/auth/orgScope';
import { Parameters, type Queryable, queryRows } from '#server/db/sql';
import { type FoundFilters, inOrderSql } from '#server/requests/filters';
import { valueSql } from './valueSql.ts';

/** How many requests are counted: the latest of those that match. */
const COUNTED_ROWS = 20_000;
const MOST_VALUES = 20;

const Answer = z.object({ values: RequestValues.shape.values, counted_back_to: z.string().nullable() });

/**
 * The most frequent values of a field among the latest COUNTED_ROWS that match, those first that begin with `prefix`, and
 * back to when was counted where there are more. Walks the index of a list by time. A key goes by its name.
 */
export async function countValues(
  db: Queryable,
  scope: OrgScope,
  { field, prefix, filters }: { field: ValueField; prefix: string; filters: FoundFilters },
): Promise<RequestValues> {
  const parameters = new Parameters();
  const value = valueSql(parameters, field);
  const name =
    field === 'key'
      ? `coalesce((SELECT k.name FROM api_keys k WHERE k.org_id = ${parameters.bind(scope.org_id)} AND k.id::text = v.value), v.value)`
      : 'v.value';
  const place = parameters.bind(prefix.toLowerCase());
  const [row] = await queryRows(
    db,
    Answer,
    `WITH latest AS MATERIALIZED (
       SELECT ${value} AS value, r.started_at,
         row_number() OVER (ORDER BY r.started_at DESC, r.id DESC) AS place
       FROM ${inOrderSql(parameters, scope, filters)} ORDER BY r.started_at DESC, r.id DESC LIMIT ${parameters.bind(COUNTED_ROWS + 1)}
     ), counted AS (
       SELECT ${name} AS value, sum(v.count)::bigint AS count FROM (
         SELECT item AS value, count(*) AS count FROM latest CROSS JOIN LATERAL unnest(latest.value) item
         WHERE latest.place <= ${COUNTED_ROWS} AND item <> '' GROUP BY 1
       ) v GROUP BY 1
     )
     SELECT (SELECT coalesce(json_agg(json_build_object('value', most.value, 'count', most.count)), '[]') FROM (
         SELECT * FROM counted WHERE position(${place} IN lower(value)) > 0
         ORDER BY position(${place} IN lower(value)) > 1, count DESC, value LIMIT ${MOST_VALUES}
       ) most) AS values,
       (SELECT started_at FROM latest WHERE place = ${COUNTED_ROWS}
          AND EXISTS (SELECT FROM latest WHERE place > ${COUNTED_ROWS})) AS counted_back_to`,
    parameters.values,
  );
  if (!row) throw new Error('A query without FROM answers one row.');
  return row;
}
