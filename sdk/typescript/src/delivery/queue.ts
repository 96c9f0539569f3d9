/** Records that wait, bounded by count and by bytes. In the order they ended; what comes back goes to the front. */
import type { LogInput, SpanInput } from '../wire.js';

export type RecordKind = 'log' | 'span';

/** Makes the record of what was kept, when its turn to be sent has come: a caller is not to wait for that. */
export type WriteRecord = () => LogInput | SpanInput;

export interface QueuedRecord {
  readonly kind: RecordKind;
  /** Place in the order in which records ended. */
  readonly sequence: number;
  /** Gone once it is encoded: the JSON is all that is needed then. */
  write: WriteRecord | undefined;
  /** Estimated until the record is encoded, then exact. */
  sizeBytes: number;
  /** The JSON that is sent, the same on every try. */
  json: string | undefined;
  attempts: number;
  /** Halvings of its longest strings after a 413. */
  shrinks: number;
}

export class RecordQueue {
  #records: QueuedRecord[] = [];
  #sizeBytes = 0;
  readonly #maxRecords: number;
  readonly #maxBytes: number;

  constructor({ maxRecords, maxBytes }: { maxRecords: number; maxBytes: number }) {
    this.#maxRecords = maxRecords;
    this.#maxBytes = maxBytes;
  }

  get length(): number {
    return this.#records.length;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** False where there is no room. `heldRecords` and `heldBytes`: what is on its way and may come back. */
  add(record: QueuedRecord, held: { records: number; bytes: number }): boolean {
    if (this.#records.length + held.records >= this.#maxRecords) return false;
    if (this.#sizeBytes + held.bytes + record.sizeBytes > this.#maxBytes) return false;
    this.#records.push(record);
    this.#sizeBytes += record.sizeBytes;
    return true;
  }

  /** The next batch: one kind of record, at most so many and so large, at least one. */
  take({ maxRecords, maxBytes }: { maxRecords: number; maxBytes: number }): QueuedRecord[] {
    const first = this.#records[0];
    if (!first) return [];
    let count = 0;
    let sizeBytes = 0;
    for (const record of this.#records) {
      if (count >= maxRecords || record.kind !== first.kind) break;
      if (count > 0 && sizeBytes + record.sizeBytes > maxBytes) break;
      sizeBytes += record.sizeBytes;
      count++;
    }
    this.#sizeBytes -= sizeBytes;
    return this.#records.splice(0, count);
  }

  /** Puts records back where they came from. */
  putBack(records: readonly QueuedRecord[]): void {
    if (records.length === 0) return;
    this.#records = [...records, ...this.#records].sort((a, b) => a.sequence - b.sequence);
    for (const { sizeBytes } of records) this.#sizeBytes += sizeBytes;
  }

  /** Records up to this place in the order. */
  countUpTo(sequence: number): number {
    let count = 0;
    while (count < this.#records.length && (this.#records[count] as QueuedRecord).sequence <= sequence) count++;
    return count;
  }

  clear(): QueuedRecord[] {
    const all = this.#records;
    this.#records = [];
    this.#sizeBytes = 0;
    return all;
  }
}

/** A record as it is when it comes in. */
export function toQueued(given: Pick<QueuedRecord, 'kind' | 'sequence' | 'write' | 'sizeBytes'>): QueuedRecord {
  const { kind, sequence, write, sizeBytes } = given;
  return { kind, sequence, write, sizeBytes, json: undefined, attempts: 0, shrinks: 0 };
}
