/** Logs and spans that come by REST: their bodies are read, their rows are stored, and the answer says what became of each. */
import type { z } from 'zod';
import type { LogBatchResult, StoredRequest } from '#shared/request';
import type { Caller } from '#server/auth/authenticate';
import type { Deps } from '#server/deps';
import type { AdmittedBody } from '#server/http/admittedBody';
import { storeLog, storeLogs, type StoredLog } from '#server/ingest/acceptLogs';
import { storeSpans } from '#server/ingest/acceptSpans';
import { NO_CUSTOM_PRICES } from '#server/pricing/customPrices';
import { getRequest } from '#server/requests/service';
import { ApiResponse, StreamedAnswer } from './apiResponse.ts';
import type { IngestBody } from './ingestBody.ts';

type LogsAnswer = ApiResponse<z.output<typeof StoredRequest> | LogBatchResult> | StreamedAnswer;

/**
 * Stores one log, or a batch.
 * @throws {AppError} what is wrong with the body or its one log; 503 where it could not be stored now.
 */
export async function receiveLogs(deps: Deps, caller: Caller, body: AdmittedBody): Promise<LogsAnswer> {
  const { scope, api_key_id } = caller;
  const prices = await deps.prices.of(scope);
  const context = { kind: 'logs', scope, api_key_id, prices, now: deps.clock() } as const;
  // What came in is let go of once it was read: it must not wait with its rows.
  return deps.ingestWorkers.read(body, context).then((read) => storeRead(deps, caller, read));
}

/**
 * Stores a batch of spans.
 * @throws {AppError} as `receiveLogs`.
 */
export function receiveSpans(deps: Deps, caller: Caller, body: AdmittedBody): Promise<ApiResponse<LogBatchResult>> {
  const { scope, api_key_id } = caller;
  const context = { kind: 'spans', scope, api_key_id, prices: NO_CUSTOM_PRICES, now: deps.clock() } as const;
  return deps.ingestWorkers.read(body, context).then((read) => {
    if (read.kind !== 'spans') throw new Error('A body of spans was read as something else.');
    return storeSpans(deps, scope, read.items).then(batchAnswer);
  });
}

function storeRead(deps: Deps, caller: Caller, read: IngestBody): Promise<LogsAnswer> {
  const { scope } = caller;
  switch (read.kind) {
    case 'log':
      return storeLog(deps, scope, read.log).then((stored) => logAnswer(deps, caller, stored));
    case 'refused log':
      deps.healthCounts.add(scope, 'logs', 'rejected');
      throw read.error;
    case 'logs':
      return storeLogs(deps, scope, read.items).then(batchAnswer);
    case 'spans':
      throw new Error('A body of logs was read as spans.');
  }
}

/** 201 with the log as it was stored; 200 with the one that was there before, which may say something else. */
async function logAnswer(
  deps: Deps,
  caller: Caller,
  { id, json, reservation, isDuplicate, isConflict }: StoredLog,
): Promise<ApiResponse<z.output<typeof StoredRequest>> | StreamedAnswer> {
  if (!isDuplicate) return ApiResponse.ofJson(json, reservation);
  reservation?.release();
  return new StreamedAnswer(await getRequest(deps, caller.scope, id, { isConflict }), {
    status: 200,
    headers: { 'X-PromptLab-Duplicate': 'true', ...(isConflict ? { 'X-PromptLab-Conflict': 'true' } : {}) },
  });
}

/** 201 all stored, 207 some rejected, 400 all rejected; the verdicts are in the body. */
function batchAnswer(result: LogBatchResult): ApiResponse<LogBatchResult> {
  const isAllRejected = result.rejected > 0 && result.rejected === result.results.length;
  return new ApiResponse(result, { status: isAllRejected ? 400 : result.rejected > 0 ? 207 : 201 });
}
