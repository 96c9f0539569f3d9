/** The facts of one call as a record of the wire contract. Pure. */
import { cleanTags } from './clean.js';
import type { CallEnd, CallStart } from './callRecorder.js';
import { hideCredentials } from './credentials.js';
import type { Settings } from './options.js';
import type { JsonObject, LogInput, Tags } from './wire.js';

/** Who sends; the same for every record of a process. */
export interface SdkInfo {
  readonly name: string;
  readonly version: string;
  readonly runtime: string;
}

export function toLog(start: CallStart, end: CallEnd, settings: Settings, sdk: SdkInfo): LogInput {
  const { input, extras, span, fields } = start;
  const { output } = end;
  const log: LogInput = {
    id: String(start.id),
    endpoint: start.method.endpoint,
    provider: start.provider,
    model: input.model ?? output?.responseModel ?? 'unknown',
    messages: input.messages,
    started_at: new Date(start.startedAtMs).toISOString(),
    status: end.status,
    stream: input.isStream,
    // Shared by all records: nothing changes it, and the mask gets a copy.
    sdk: sdk as { name: string; version: string; runtime: string },
  };
  set(log, 'response_model', output?.responseModel);
  set(log, 'response', output?.response);
  set(log, 'response_content', output?.responseContent);
  set(log, 'finish_reason', output?.finishReason);
  set(log, 'service_tier', output?.serviceTier);
  set(log, 'error', end.error);
  set(log, 'latency_ms', end.latencyMs);
  set(log, 'ttft_ms', end.ttftMs);
  if (output) Object.assign(log, output.counts);
  set(log, 'parameters', input.parameters);
  set(log, 'tools', input.tools);
  set(log, 'prompt_slug', extras.promptSlug);
  set(log, 'prompt_version', extras.promptVersion);
  set(log, 'prompt_variables', input.variables);
  set(log, 'trace_id', extras.traceId ?? span?.traceId);
  // A parent of another trace would tie two trees together.
  const isInSpan = span !== undefined && (extras.traceId === undefined || extras.traceId === span.traceId);
  set(log, 'parent_id', extras.parentId ?? (isInSpan ? span.spanId : undefined));
  set(log, 'name', extras.name);
  set(log, 'tags', mergeTags(settings.tags, fields?.tags, extras.tags));
  set(log, 'user_id', extras.userId ?? fields?.userId ?? input.userId);
  set(log, 'session_id', extras.sessionId ?? fields?.sessionId);
  set(log, 'environment', settings.environment);
  set(log, 'release', settings.release);
  set(log, 'provider_request_id', end.providerRequestId);
  log.metadata = { ...ownMetadata(start, end, settings), ...input.metadata };
  hideCredentials(log);
  return log;
}

/** What has no field of its own. The caller's metadata wins where names meet. */
function ownMetadata(start: CallStart, end: CallEnd, settings: Settings): JsonObject {
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
  for (const source of sources) if (source) merged = { ...merged, ...cleanTags(source) };
  return merged && Object.keys(merged).length > 0 ? merged : undefined;
}

function set<K extends keyof LogInput>(log: LogInput, key: K, value: LogInput[K] | undefined): void {
  if (value !== undefined) log[key] = value;
}
