/** The facts of one call as a record of the wire contract. Pure. */
import { normalizeIdentifier, normalizeTags } from './normalize.js';
import type { CallEnd, CallStart } from './callRecorder.js';
import { hideCredentials } from './redaction/credentials.js';
import type { TokenCounts } from './modelCall.js';
import type { RecordSettings } from './settings.js';
import { setOwn } from '../runtime/values.js';
import type { JsonObject, LogInput, Tags } from '../wire.js';

/** Who sends; the same for every record of a process. */
export interface SdkInfo {
  readonly name: string;
  readonly version: string;
  readonly runtime: string;
}

export function buildLog(start: CallStart, end: CallEnd, settings: RecordSettings, sdk: SdkInfo): LogInput {
  const { input, extras, span } = start;
  const { output } = end;
  const counts: TokenCounts = output?.counts ?? {};
  // A parent of another trace would tie two trees together.
  const isInStep = span !== undefined && (extras.traceId === undefined || extras.traceId === span.traceId);
  const metadata = ownMetadata(start, end, settings);
  // All at once: an object that grows field by field costs more. JSON leaves out what is undefined.
  const log: LogInput = {
    id: String(start.id),
    endpoint: start.method.endpoint,
    provider: start.provider,
    model: normalizeIdentifier(input.model) ?? output?.responseModel ?? 'unknown',
    messages: input.messages,
    started_at: new Date(start.startedAtMs).toISOString(),
    status: end.status,
    stream: input.isStream,
    // Shared by all records: nothing changes it, and the mask gets a copy.
    sdk: sdk as { name: string; version: string; runtime: string },
    response_model: output?.responseModel,
    response: output?.response,
    response_content: output?.responseContent,
    finish_reason: output?.finishReason,
    service_tier: output?.serviceTier,
    error: end.error,
    latency_ms: end.latencyMs,
    ttft_ms: end.ttftMs,
    input_tokens: counts.input_tokens,
    output_tokens: counts.output_tokens,
    cached_input_tokens: counts.cached_input_tokens,
    cache_write_tokens: counts.cache_write_tokens,
    reasoning_tokens: counts.reasoning_tokens,
    audio_input_tokens: counts.audio_input_tokens,
    audio_output_tokens: counts.audio_output_tokens,
    cost_usd: output?.costUsd,
    parameters: input.parameters,
    tools: input.tools,
    prompt_slug: extras.promptSlug,
    prompt_version: extras.promptVersion,
    prompt_variables: input.variables,
    trace_id: extras.traceId ?? span?.traceId,
    parent_id: extras.parentId ?? (isInStep ? span.spanId : undefined),
    name: extras.name,
    tags: mergeTags(settings.tags, span?.tags, extras.tags),
    user_id: extras.userId ?? span?.userId ?? normalizeIdentifier(input.user),
    session_id: extras.sessionId ?? span?.sessionId,
    environment: settings.environment,
    release: settings.release,
    provider_request_id: normalizeIdentifier(end.providerRequestId),
    metadata: input.metadata ? { ...metadata, ...input.metadata } : metadata,
  };
  hideCredentials(log);
  return log;
}

/** What has no field of its own. The caller's metadata wins where names meet. */
function ownMetadata(start: CallStart, end: CallEnd, settings: RecordSettings): JsonObject {
  const metadata: JsonObject = { ...end.notes };
  const { output } = end;
  if (output?.rawUsage !== undefined) metadata.usage = output.rawUsage;
  if (start.providerHost !== undefined) metadata.provider_host = start.providerHost;
  if (end.errorClass !== undefined) metadata.error_class = end.errorClass;
  if (end.httpStatus !== undefined) metadata.http_status = end.httpStatus;
  if (end.isRetried) metadata.retried = true;
  if (end.isAbandoned) metadata.abandoned = true;
  if (start.input.isTruncated || output?.isTruncated) metadata.truncated = true;
  if (settings.sampleRate < 1) metadata.sample_rate = settings.sampleRate;
  if (start.openTelemetryTraceId !== undefined) metadata.otel_trace_id = start.openTelemetryTraceId;
  return metadata;
}

function mergeTags(...sources: (Record<string, unknown> | undefined)[]): Tags | undefined {
  let merged: Tags | undefined;
  for (const source of sources) {
    const tags = source && normalizeTags(source);
    for (const name in tags) {
      merged ??= {};
      setOwn(merged, name, tags[name] as string);
    }
  }
  return merged;
}
