/** Stores logs that were read (readLogs.ts): group writer → receipt. */
import type { RequestId } from '#shared/primitives';
import type { LogBatchResult } from '#shared/request';
import type { OrgScope } from '#server/auth/orgScope';
import type { Deps } from '#server/deps';
import { type ReadItems, type Sender, storeItems, unstorable } from './batchItems.ts';
import { LONG_JSON, type ReadLog, readLogs } from './readLogs.ts';

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
 * @throws {AppError} that it could not be stored now, or not at all.
 */
export async function storeLog(deps: Deps, scope: OrgScope, { id, row, json, isCut }: ReadLog): Promise<StoredLog> {
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
 * Stores the logs of a batch.
 * @throws {AppError} as `storeItems`.
 */
export function storeLogs(deps: Deps, scope: OrgScope, items: ReadItems): Promise<LogBatchResult> {
  return storeItems(items, {
    noun: 'log',
    writer: deps.requestWriter,
    onResult: (result) => deps.healthCounts.addBatch(scope, 'logs', result),
  });
}

/**
 * Reads and stores a batch; each log stands alone.
 * @throws {AppError} as `readLogs` and `storeLogs`.
 */
export async function acceptLogs(deps: Deps, sender: Sender, inputs: readonly unknown[]): Promise<LogBatchResult> {
  const prices = await deps.prices.of(sender.scope);
  return storeLogs(deps, sender.scope, readLogs(deps, { ...sender, prices }, inputs));
}
