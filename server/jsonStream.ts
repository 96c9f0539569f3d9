/**
 * Answers that may be large: JSON made piece by piece while it is sent, from text that Postgres gives as it was stored.
 * Neither is a row parsed, nor is an answer ever in memory whole.
 */
import { groupKeys, type RowKey } from '#server/db/pages';
import type { TenantGate } from '#server/db/tenantGate';

/** An answer that is made while it is sent. */
export interface PieceStream {
  /** The organization that asked: all answers in flight share one budget fairly. */
  readonly tenant: string;
  /** The most that is held at one time. */
  readonly windowBytes: number;
  /** The size of the whole answer, about. */
  readonly totalBytes: number;
  /** True where it is held at once, so that its exact length can be told before it is sent. */
  readonly isWhole: boolean;
  /** The longest that it may take, in milliseconds, where that is not worked out from its bytes. */
  readonly withinMs?: number;
  /** In order. It is read once; what comes first is read from the database before it is given out. */
  readonly pieces: AsyncIterable<readonly Uint8Array[]>;
}

/** Its pieces are JSON. */
export type JsonStream = PieceStream;

export interface RowSource<Key extends RowKey> {
  readonly keys: readonly Key[];
  /** Reads a few rows. One that was deleted meanwhile is missing. */
  readonly read: (ids: readonly string[]) => Promise<readonly JsonRow[]>;
}

/** A row of an answer: the fields that were parsed, and those whose JSON text was not. */
export interface JsonRow {
  readonly id: string;
  readonly fields: object;
  /** More fields as JSON, such as `,"metadata":null`, in as many pieces as they come in. */
  readonly more?: readonly (string | Uint8Array)[];
}

/** JSON text, and rows of a source as the items of an array or as one value. */
export type JsonPart = string | { readonly rows: RowSource<RowKey> };

/** Who asks, and the gate at which its large reads wait for each other. */
export interface Asker {
  readonly tenant: string;
  readonly gate: TenantGate;
}

/** Puts an answer together from text and rows, in order. */
export function toJsonStream({ tenant, gate }: Asker, parts: readonly JsonPart[]): JsonStream {
  const groups = parts.flatMap((part) => (typeof part === 'string' ? [] : groupKeys(part.rows.keys)));
  const textBytes = parts.reduce((sum, part) => sum + (typeof part === 'string' ? Buffer.byteLength(part) : 0), 0);
  return {
    tenant,
    isWhole: groups.length <= 1,
    windowBytes: groups.reduce((most, group) => Math.max(most, group.bytes), 0) + textBytes,
    totalBytes: groups.reduce((sum, group) => sum + group.bytes, textBytes),
    pieces: makePieces({ tenant, gate }, parts),
  };
}

async function* makePieces(asker: Asker, parts: readonly JsonPart[]): AsyncGenerator<readonly Uint8Array[]> {
  let pending = new Pieces();
  for (const part of parts) {
    if (typeof part === 'string') {
      pending.add(part);
      continue;
    }
    let count = 0;
    for (const { keys, bytes } of groupKeys(part.rows.keys)) {
      const addGroup = async (): Promise<void> => {
        const rows = new Map((await part.rows.read(keys.map(({ id }) => id))).map((row) => [row.id, row]));
        for (const { id } of keys) {
          const row = rows.get(id);
          if (row === undefined) continue;
          if (count++ > 0) pending.add(',');
          pending.addRow(row);
        }
      };
      await (bytes > SMALL_BYTES ? asker.gate.run(asker.tenant, addGroup) : addGroup());
      yield pending.take();
      pending = new Pieces();
    }
  }
  yield pending.take();
}

/** Rows up to here are read at once, whatever else is read. */
const SMALL_BYTES = 128 * 1024;
/** Pieces of this size in all are put together: each costs a call of the socket. */
const JOINED_BYTES = 2 * 1024 * 1024;
/** Texts are encoded when they are so long. */
const TEXT_LENGTH = 16 * 1024;

/** JSON on its way out of the heap. */
class Pieces {
  readonly #buffers: Uint8Array[] = [];
  #bytes = 0;
  #text = '';

  add(part: string | Uint8Array): void {
    if (typeof part === 'string') {
      this.#text += part;
      if (this.#text.length >= TEXT_LENGTH) this.#encode();
    } else {
      this.#encode();
      this.#push(part);
    }
  }

  addRow({ fields, more = [] }: JsonRow): void {
    this.add(JSON.stringify(fields).slice(0, -1));
    for (const part of more) this.add(part);
    this.add('}');
  }

  take(): readonly Uint8Array[] {
    this.#encode();
    return this.#bytes <= JOINED_BYTES ? [Buffer.concat(this.#buffers)] : this.#buffers;
  }

  #encode(): void {
    if (this.#text !== '') this.#push(Buffer.from(this.#text));
    this.#text = '';
  }

  #push(buffer: Uint8Array): void {
    this.#buffers.push(buffer);
    this.#bytes += buffer.length;
  }
}
