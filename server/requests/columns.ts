/** The columns of a request, as SQL reads and writes them: derived from the entity, and checked against the contract. */
import { LIMITS } from '#shared/primitives';
import { LogFields, type LoggedRequest, type ParsedLog, RequestSummary } from '#shared/request';
import { type Arriving, type ColumnTypesOf, columnTypesOf, textColumnsOf } from '#server/db/entityColumns';
import type { ColumnTypes, SizeColumn } from '#server/db/binaryRowEncoder';
import { RequestPayloadRow, RequestRow } from './entity.ts';

/** A column of `requests r` as it is answered. */
export function columnSql(name: string): string {
  // trim_scale: 0.5 and not 0.500000000000.
  if (name === 'cost_usd') return 'trim_scale(r.cost_usd)::text AS cost_usd';
  return name.endsWith('_hash') ? `encode(r.${name}, 'hex') AS ${name}` : `r.${name}`;
}

/** What is worked out while a row is encoded. */
const COMPUTED_COLUMNS = ['summary_bytes', 'payload_bytes'] as const satisfies readonly (keyof RequestRow)[];

/** The columns of RequestSummary, read from `requests r`. */
export const SUMMARY_COLUMNS = Object.keys(RequestSummary.shape).map(columnSql).join(', ');

/**
 * Types by column, in the order of the INSERT, as the entity says. The types on the left are what the contract says: a
 * field of RequestSummary without a column, or of LoggedRequest, does not compile; nor does a column that
 * LoggedRequest lacks, in `requestRowType.encode`.
 */
export const REQUEST_TYPES: ColumnTypesOf<keyof RequestSummary | 'org_id'> = columnTypesOf(
  RequestRow,
  COMPUTED_COLUMNS,
);

export const PAYLOAD_TYPES: ColumnTypesOf<Exclude<keyof LoggedRequest, keyof typeof REQUEST_TYPES>> = columnTypesOf(
  RequestPayloadRow,
  ['org_id', 'id'],
);

/** A request with its payload, as it is stored. */
export type ArrivingRequest = Arriving<RequestRow, 'org_id' | (typeof COMPUTED_COLUMNS)[number]> &
  Arriving<RequestPayloadRow, 'org_id'>;

/** Each field that a caller gives has a column of its name. */
const GIVEN_FIELDS: ColumnTypesOf<keyof ParsedLog> = { ...REQUEST_TYPES, ...PAYLOAD_TYPES };

/** What the caller says of a request, in so far as it is stored as it was said. */
export const GIVEN_TYPES: ColumnTypes = Object.fromEntries(
  Object.entries(GIVEN_FIELDS).filter(
    ([name]) =>
      Object.hasOwn(LogFields.shape, name) &&
      Object.hasOwn(REQUEST_TYPES, name) &&
      !['id', 'started_at', 'cost_usd'].includes(name),
  ),
);

/** Bytes of a summary as JSON besides its texts: the names of its fields, numbers and times. */
const SUMMARY_OVERHEAD = 1_400;

/** Bytes of a row as it is answered, about; and those of a payload, where a text is longer than as it is stored. */
export const SIZES: Readonly<Record<(typeof COMPUTED_COLUMNS)[number], SizeColumn>> = {
  summary_bytes: { of: textColumnsOf(REQUEST_TYPES), overhead: SUMMARY_OVERHEAD },
  payload_bytes: { of: textColumnsOf(PAYLOAD_TYPES), overhead: 0, isEscaped: true },
};

/** The payload as the rest of a JSON object; what is JSON is passed on as it was stored. SQL over `request_payloads p`. */
export const PAYLOAD_JSON = `concat(${Object.entries(PAYLOAD_TYPES)
  .map(
    ([name, type]) => `',"${name}":', coalesce(${type === 'json' ? `p.${name}` : `to_json(p.${name})`}::text, 'null')`,
  )
  .join(', ')})`;

/** Bytes of a row in an answer. One that was not measured counts as a whole page. */
const PAGE_BYTES = LIMITS.pageBytes;
export const SUMMARY_BYTES = `coalesce(r.summary_bytes, ${PAGE_BYTES})`;
export const BOTH_BYTES = `coalesce(r.summary_bytes + r.payload_bytes, ${PAGE_BYTES})`;
