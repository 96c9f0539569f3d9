/** What the write path and the queries need to know of a table, read off its entity class: the one list of its columns. */
import { getMetadataArgsStorage } from 'typeorm';
import type { ColumnType } from './binaryRowEncoder.ts';

/** Types by column, in the order of the entity; `Name` are the columns, so that a list of others does not compile. */
export type ColumnTypesOf<Name extends string> = Readonly<Record<Name, ColumnType>>;

/** The columns whose texts make the size of an answer; numbers and times are part of its overhead. */
export function textColumnsOf(columns: ColumnTypesOf<string>): string[] {
  return Object.keys(columns).filter((name) => ['text', 'json', 'jsonb'].includes(columns[name] ?? ''));
}

/** A row as it arrives to be stored: the columns of its entity but those that are computed, times as on the wire. */
export type Arriving<Row, Computed extends keyof Row> = {
  readonly [Name in Exclude<keyof Row, Computed>]: Date extends Row[Name] ? string : Row[Name];
};

/** How each type of an entity is sent. A type that is not here is added to BinaryRowEncoder first. */
const SENT_TYPES: Readonly<Record<ColumnType, true>> = {
  uuid: true,
  bytea: true,
  timestamptz: true,
  text: true,
  json: true,
  jsonb: true,
  integer: true,
  bigint: true,
  'double precision': true,
  boolean: true,
  numeric: true,
};

/**
 * The columns of an entity but those of `except`.
 * @throws {Error} where one has a type that BinaryRowEncoder cannot send.
 */
export function columnTypesOf<Row extends object, Except extends keyof Row & string>(
  entity: new () => Row,
  except: readonly Except[],
): ColumnTypesOf<Exclude<keyof Row & string, Except>> {
  const columns = getMetadataArgsStorage()
    .columns.filter(({ target, propertyName }) => target === entity && !except.some((name) => name === propertyName))
    .map(({ propertyName, options }) => [propertyName, sentType(propertyName, options.type)] as const);
  // Each property of an entity is a column: the schema test compares them with the database.
  return Object.fromEntries(columns) as ColumnTypesOf<Exclude<keyof Row & string, Except>>;
}

function sentType(column: string, type: unknown): ColumnType {
  if (typeof type === 'string' && Object.hasOwn(SENT_TYPES, type)) return type as ColumnType;
  throw new Error(`The column ${column} is of the type ${String(type)}, which BinaryRowEncoder cannot send.`);
}
