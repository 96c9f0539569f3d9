/** What an upload's outcome means for each of its records. Decides, and leaves the doing to `delivery.ts`. */
import type { DropReason } from '../errors.js';
import type { LogBatchResult, LogReceipt } from '../wire.js';
import type { QueuedRecord } from './queue.js';
import { isRetryableStatus } from './retry.js';
import type { UploadOutcome } from './transport.js';

/** Records that will not be sent any more, and why. */
export interface Loss {
  readonly records: readonly QueuedRecord[];
  readonly reason: DropReason;
  readonly message: string;
  readonly httpStatus?: number | undefined;
}

export interface UploadDecision {
  /** Records the server has, repeats included. */
  readonly stored: number;
  /** Records to be sent again. */
  readonly again: QueuedRecord[];
  readonly losses: readonly Loss[];
  /** Set where the server could not take the batch now: wait, then try. */
  readonly failure?:
    | { readonly reason: DropReason; readonly message: string; readonly retryAfterMs: number }
    | undefined;
  /** The next batches are to be half as large. */
  readonly halves?: boolean;
  /** The one record is to be made smaller. */
  readonly shrinks?: boolean;
  /** The key is refused: nothing more is sent. */
  readonly blocks?: boolean;
}

const MAX_SHRINKS = 5;

export function decideUpload(
  batch: QueuedRecord[],
  outcome: UploadOutcome,
  { baseUrl, maxAttempts }: { baseUrl: string; maxAttempts: number },
): UploadDecision {
  switch (outcome.kind) {
    case 'answered':
      return decideEach(batch, outcome.result, maxAttempts);
    case 'unreadable':
      return tryAgain(batch, maxAttempts, {
        reason: 'bad_answer',
        message: `PromptLab at ${baseUrl} ${outcome.message}`,
      });
    case 'unreachable': {
      const message = `PromptLab at ${baseUrl} could not be reached: ${outcome.message}`;
      return tryAgain(batch, maxAttempts, { reason: 'network', message });
    }
    case 'refused':
      return decideRefusal(
        batch,
        outcome,
        `PromptLab at ${baseUrl}: ${outcome.message} (${outcome.httpStatus})`,
        maxAttempts,
      );
  }
}

/** Per record: stored, refused for good, or to be tried again. */
function decideEach(batch: QueuedRecord[], { results }: LogBatchResult, maxAttempts: number): UploadDecision {
  const receipts = new Map<number, LogReceipt>();
  for (const receipt of results) if (typeof receipt?.index === 'number') receipts.set(receipt.index, receipt);
  const again: QueuedRecord[] = [];
  const losses: Loss[] = [];
  let stored = 0;
  batch.forEach((queued, index) => {
    const receipt = receipts.get(index);
    if (receipt?.status === 'created' || receipt?.status === 'duplicate') stored++;
    else if (receipt?.status !== 'rejected' || isTransient(receipt)) again.push(queued);
    else {
      const message = `PromptLab rejected a record: ${receipt.error?.message ?? 'no reason given'}`;
      losses.push({ records: [queued], reason: 'rejected', message });
    }
  });
  if (again.length === 0) return { stored, again, losses };
  const decision = tryAgain(again, maxAttempts, {
    reason: 'bad_answer',
    message: 'PromptLab did not take all of a batch.',
  });
  return { ...decision, stored, losses: [...losses, ...decision.losses] };
}

function decideRefusal(
  batch: QueuedRecord[],
  { httpStatus, retryAfterMs }: UploadOutcome & { kind: 'refused' },
  message: string,
  maxAttempts: number,
): UploadDecision {
  const lose = (reason: DropReason, text: string): UploadDecision => ({
    stored: 0,
    again: [],
    losses: [{ records: batch, reason, message: text, httpStatus }],
  });
  if (httpStatus === 401 || httpStatus === 403) {
    return { ...lose('unauthorized', `${message} Nothing more is sent with this key.`), blocks: true };
  }
  if (isRetryableStatus(httpStatus)) {
    const decision = tryAgain(batch, maxAttempts, { reason: 'server_error', message, retryAfterMs });
    // A batch that breaks the server twice may hold one record that does.
    return { ...decision, halves: httpStatus === 500 && batch.length > 1 && (batch[0]?.attempts ?? 0) > 1 };
  }
  if (httpStatus === 404) return lose('not_found', `${message} Is the base URL right?`);
  // One record of the batch may be at fault: the halves show which.
  if (batch.length > 1) return { stored: 0, again: batch, losses: [], halves: true };
  if (httpStatus !== 413) return lose('rejected', message);
  if ((batch[0]?.shrinks ?? MAX_SHRINKS) >= MAX_SHRINKS) return lose('too_large', message);
  return { stored: 0, again: batch, losses: [], shrinks: true };
}

function tryAgain(
  batch: readonly QueuedRecord[],
  maxAttempts: number,
  { reason, message, retryAfterMs = 0 }: { reason: DropReason; message: string; retryAfterMs?: number | undefined },
): UploadDecision {
  const again: QueuedRecord[] = [];
  const spent: QueuedRecord[] = [];
  for (const queued of batch) (++queued.attempts >= maxAttempts ? spent : again).push(queued);
  const losses = spent.length > 0 ? [{ records: spent, reason, message }] : [];
  return { stored: 0, again, losses, failure: { reason, message, retryAfterMs } };
}

/** The same record may be accepted later. */
function isTransient({ error }: LogReceipt): boolean {
  return error?.type === 'overloaded' || error?.type === 'api_error' || error?.type === 'rate_limit_error';
}
