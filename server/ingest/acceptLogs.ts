/** The write path of a log, top to bottom: validate → clean → price → encode → group writer → receipt. */
import { stringifyExactJson } from '#shared/exactJson';
import type { RequestId } from '#shared/primitives';
import type { LogBatchResult, LoggedRequest } from '#shared/request';
import type { OrgScope } from '#server/auth/orgScope';
import type { EncodedRow, JsonBytes } from '#server/db/binaryRowEncoder';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import type { CustomPrices } from '#server/pricing/customPrices';
import { requestRowType } from '#server/requests/repository';
import { acceptBatch, checkStartedAt, requireObject, type Sender, unstorable } from './acceptBatch.ts';
import { parseLog } from './parseLog.ts';
import { type Sanitized, sanitize } from './sanitize.ts';
import { toLoggedRequest } from './toLoggedRequest.ts';

/** Fields that may be long, and are stored as JSON. */
const JSON_FIELDS = ['messages', 'response', 'parameters', 'tools', 'prompt_variables', 'metadata'] as const;
const CLOSING_BRACE = Buffer.from('}');
/** Characters from which on an answer waits outside of the heap. */
const LONG_JSON = 16 * 1024;

/** What logs were parsed from. */
export interface LogSource extends JsonBytes {
  /** False where no text of them can hold what Postgres does not store. */
  readonly mayBeUnstorable: boolean;
}

/** A log that is stored. */
export interface StoredLog {
  readonly id: RequestId;
  /** An earlier log of this id was there, and was kept. */
  readonly isDuplicate: boolean;
  /** That earlier log said something else. */
  readonly isConflict: boolean;
  /** The request as JSON, as it is stored. */
  readonly json: string | Buffer;
  /** The place of a long `json` among the answers in flight. */
  readonly reservation: ReturnType<Deps['answers']['reserve']> | null;
}

/**
 * Stores one log. Resolves when it is committed, so that the next read sees it.
 * @throws {AppError} what is wrong with the log, or that it could not be stored now.
 */
export async function acceptLog(deps: Deps, sender: Sender, input: unknown, source?: LogSource): Promise<StoredLog> {
  const priced = { ...sender, prices: await deps.prices.of(sender.scope) };
  const { request, unchanged } = readOrCount(deps, priced, input, source);
  const row = requestRowType.encode(sender.scope, request, unchanged);
  const log = { id: request.id, row, json: writeAnswer(request, unchanged), isCut: request.truncated };
  return storeLog(deps, sender.scope, log);
}

/** @throws {AppError} what is wrong with the log, which is then counted as rejected. */
function readOrCount(deps: Deps, sender: PricedSender, input: unknown, source: LogSource | undefined): AcceptedLog {
  try {
    return toRequest(deps, sender, input, source);
  } catch (error) {
    if (error instanceof AppError) deps.healthCounts.add(sender.scope, 'logs', 'rejected');
    throw error;
  }
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

/** Knows nothing of what came in, as the second half of `acceptBatch`. */
async function storeLog(
  deps: Deps,
  scope: OrgScope,
  { id, row, json, isCut }: { id: RequestId; row: EncodedRow; json: string | Buffer; isCut: boolean },
): Promise<StoredLog> {
  // Before it is stored: where the answer has no room, the log is refused and can be sent again.
  const reservation = json.length > LONG_JSON ? deps.answers.reserve(row.tenant, json.length) : null;
  try {
    const [verdict] = await deps.requestWriter.add([row]);
    if (verdict === 'created') {
      deps.healthCounts.add(scope, 'logs', 'accepted');
      if (isCut) deps.healthCounts.add(scope, 'logs', 'truncated');
    } else deps.healthCounts.add(scope, 'logs', verdict === 'rejected' ? 'rejected' : 'duplicate');
    if (verdict === 'rejected') throw unstorable('log');
    return { id, isDuplicate: verdict !== 'created', isConflict: verdict === 'conflict', json, reservation };
  } catch (error) {
    reservation?.release();
    throw error;
  }
}

/**
 * Stores a batch; each log stands alone.
 * @throws {AppError} as `acceptBatch`.
 */
export async function acceptLogs(
  deps: Deps,
  sender: Sender,
  inputs: readonly unknown[],
  source?: LogSource,
): Promise<LogBatchResult> {
  const priced = { ...sender, prices: await deps.prices.of(sender.scope) };
  return acceptBatch(inputs, {
    noun: 'log',
    writer: deps.requestWriter,
    onResult: countResult(deps, sender.scope),
    toRow(input) {
      const { request, cleaning, unchanged } = toRequest(deps, priced, input, source);
      return { id: request.id, row: requestRowType.encode(sender.scope, request, unchanged), cleaning };
    },
  });
}

/** Made here, since it lives until the batch is stored: a closure keeps what any closure beside it uses, such as a `source`. */
function countResult({ healthCounts }: Deps, scope: OrgScope): (result: LogBatchResult) => void {
  return (result) => healthCounts.addBatch(scope, 'logs', result);
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
export function toRequest(
  deps: Pick<Deps, 'clock' | 'newId'>,
  sender: PricedSender,
  input: unknown,
  source?: LogSource,
): AcceptedLog {
  const item = requireObject(input, 'log');
  // First, in the words of the caller: an identifier that would have to be repaired names another thing.
  const log = parseLog(item);
  const cleaning = sanitize(log, 'log', source?.mayBeUnstorable);
  const { truncated, replaced, problem } = cleaning;
  if (problem) throw new AppError(problem.code, problem.message);
  const now = deps.clock();
  checkStartedAt(log.started_at, now);
  const unchanged = truncated || replaced ? undefined : source;
  const arrival = {
    org_id: sender.scope.org_id,
    api_key_id: sender.api_key_id,
    newId: () => newRequestId(deps, now),
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

function newRequestId(deps: Pick<Deps, 'newId'>, now: Date): RequestId {
  return deps.newId(now.getTime()) as RequestId; // A UUID of our own making.
}
