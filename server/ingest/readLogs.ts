/** From a log as it came to its row: validate → clean → price → encode. Nothing here waits, or knows who waits for it. */
import { stringifyExactJson } from '#shared/exactJson';
import type { RequestId } from '#shared/primitives';
import type { LoggedRequest } from '#shared/request';
import type { EncodedRow, JsonBytes } from '#server/db/binaryRowEncoder';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import type { CustomPrices } from '#server/pricing/customPrices';
import { requestRowType } from '#server/requests/repository';
import { checkStartedAt, type ReadItems, readItems, requireObject, type Sender } from './batchItems.ts';
import { parseLog } from './parseLog.ts';
import { type Sanitized, sanitize } from './sanitize.ts';
import { toLoggedRequest } from './toLoggedRequest.ts';

/** Fields that may be long, and are stored as JSON. */
const JSON_FIELDS = ['messages', 'response', 'parameters', 'tools', 'prompt_variables', 'metadata'] as const;
const CLOSING_BRACE = Buffer.from('}');
/** Characters from which on an answer waits outside of the heap. */
export const LONG_JSON = 16 * 1024;

/** What logs were parsed from. */
export interface LogSource extends JsonBytes {
  /** False where no text of them can hold what Postgres does not store. */
  readonly mayBeUnstorable: boolean;
}

/** What the server adds to a log: the time of its arrival, and an id where it has none. */
export type Arriving = Pick<Deps, 'clock' | 'newId'>;

/** A log that can be stored. */
export interface ReadLog {
  readonly id: RequestId;
  readonly row: EncodedRow;
  /** The request as JSON, as it will be stored: text, or bytes where it is long. */
  readonly json: string | Buffer;
  /** Something of it was cut. */
  readonly isCut: boolean;
}

/** @throws {AppError} what is wrong with the log. */
export function readLog(arriving: Arriving, sender: PricedSender, input: unknown, source?: LogSource): ReadLog {
  const { request, unchanged } = toRequest(arriving, sender, input, source);
  const row = requestRowType.encode(sender.scope, request, unchanged);
  return { id: request.id, row, json: writeAnswer(request, unchanged), isCut: request.truncated };
}

/** The request as JSON; a long one as bytes. */
function writeAnswer(request: LoggedRequest, source: LogSource | undefined): string | Buffer {
  const given = JSON_FIELDS.flatMap((name) => {
    const value = request[name];
    const json = typeof value === 'object' && value !== null ? source?.jsonOf(value) : undefined;
    return json ? [[name, json] as const] : [];
  });
  if (given.length > 0) {
    const rest = { ...request, ...Object.fromEntries(given.map(([name]) => [name, undefined])) };
    const pieces: Uint8Array[] = [Buffer.from(stringifyExactJson(rest).slice(0, -1))];
    for (const [name, json] of given) pieces.push(Buffer.from(`,"${name}":`), json);
    return Buffer.concat([...pieces, CLOSING_BRACE]);
  }
  const json = stringifyExactJson(request);
  return json.length > LONG_JSON ? Buffer.from(json) : json;
}

/**
 * Each log stands alone.
 * @throws {AppError} as `readItems`.
 */
export function readLogs(
  arriving: Arriving,
  sender: PricedSender,
  inputs: readonly unknown[],
  source?: LogSource,
): ReadItems {
  return readItems(inputs, {
    noun: 'log',
    toRow(input) {
      const { request, cleaning, unchanged } = toRequest(arriving, sender, input, source);
      return { id: request.id, row: requestRowType.encode(sender.scope, request, unchanged), cleaning };
    },
  });
}

/** Who logs, with the prices that the organization has set. */
export interface PricedSender extends Sender {
  readonly prices: CustomPrices;
}

export interface AcceptedLog {
  readonly request: LoggedRequest;
  readonly cleaning: Sanitized;
  /** What it was parsed from, where nothing of it was cut or replaced since. */
  readonly unchanged: LogSource | undefined;
}

/**
 * From a log as it came to the request as it is stored.
 * @throws {AppError} what is wrong with the log.
 */
export function toRequest(arriving: Arriving, sender: PricedSender, input: unknown, source?: LogSource): AcceptedLog {
  const item = requireObject(input, 'log');
  // First, in the words of the caller: an identifier that would have to be repaired names another thing.
  const log = parseLog(item);
  const cleaning = sanitize(log, 'log', source?.mayBeUnstorable);
  const { truncated, replaced, problem } = cleaning;
  if (problem) throw new AppError(problem.code, problem.message);
  const now = arriving.clock();
  checkStartedAt(log.started_at, now);
  const unchanged = truncated || replaced ? undefined : source;
  const arrival = {
    org_id: sender.scope.org_id,
    api_key_id: sender.api_key_id,
    newId: () => newRequestId(arriving, now),
    now,
    prices: sender.prices,
    truncated,
    sanitized: replaced,
    source: unchanged,
  };
  const request = toLoggedRequest(log, arrival);
  // Its error and its tags may have been cut besides.
  return { request, cleaning: { ...cleaning, truncated: request.truncated }, unchanged };
}

function newRequestId({ newId }: Pick<Arriving, 'newId'>, now: Date): RequestId {
  return newId(now.getTime()) as RequestId; // A UUID of our own making.
}
