/** What logs and spans have in common on their way in: each item of a batch stands alone. */
import type { OrgScope } from '#server/auth/orgScope';
import { DAY_MS, HOUR_MS } from '#shared/durations';
import { type ApiKeyId, type Instant, type JsonObject, LIMITS, RequestId } from '#shared/primitives';
import type { LogBatchResult, LogReceipt } from '#shared/request';
import type { EncodedRow } from '#server/db/binaryRowEncoder';
import { AppError } from '#server/errors';
import type { BatchWriter } from './batchWriter.ts';
import type { Noun, Sanitized } from './sanitize.ts';

/** Who logs: a Caller, or the server itself, which has no key. */
export interface Sender {
  readonly scope: OrgScope;
  readonly api_key_id: ApiKeyId | null;
}

/** The items of a batch, read: each is a row, or was refused. Plain values, which one thread may hand to another. */
export interface ReadItems {
  /** A receipt for each item. Those that were not rejected say `created` until they are stored. */
  readonly receipts: readonly LogReceipt[];
  /** Rows of the items that were not rejected, in the order of their receipts. */
  readonly rows: readonly EncodedRow[];
}

export interface ReadItemsOptions {
  readonly noun: Noun;
  /**
   * From an item of the batch to its row.
   * @throws {AppError} what is wrong with the item.
   */
  readonly toRow: (input: unknown) => {
    readonly id: RequestId;
    readonly row: EncodedRow;
    readonly cleaning: Pick<Sanitized, 'replaced' | 'truncated'>;
  };
}

export interface StoreItemsOptions {
  readonly noun: Noun;
  readonly writer: BatchWriter<EncodedRow>;
  /** Told what became of the batch. */
  readonly onResult: (result: LogBatchResult) => void;
}

/** Oldest and newest `started_at` we believe: outside it is a clock or a unit gone wrong. */
const PAST_MS = 5 * 365 * DAY_MS;
const FUTURE_MS = HOUR_MS;

/**
 * Makes rows of a batch: a bad item is rejected in its receipt and never fails its neighbours.
 * @throws {AppError} `too_many_items`.
 */
export function readItems(inputs: readonly unknown[], { noun, toRow }: ReadItemsOptions): ReadItems {
  if (inputs.length > LIMITS.batchLogs) {
    throw new AppError(
      'too_many_items',
      `A batch may hold at most ${LIMITS.batchLogs} ${noun}s; this one holds ${inputs.length}.`,
      { param: `${noun}s` },
    );
  }
  const receipts: LogReceipt[] = [];
  const rows: EncodedRow[] = [];
  inputs.forEach((input, index) => {
    try {
      const { id, row, cleaning } = toRow(input);
      const receipt: LogReceipt = { index, id, status: 'created' };
      if (cleaning.replaced) receipt.sanitized = true;
      if (cleaning.truncated) receipt.truncated = true;
      receipts.push(receipt);
      rows.push(row);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      receipts.push({ index, id: givenId(input), status: 'rejected', error: error.toDetail() });
    }
  });
  return { receipts, rows };
}

/**
 * Stores a batch. It knows nothing of what came in: parsed, a body takes many times its bytes, and must not wait with its
 * rows.
 * @throws {AppError} when some of it could not be stored now: then all of it may be sent again, and items with an `id` are
 *   never stored twice.
 */
export async function storeItems(
  { receipts, rows }: ReadItems,
  { noun, writer, onResult }: StoreItemsOptions,
): Promise<LogBatchResult> {
  const verdicts = await writer.add(rows);
  const accepted = receipts.filter(({ status }) => status !== 'rejected');
  accepted.forEach((receipt, place) => {
    const verdict = verdicts[place] ?? 'rejected';
    receipt.status = verdict === 'conflict' || verdict === 'unseen' ? 'duplicate' : verdict;
    if (verdict === 'conflict') receipt.conflict = true;
    if (verdict === 'rejected') receipt.error = unstorable(noun).toDetail();
  });
  const result = summarize(receipts);
  onResult(result);
  return result;
}

/** `unstorable`: what Postgres refused although we found nothing wrong. */
export function unstorable(noun: Noun): AppError {
  return new AppError('unstorable', `The database refused a value of this ${noun}.`);
}

/** @throws {AppError} for an item that is no JSON object. */
export function requireObject(input: unknown, noun: Noun): JsonObject {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) {
    return input as JsonObject; // It was parsed from JSON.
  }
  throw new AppError('invalid_value', `A ${noun} must be a JSON object.`);
}

/** @throws {AppError} outside the window. */
export function checkStartedAt(started_at: Instant | null | undefined, now: Date): void {
  if (!started_at) return;
  const started = Date.parse(started_at);
  if (started >= now.getTime() - PAST_MS && started <= now.getTime() + FUTURE_MS) return;
  throw new AppError('invalid_value', '`started_at` must lie within the last 5 years and at most 1 hour ahead.', {
    param: 'started_at',
  });
}

/** The id a rejected item came with, so that its sender can tell which one it was. */
function givenId(input: unknown): RequestId | null {
  const id = typeof input === 'object' && input !== null && 'id' in input ? input.id : null;
  return RequestId.safeParse(id).data ?? null;
}

/** Counts the verdicts. */
function summarize(results: readonly LogReceipt[]): LogBatchResult {
  const count = (status: LogReceipt['status']) => results.filter((receipt) => receipt.status === status).length;
  return {
    created: count('created'),
    duplicate: count('duplicate'),
    rejected: count('rejected'),
    results: [...results],
  };
}
