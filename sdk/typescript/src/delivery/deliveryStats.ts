import type { DropReason } from '../errors.js';

/** What became of the records of one instance. */
export interface DeliveryStats {
  /** Waiting or on their way. */
  queued: number;
  /** Bytes of those, estimated. */
  queuedBytes: number;
  /** Stored by the server, repeats included. */
  sent: number;
  /** Uploads that failed and were to be tried again. */
  retried: number;
  /** Not delivered, by reason. */
  dropped: Partial<Record<DropReason, number>>;
  lastError: string | undefined;
}

/** The truth about delivery at the end of a flush. */
export interface FlushResult {
  /** True where everything recorded since the last flush is stored. */
  ok: boolean;
  /** Records that still wait. */
  pending: number;
}
