/** How large the next batch may be: smaller than the setting while the server refuses large or mixed batches, larger for a backlog. */
import type { QueuedRecord, RecordQueue } from './queue.js';
import type { DeliverySettings } from './settings.js';

/** Records that the server takes in one batch. */
const MAX_BATCH = 1_000;
const MAX_BATCH_BYTES = 8_000_000;
const BACKLOG_FACTOR = 1.5;

export class BatchSize {
  readonly #wanted: DeliverySettings['batch'];
  #maxRecords: number;
  #maxBytes: number;

  constructor(wanted: DeliverySettings['batch']) {
    this.#wanted = wanted;
    this.#maxRecords = wanted.maxRecords;
    this.#maxBytes = wanted.maxBytes;
  }

  isReached({ length, sizeBytes }: RecordQueue): boolean {
    return length >= this.#maxRecords || sizeBytes >= this.#maxBytes;
  }

  /** A backlog goes in larger batches, so that a busy process, whose turns are long, keeps up with itself. */
  limits({ length }: RecordQueue): { maxRecords: number; maxBytes: number } {
    const { maxRecords, maxBytes } = this.#wanted;
    const isHalved = this.#maxRecords < maxRecords;
    return {
      maxRecords: isHalved ? this.#maxRecords : Math.max(this.#maxRecords, Math.min(MAX_BATCH, length)),
      maxBytes: this.#maxBytes < maxBytes ? this.#maxBytes : Math.min(MAX_BATCH_BYTES, this.#maxBytes * BACKLOG_FACTOR),
    };
  }

  halve(batch: readonly QueuedRecord[]): void {
    const sizeBytes = batch.reduce((sum, queued) => sum + queued.sizeBytes, 0);
    this.#maxRecords = Math.max(1, Math.floor(batch.length / 2));
    this.#maxBytes = Math.max(1, Math.floor(sizeBytes / 2));
  }

  /** Batches grow back after they were halved. */
  grow(): void {
    this.#maxRecords = Math.min(this.#wanted.maxRecords, this.#maxRecords * 2);
    this.#maxBytes = Math.min(this.#wanted.maxBytes, this.#maxBytes * 2);
  }
}
