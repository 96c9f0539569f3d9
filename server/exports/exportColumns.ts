/** Where the columns of an export come from. */
import type { ExportColumn } from '#shared/export';
import { columnSql as requestColumnSql, PAYLOAD_TYPES, REQUEST_TYPES } from '#server/requests/columns';

const TYPES: ReadonlyMap<string, string> = new Map(Object.entries({ ...REQUEST_TYPES, ...PAYLOAD_TYPES }));

/** True where the value of a column is JSON. */
export function isJsonColumn(column: ExportColumn): boolean {
  return TYPES.get(column)?.startsWith('json') ?? false;
}

/** True where a column is one of the payload. */
export function isPayloadColumn(column: ExportColumn): boolean {
  return Object.hasOwn(PAYLOAD_TYPES, column);
}

/** Over `requests r` and `request_payloads p`; what is JSON as the text of it. */
export function columnSql(column: ExportColumn): string {
  const name = isPayloadColumn(column) ? `p.${column}` : requestColumnSql(column);
  return isJsonColumn(column) ? `${name}::text AS ${column}` : name;
}
