/** From a parsed log to the request as it will be stored. Pure. */
import { type AnswerEnd, readAnswerEnd } from '#shared/conversation/answerError';
import { endOfReason, readFinishReason } from '#shared/conversation/finishReason';
import { readResponseModel } from '#shared/conversation/responseModel';
import { readUsage, type TokenUsage } from '#shared/conversation/usage';
import type { ApiKeyId, OrgId, RequestId } from '#shared/primitives';
import type { LoggedRequest, ParsedLog } from '#shared/request';
import type { JsonBytes } from '#server/db/binaryRowEncoder';
import { priceRequest } from '#server/pricing/cost';
import type { CustomPrices } from '#server/pricing/customPrices';
import { readAnsweredTier } from '#server/pricing/usageDetails';
import { hashRequest, NOT_HASHED } from '#server/requests/requestHashes';
import { cutError, cutTags } from './cutFields.ts';
import { previewInput, previewOutput } from './preview.ts';

export interface Arrival {
  readonly org_id: OrgId;
  /** Null: not by a key. */
  readonly api_key_id: ApiKeyId | null;
  /** Makes the id where the caller gave none. */
  readonly newId: () => RequestId;
  readonly now: Date;
  /** The prices of the organization. */
  readonly prices: CustomPrices;
  /** A string was cut on the way in. */
  readonly truncated: boolean;
  /** A character was replaced on the way in. */
  readonly sanitized: boolean;
  /** What it was parsed from, where nothing of it was cut or replaced since. */
  readonly source?: JsonBytes | undefined;
}

const NOTHING = { value: null, isCut: false } as const;

/** Fills in what the caller left out: id, times, status, previews, cost. */
export function toLoggedRequest(log: ParsedLog, arrival: Arrival): LoggedRequest {
  const latency_ms = log.latency_ms ?? null;
  const started_at = log.started_at ? new Date(log.started_at) : new Date(arrival.now.getTime() - (latency_ms ?? 0));
  const end = endOf(log);
  const told = log.error ?? end?.error;
  const { value: error, isCut: isErrorCut } = told ? cutError(told) : NOTHING;
  const { value: tags, isCut: areTagsCut } = cutTags(log.tags ?? {});
  const finish_reason = log.finish_reason ?? (log.response ? readFinishReason(log.response) : null);
  const response_model = log.response_model ?? readResponseModel(log.response ?? null);
  const usage = usageOf(log);
  const isAsGiven = usage === log && response_model === (log.response_model ?? null);
  const cost = priceRequest(isAsGiven ? log : { ...log, ...usage, response_model }, started_at, arrival.prices);
  // Two logs that were cut may have differed in what is gone, so they must not have the same hash.
  const hashes = arrival.truncated ? NOT_HASHED : hashRequest(log, arrival.source);
  return {
    org_id: arrival.org_id,
    id: log.id ?? arrival.newId(),
    started_at: started_at.toISOString(),
    created_at: arrival.now.toISOString(),
    model: log.model,
    response_model,
    provider: log.provider,
    endpoint: log.endpoint ?? null,
    name: log.name ?? null,
    status: log.status ?? (log.error ? 'error' : (end?.status ?? endOfReason(finish_reason) ?? 'success')),
    error,
    finish_reason,
    stream: log.stream ?? null,
    latency_ms,
    ttft_ms: log.ttft_ms ?? null,
    // One literal, field by field: an object put together from others costs several times as much.
    input_tokens: usage.input_tokens ?? null,
    output_tokens: usage.output_tokens ?? null,
    cached_input_tokens: usage.cached_input_tokens ?? null,
    cache_write_tokens: usage.cache_write_tokens ?? null,
    reasoning_tokens: usage.reasoning_tokens ?? null,
    audio_input_tokens: usage.audio_input_tokens ?? null,
    audio_output_tokens: usage.audio_output_tokens ?? null,
    output_images: log.output_images ?? null,
    media_seconds: log.media_seconds ?? null,
    cost_usd: cost.cost_usd,
    cost_source: cost.cost_source,
    cost_status: cost.cost_status,
    price_version: cost.price_version,
    service_tier: log.service_tier ?? readAnsweredTier(log.response ?? null),
    provider_request_id: log.provider_request_id ?? null,
    prompt_slug: log.prompt_slug ?? null,
    prompt_version: log.prompt_version ?? null,
    trace_id: log.trace_id ?? null,
    parent_id: log.parent_id ?? null,
    user_id: log.user_id ?? null,
    session_id: log.session_id ?? null,
    environment: log.environment ?? null,
    release: log.release ?? null,
    tags,
    input_preview: previewInput(log.messages),
    output_preview: previewOutput(log.response_content ?? null, log.response ?? null),
    api_key_id: arrival.api_key_id,
    truncated: arrival.truncated || isErrorCut || areTagsCut,
    sanitized: arrival.sanitized,
    request_hash: hashes.request_hash,
    prefix_hash: hashes.prefix_hash,
    messages: log.messages,
    response_content: log.response_content ?? null,
    response: log.response ?? null,
    parameters: log.parameters ?? null,
    tools: log.tools ?? null,
    prompt_variables: log.prompt_variables ?? null,
    metadata: log.metadata ?? null,
    sdk: log.sdk ?? null,
  };
}

/** What the answer tells of its end, where the caller does not. */
function endOf({ status, error, response, response_content }: ParsedLog): AnswerEnd | null {
  const isTold = (status ?? 'error') !== 'error' || Boolean(error);
  return isTold || !response ? null : readAnswerEnd(response, Boolean(response_content));
}

/** Token counts as a log has them. */
type ReportedUsage = { readonly [name in keyof TokenUsage]?: number | null | undefined };

/** What the log reports. Where it reports no count at all, what the response itself says. */
function usageOf(log: ParsedLog): ReportedUsage {
  const isReported =
    typeof log.input_tokens === 'number' ||
    typeof log.output_tokens === 'number' ||
    typeof log.cached_input_tokens === 'number' ||
    typeof log.cache_write_tokens === 'number' ||
    typeof log.reasoning_tokens === 'number' ||
    typeof log.audio_input_tokens === 'number' ||
    typeof log.audio_output_tokens === 'number';
  return isReported ? log : (readUsage(log.response ?? null) ?? log);
}
