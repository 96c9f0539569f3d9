/**
 * Answers that may be large: JSON made piece by piece while it is sent, from text that Postgres gives as it was stored.
 * Neither is a row parsed, nor is an answer ever in memory whole.
 */
import { groupKeys, type RowKey } from '#server/db/pages';

export interface JsonStream {
  /** The organization that asked: all answers in flight share one budget fairly. */
  readonly tenant: string;
  /** The most that is held at one time. */
  readonly windowBytes: number;
  /** Of the whole answer, about. */
  readonly totalBytes: number;
  /** True where it is held at once, so that its exact length can be told before it is sent. */
  readonly isWhole: boolean;
  /** The JSON in order. It is read once; what comes first is read from the database before it is given out. */
  readonly pieces: AsyncIterable<readonly Buffer[]>;
}

export interface RowSource<Key extends RowKey> {
  readonly keys: readonly Key[];
  /** Reads a few rows. One that was deleted meanwhile is missing. */
  readonly read: (ids: readonly string[]) => Promise<readonly JsonRow[]>;
}

/** A row of an answer: the fields that were parsed, and those whose JSON text was not. */
export interface JsonRow {
  readonly id: string;
  readonly fields: object;
  /** JSON by name. */
  readonly texts?: Readonly<Record<string, string>>;
}

/** JSON text, and rows of a source as the items of an array or as one value. */
export type JsonPart = string | { readonly rows: RowSource<RowKey> };

/** Puts an answer together from text and rows, in order. */
export function toJsonStream(tenant: string, parts: readonly JsonPart[]): JsonStream {
  const groups = parts.flatMap((part) => (typeof part === 'string' ? [] : groupKeys(part.rows.keys)));
  const textBytes = parts.reduce((sum, part) => sum + (typeof part === 'string' ? Buffer.byteLength(part) : 0), 0);
  return {
    tenant,
    isWhole: groups.length <= 1,
    windowBytes: groups.reduce((most, group) => Math.max(most, group.bytes), 0) + textBytes,
    totalBytes: groups.reduce((sum, group) => sum + group.bytes, textBytes),
    pieces: makePieces(parts),
  };
}

async function* makePieces(parts: readonly JsonPart[]): AsyncGenerator<readonly Buffer[]> {
  let pending = new Pieces();
  for (const part of parts) {
    if (typeof part === 'string') {
      pending.add(part);
      continue;
    }
    let count = 0;
    for (const { keys } of groupKeys(part.rows.keys)) {
      const rows = new Map((await part.rows.read(keys.map(({ id }) => id))).map((row) => [row.id, row]));
      for (const { id } of keys) {
        const row = rows.get(id);
        if (row === undefined) continue;
        if (count++ > 0) pending.add(',');
        pending.addRow(row);
      }
      rows.clear();
      yield pending.take();
      pending = new Pieces();
    }
  }
  yield pending.take();
}

/** Texts shorter than this are put together before they are encoded. */
const SHORT_TEXT = 16 * 1024;

/** Text on its way out of the heap. */
class Pieces {
  readonly #buffers: Buffer[] = [];
  #text = '';

  add(text: string): void {
    if (text.length < SHORT_TEXT) {
      this.#text += text;
      if (this.#text.length >= SHORT_TEXT) this.#flush();
    } else {
      this.#flush();
      this.#buffers.push(Buffer.from(text));
    }
  }

  addRow({ fields, texts = {} }: JsonRow): void {
    this.add(JSON.stringify(fields).slice(0, -1));
    for (const [name, text] of Object.entries(texts)) {
      this.add(`,"${name}":`);
      this.add(text);
    }
    this.add('}');
  }

  take(): readonly Buffer[] {
    this.#flush();
    return this.#buffers;
  }

  #flush(): void {
    if (this.#text !== '') this.#buffers.push(Buffer.from(this.#text));
    this.#text = '';
  }
}
