/** The write path of a log, top to bottom: validate → clean → price → group writer → receipt. */
import { type Instant, type JsonObject, LIMITS, RequestId } from '#shared/primitives';
import type { LogBatchResult, LoggedRequest, LogReceipt } from '#shared/request';
import type { OrgScope } from '#server/auth/orgScope';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { toRequestRecord } from '#server/requests/repository';
import { parseLog } from './parseLog.ts';
import { sanitize } from './sanitize.ts';
import { toLoggedRequest } from './toLoggedRequest.ts';

/** Oldest and newest `started_at` we believe: outside it is a clock or a unit gone wrong. */
const PAST_MS = 5 * 365 * 24 * 3_600_000;
const FUTURE_MS = 3_600_000;

/**
 * Stores one log. Resolves when it is committed, so that the next read sees it; `json` is the request as it was stored.
 * @throws {AppError} what is wrong with the log, or that it could not be stored now.
 */
export async function acceptLog(
  deps: Deps,
  scope: OrgScope,
  input: unknown,
): Promise<{ request: LoggedRequest; json: Buffer; isDuplicate: boolean }> {
  const request = toRequest(deps, scope, input);
  const record = toRequestRecord(scope, request);
  const [verdict] = await deps.requestWriter.add([record]);
  if (verdict === 'rejected') throw unstorable();
  return { request, json: record.json, isDuplicate: verdict === 'duplicate' };
}

/**
 * Stores a batch. Each log stands alone: a bad one is rejected in its receipt and never fails its neighbours.
 * @throws {AppError} when the batch is too large, or when some of it could not be stored now: then all of it may be
 *   sent again, and logs with an `id` are never stored twice.
 */
export async function acceptLogs(deps: Deps, scope: OrgScope, inputs: readonly unknown[]): Promise<LogBatchResult> {
  if (inputs.length > LIMITS.batchLogs) {
    throw new AppError(
      'too_many_items',
      `A batch may hold at most ${LIMITS.batchLogs} logs; this one holds ${inputs.length}.`,
      { param: 'logs' },
    );
  }
  const receipts: LogReceipt[] = [];
  const accepted: { receipt: LogReceipt; request: LoggedRequest }[] = [];
  inputs.forEach((input, index) => {
    try {
      const request = toRequest(deps, scope, input);
      const receipt: LogReceipt = { index, id: request.id, status: 'created' };
      receipts.push(receipt);
      accepted.push({ receipt, request });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      receipts.push({ index, id: givenId(input), status: 'rejected', error: error.toDetail() });
    }
  });
  const verdicts = await deps.requestWriter.add(accepted.map(({ request }) => toRequestRecord(scope, request)));
  accepted.forEach(({ receipt }, place) => {
    receipt.status = verdicts[place] ?? 'rejected';
    if (receipt.status === 'rejected') receipt.error = unstorable().toDetail();
  });
  return summarize(receipts);
}

/** Counts the verdicts. */
export function summarize(results: LogReceipt[]): LogBatchResult {
  const count = (status: LogReceipt['status']) => results.filter((receipt) => receipt.status === status).length;
  return { created: count('created'), duplicate: count('duplicate'), rejected: count('rejected'), results };
}

/** @throws {AppError} `unstorable`: what Postgres refused although we found nothing wrong. */
export function unstorable(): AppError {
  return new AppError('unstorable', 'The database refused a value of this log.');
}

/** The id a rejected item came with, so that its sender can tell which one it was. */
export function givenId(input: unknown): RequestId | null {
  const id = typeof input === 'object' && input !== null && 'id' in input ? input.id : null;
  return RequestId.safeParse(id).data ?? null;
}

function toRequest(deps: Deps, scope: OrgScope, input: unknown): LoggedRequest {
  const item = requireObject(input, 'log');
  // First, in the words of the caller: an identifier that would have to be repaired names another thing.
  const log = parseLog(item);
  const { truncated, problem } = sanitize(log);
  if (problem) throw new AppError(problem.code, problem.message);
  const now = deps.clock();
  checkStartedAt(log.started_at, now);
  return toLoggedRequest(log, { org_id: scope.org_id, id: newRequestId(deps, now), now, truncated });
}

function newRequestId(deps: Deps, now: Date): RequestId {
  return deps.newId(now.getTime()) as RequestId; // A UUID of our own making.
}

/** @throws {AppError} for an item that is no JSON object. */
export function requireObject(input: unknown, noun: string): JsonObject {
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
