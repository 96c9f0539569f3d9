/** The write path of a log, top to bottom: clean → validate → price → group writer → receipt. */
import type { z } from 'zod';
import { type Instant, type JsonObject, type JsonValue, LIMITS, RequestId } from '#shared/primitives';
import { LogFields, type LogBatchResult, LogInput, type LoggedRequest, type LogReceipt } from '#shared/request';
import type { OrgScope } from '#server/auth/orgScope';
import type { Deps } from '#server/deps';
import { AppError, fromZodError } from '#server/errors';
import { toRequestRecord } from '#server/requests/repository';
import { hasUnstorable, sanitize } from './sanitize.ts';
import { toLoggedRequest } from './toLoggedRequest.ts';

const KNOWN_FIELDS = new Set(Object.keys(LogFields.shape));

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
): Promise<{ request: LoggedRequest; json: string; isDuplicate: boolean }> {
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
  checkIdentifiers(item, LogFields.shape);
  const { truncated, problem } = sanitize(item);
  if (problem) throw new AppError(problem.code, problem.message);
  const { known, unknown } = splitFields(item);
  const parsed = LogInput.safeParse(known);
  if (!parsed.success) throw fromZodError(parsed.error, 'The log');
  const now = deps.clock();
  checkStartedAt(parsed.data.started_at, now);
  return toLoggedRequest(parsed.data, {
    org_id: scope.org_id,
    id: RequestId.parse(deps.newId(now.getTime())),
    now,
    truncated,
    unknown,
  });
}

/** @throws {AppError} for an item that is no JSON object. */
export function requireObject(input: unknown, noun: string): JsonObject {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) {
    return input as JsonObject; // It was parsed from JSON.
  }
  throw new AppError('invalid_value', `A ${noun} must be a JSON object.`);
}

/**
 * Before texts are repaired: an identifier that was changed would name another thing, so it is refused instead. Words,
 * which their schema takes in any form, pass.
 * @throws {AppError} naming the field.
 */
export function checkIdentifiers(item: JsonObject, shape: Readonly<Record<string, z.ZodType>>): void {
  for (const [name, value] of Object.entries(item)) {
    if (!Object.hasOwn(shape, name)) continue;
    const isUnclean =
      typeof value === 'string'
        ? hasUnstorable(value)
        : name === 'tags' && hasUnstorable(Object.keys(value ?? {}).join(' '));
    if (!isUnclean || shape[name]?.safeParse(value).success) continue;
    throw new AppError('invalid_value', `\`${name}\` must be well-formed text without control characters.`, {
      param: name,
    });
  }
}

/** Before validation, so that a field named `__proto__` stays data and never becomes a prototype. */
function splitFields(item: JsonObject): { known: JsonObject; unknown: JsonObject | null } {
  const known: JsonObject = {};
  const unknown: [string, JsonValue][] = [];
  for (const [name, value] of Object.entries(item)) {
    if (KNOWN_FIELDS.has(name)) known[name] = value;
    else unknown.push([name, value]);
  }
  return { known, unknown: unknown.length > 0 ? Object.fromEntries(unknown) : null };
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
