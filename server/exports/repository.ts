/** The SQL of exports. */
import { z } from 'zod';
import type { ExportColumn } from '#shared/export';
import type { RequestFilters } from '#shared/request';
import type { OrgScope } from '#server/auth/orgScope';
import type { RowKey } from '#server/db/pages';
import { Parameters, type Queryable, queryRows } from '#server/db/sql';
import { LIMITS } from '#shared/primitives';
import { namedSql } from '#server/requests/filters';
import { columnSql, isPayloadColumn } from './exportColumns.ts';

const Value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const ExportRow = z.record(z.string(), Value);
/** Values by column; what is JSON is the text of it. */
export type ExportRow = z.infer<typeof ExportRow>;

/** Requests by id with some of their columns, in any order. Primary keys. */
export async function readExportRows(
  db: Queryable,
  scope: OrgScope,
  ids: readonly string[],
  columns: readonly ExportColumn[],
): Promise<ExportRow[]> {
  const column_names = ['r.id AS row_id', ...columns.map(columnSql)].join(', ');
  const table_names = columns.some(isPayloadColumn)
    ? 'requests r JOIN request_payloads p ON p.org_id = r.org_id AND p.id = r.id'
    : 'requests r';
  return queryRows(db, ExportRow, `SELECT ${column_names} FROM ${table_names} WHERE r.org_id = $1 AND r.id = ANY($2)`, [
    scope.org_id,
    ids,
  ]);
}

const ChosenKey = z.object({ id: z.string(), started_at: z.string(), bytes: z.int() });
/** A row that was not measured counts as a whole page. */
const PAGE_BYTES = LIMITS.pageBytes;

/** The keys of those that match out of a few, newest first. Primary key. */
export function listChosenKeys(
  db: Queryable,
  scope: OrgScope,
  filters: RequestFilters,
  ids: readonly string[],
): Promise<RowKey[]> {
  const parameters = new Parameters();
  return queryRows(
    db,
    ChosenKey,
    `SELECT r.id, r.started_at, coalesce(r.summary_bytes + r.payload_bytes, ${PAGE_BYTES}) AS bytes
     FROM ${namedSql(parameters, scope, filters, ids)} ORDER BY r.started_at DESC, r.id DESC`,
    parameters.values,
  );
}
