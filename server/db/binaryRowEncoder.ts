/**
 * Rows on their way into a table, as Postgres takes them without reading text: a composite value each, in its binary
 * format (`record_recv` and `array_recv` of PostgreSQL), so that a batch is one parameter. Pure.
 */
import { stringifyExactJson } from '#shared/exactJson';
import type { OrgScope } from '#server/auth/orgScope';

export type ColumnType =
  | 'uuid'
  | 'bytea'
  | 'timestamptz'
  | 'text'
  | 'json'
  | 'jsonb'
  | 'integer'
  | 'bigint'
  | 'double precision'
  | 'boolean'
  | 'numeric';

export type ColumnTypes = Readonly<Record<string, ColumnType>>;

/** A row that waits to be stored. Its scope was checked when the call came in; the row carries it from there. */
export interface EncodedRow {
  readonly tenant: string;
  /** `org_id/id`. */
  readonly key: string;
  readonly bytes: number;
  /** Its composite value, after the length in four bytes that an array wants. */
  readonly content: Buffer;
}

/**
 * A column of the type integer: the bytes that others take when they are answered, added up while they are written, since
 * SQL would have to make their text once more.
 */
export interface SizeColumn {
  readonly of: readonly string[];
  /** Bytes of a row in an answer besides its texts: the names of its fields, numbers and times. */
  readonly overhead: number;
  /** Texts count as JSON texts, with their quotes and what is escaped in them. */
  readonly isEscaped?: boolean;
}

/** The JSON that a value was parsed from; undefined where it is to be written anew. */
export interface JsonBytes {
  jsonOf(value: object): Uint8Array | undefined;
  /** Whether a text of it may hold `\/`, the one escape besides `\u` that JSON.stringify never writes. */
  readonly hasEscapedSlashes: boolean;
}

interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly oid: number;
  /** Which of the sizes its bytes are added to; -1: none. */
  readonly sizeIndex: number;
  readonly isEscaped: boolean;
}

/** Numbers that no Postgres has ever changed: `pg_type.dat`. */
const OIDS: Readonly<Record<ColumnType, number>> = {
  uuid: 2950,
  bytea: 17,
  timestamptz: 1184,
  text: 25,
  json: 114,
  jsonb: 3802,
  integer: 23,
  bigint: 20,
  'double precision': 701,
  boolean: 16,
  // A decimal string stays text, and is read as a number by Postgres: its binary numeric would be ours to compute.
  numeric: 25,
};

/** `Row`: the values by column, without the organization, which comes from the scope, and without the sizes. */
export class BinaryRowEncoder<Row extends { readonly id: string }> {
  /** Its name in the session of a connection. */
  readonly name: string;
  /** Makes it there. A type of the session, since one of the schema would have to change with every version at once. */
  readonly createSql: string;
  /** The rows of the parameter `$1`, with the columns of the table. */
  readonly rowsSql: string;
  readonly #columns: readonly Column[];
  readonly #encoder: Encoder;

  constructor(
    name: string,
    columns: Readonly<Record<(keyof Row & string) | 'org_id', ColumnType>>,
    sizes: Readonly<Record<string, SizeColumn>> = {},
  ) {
    this.name = `pg_temp.${name}`;
    const sizeColumns = Object.values(sizes);
    this.#columns = Object.entries<ColumnType>(columns).map(([column, type]) => {
      const sizeIndex = sizeColumns.findIndex((size) => size.of.includes(column));
      const isEscaped = type === 'text' && sizeColumns[sizeIndex]?.isEscaped === true;
      return { name: column, type, oid: OIDS[type], sizeIndex, isEscaped };
    });
    this.#encoder = new Encoder(
      this.#columns,
      sizeColumns.map((size) => size.overhead),
    );
    const isText = (type: ColumnType) => OIDS[type] === OIDS.text;
    const fields = this.#columns.map((column) => `${column.name} ${isText(column.type) ? 'text' : column.type}`);
    fields.push(...Object.keys(sizes).map((size) => `${size} integer`));
    const casts = this.#columns.map(({ name: column, type }) =>
      type === 'numeric' ? `${column}::numeric AS ${column}` : column,
    );
    casts.push(...Object.keys(sizes));
    this.createSql = `CREATE TYPE ${this.name} AS (${fields.join(', ')})`;
    this.rowsSql = `SELECT ${casts.join(', ')} FROM unnest($1::${this.name}[])`;
  }

  /**
   * The only way to make a row that is stored: it binds the row to the scope it arrived under. JSON that the source has is
   * stored as it came.
   */
  encode(scope: OrgScope, row: Row, source?: JsonBytes): EncodedRow {
    const content = this.#encoder.encode(row, scope.org_id, source);
    return { tenant: scope.org_id, key: `${scope.org_id}/${row.id}`, bytes: content.length, content };
  }

  /** Bytes of these rows as an array. */
  arrayBytes(rows: readonly EncodedRow[]): number {
    return rows.reduce((sum, row) => sum + row.bytes, ARRAY_HEAD);
  }

  /** Writes the rows as an array of this type, which the session knows by the number `oid`. Returns where it ends. */
  writeArray(into: Buffer, start: number, rows: readonly EncodedRow[], oid: number): number {
    let at = start;
    at = into.writeInt32BE(1, at); // Dimensions.
    at = into.writeInt32BE(0, at); // No element is null.
    at = into.writeUInt32BE(oid, at);
    at = into.writeInt32BE(rows.length, at);
    at = into.writeInt32BE(1, at); // The first index.
    for (const { content } of rows) {
      into.set(content, at);
      at += content.length;
    }
    return at;
  }
}

const ARRAY_HEAD = 20;
/** Rows are written side by side into pieces of this size: a piece of memory for each would keep the collector busy. */
const PIECE_BYTES = 256 * 1024;
/** Left behind what is larger than a piece: without it each column that follows would move all that was written before. */
const ROOM_BEHIND = 16 * 1024;
/** The number of a type, a length, and the longest value of fixed size. */
const MOST_FIXED_BYTES = 4 + 4 + 16;
/** UTF-8 of one UTF-16 unit. */
const MOST_BYTES_OF_A_UNIT = 3;
/** From here on it pays to ask how many bytes a text has before memory is allocated for it. */
const LONG_TEXT = 16 * 1024;
/** Up to here a loop over the characters is quicker than the way out of JavaScript. */
const SHORT_TEXT = 24;
/** Around a JSON text. */
const QUOTE_BYTES = 2;
/** What JSON.stringify adds to a byte of UTF-8: `\n` takes one more, `\u0001` five. */
const ESCAPE_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte < 0x20) return JSON.stringify(String.fromCharCode(byte)).length - QUOTE_BYTES - 1;
  return byte === 0x22 || byte === 0x5c ? 1 : 0;
});
const EPOCH_MS = Date.UTC(2000, 0, 1);

/** Writes one row after another; a row that does not fit in the piece moves to the next. */
class Encoder {
  readonly #columns: readonly Column[];
  readonly #overheads: readonly number[];
  readonly #sizes: number[];
  #piece = Buffer.alloc(0);
  #view = new DataView(new ArrayBuffer(0));
  #start = 0;
  #at = 0;

  constructor(columns: readonly Column[], overheads: readonly number[]) {
    this.#columns = columns;
    this.#overheads = overheads;
    this.#sizes = [...overheads];
  }

  /** A value is stored by the type of its column; what is undefined is stored as null. */
  encode(row: object, org_id: string, source: JsonBytes | undefined): Buffer {
    const values = row as Readonly<Record<string, unknown>>; // The constructor of BinaryRowEncoder asked for a type of each.
    // A piece that was handed to another thread (rowTransfer.ts) is empty here.
    if (this.#piece.length === 0) this.#letGo();
    this.#start = this.#at;
    this.#reserve(8);
    this.#at += 4; // The length, known in the end.
    this.#int32(this.#columns.length + this.#sizes.length);
    this.#overheads.forEach((overhead, index) => (this.#sizes[index] = overhead));
    for (const column of this.#columns) {
      const value = column.name === 'org_id' ? org_id : values[column.name];
      this.#reserve(MOST_FIXED_BYTES);
      this.#int32(column.oid);
      if (value === null || value === undefined) this.#int32(-1);
      else this.#value(column, value, source);
    }
    for (const size of this.#sizes) {
      this.#reserve(MOST_FIXED_BYTES);
      this.#int32(OIDS.integer);
      this.#int32(4);
      this.#int32(size);
    }
    this.#view.setInt32(this.#start, this.#at - this.#start - 4);
    return this.#piece.subarray(this.#start, this.#at);
  }

  /** The value, after its length. The casts are what the schemas of a row have checked. */
  #value(column: Column, value: unknown, source: JsonBytes | undefined): void {
    switch (column.type) {
      case 'text':
      case 'numeric':
        return this.#text(column, value as string);
      case 'json': {
        const given = typeof value === 'object' && value !== null ? source?.jsonOf(value) : undefined;
        return given === undefined ? this.#text(column, stringifyExactJson(value)) : this.#bytes(column, given);
      }
      case 'jsonb':
        return this.#text(column, stringifyExactJson(value), 1);
      case 'uuid':
        this.#int32(16);
        return this.#uuid(value as string);
      case 'bytea':
        // Written as hexadecimal digits.
        this.#int32((value as string).length / 2);
        return this.#hex(value as string);
      case 'timestamptz':
        this.#int32(8);
        return this.#int64((Date.parse(value as string) - EPOCH_MS) * 1_000);
      case 'integer':
        this.#int32(4);
        return this.#int32(value as number);
      case 'bigint':
        this.#int32(8);
        return this.#int64(value as number);
      case 'double precision':
        this.#int32(8);
        this.#view.setFloat64(this.#at, value as number);
        this.#at += 8;
        return;
      case 'boolean':
        this.#int32(1);
        this.#piece[this.#at++] = value === true ? 1 : 0;
    }
  }

  /** `version` is the byte that jsonb wants before its text. */
  #text({ sizeIndex, isEscaped }: Column, text: string, version?: number): void {
    const most = text.length > LONG_TEXT ? Buffer.byteLength(text) : text.length * MOST_BYTES_OF_A_UNIT;
    this.#reserve(most + 5);
    const lengthAt = this.#at;
    this.#at += 4;
    if (version !== undefined) this.#piece[this.#at++] = version;
    const bytes = text.length > SHORT_TEXT ? this.#piece.write(text, this.#at) : this.#shortText(text);
    this.#at += bytes;
    this.#view.setInt32(lengthAt, this.#at - lengthAt - 4);
    if (sizeIndex === -1) return;
    const added = isEscaped ? QUOTE_BYTES + this.#escapeBytes(this.#at - bytes, this.#at) : 0;
    this.#sizes[sizeIndex] = (this.#sizes[sizeIndex] ?? 0) + bytes + added;
  }

  /** What JSON adds to a text that was written here. Counted in the bytes: JSON.stringify would make the text once more. */
  #escapeBytes(from: number, to: number): number {
    const piece = this.#piece;
    let added = 0;
    for (let index = from; index < to; index++) added += ESCAPE_BYTES[piece[index] ?? 0] ?? 0;
    return added;
  }

  #bytes({ sizeIndex }: Column, bytes: Uint8Array): void {
    this.#reserve(bytes.length + 4);
    this.#int32(bytes.length);
    this.#piece.set(bytes, this.#at);
    this.#at += bytes.length;
    if (sizeIndex !== -1) this.#sizes[sizeIndex] = (this.#sizes[sizeIndex] ?? 0) + bytes.length;
  }

  /** Bytes written from `at` on; the text is usually ASCII. */
  #shortText(text: string): number {
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) return this.#piece.write(text, this.#at);
      this.#piece[this.#at + index] = unit;
    }
    return text.length;
  }

  #uuid(text: string): void {
    for (let index = 0; index < text.length; index++) {
      if (text[index] === '-') continue;
      this.#piece[this.#at++] = (hexDigit(text, index) << 4) | hexDigit(text, ++index);
    }
  }

  /** Writes hexadecimal digits as bytes. Made for few bytes, such as a hash. */
  #hex(text: string): void {
    this.#reserve(text.length / 2);
    for (let index = 0; index < text.length; index += 2) {
      this.#piece[this.#at++] = (hexDigit(text, index) << 4) | hexDigit(text, index + 1);
    }
  }

  #int32(value: number): void {
    this.#view.setInt32(this.#at, value);
    this.#at += 4;
  }

  /** Writes a safe integer in eight bytes. */
  #int64(value: number): void {
    const high = Math.floor(value / 2 ** 32);
    this.#view.setInt32(this.#at, high);
    this.#view.setUint32(this.#at + 4, value - high * 2 ** 32);
    this.#at += 8;
  }

  #letGo(): void {
    this.#piece = Buffer.alloc(0);
    this.#at = 0;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#piece.length) return;
    const begun = this.#piece.subarray(this.#start, this.#at);
    this.#piece = Buffer.allocUnsafeSlow(Math.max(PIECE_BYTES, begun.length + bytes + ROOM_BEHIND));
    this.#view = new DataView(this.#piece.buffer);
    this.#piece.set(begun);
    this.#start = 0;
    this.#at = begun.length;
  }
}

function hexDigit(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit < 0x3a ? unit - 0x30 : (unit | 0x20) - 0x57;
}
