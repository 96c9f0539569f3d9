/** Stores spans that were read (readSpans.ts): group writer → receipt. */
import type { LogBatchResult } from '#shared/request';
import type { OrgScope } from '#server/auth/orgScope';
import type { Deps } from '#server/deps';
import { type ReadItems, type Sender, storeItems } from './batchItems.ts';
import { readSpans } from './readSpans.ts';

/**
 * Stores the spans of a batch.
 * @throws {AppError} as `storeItems`.
 */
export function storeSpans(deps: Deps, scope: OrgScope, items: ReadItems): Promise<LogBatchResult> {
  return storeItems(items, {
    noun: 'span',
    writer: deps.spanWriter,
    onResult: (result) => deps.healthCounts.addBatch(scope, 'spans', result),
  });
}

/**
 * Reads and stores a batch.
 * @throws {AppError} as `readSpans` and `storeSpans`.
 */
export async function acceptSpans(deps: Deps, sender: Sender, inputs: readonly unknown[]): Promise<LogBatchResult> {
  return storeSpans(deps, sender.scope, readSpans(deps, sender, inputs));
}
