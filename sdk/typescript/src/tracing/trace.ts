/** Spans of a trace: `trace()` and `span()` group what happens inside them and are recorded when they end. */
import { normalizeIdentifier, normalizeTags } from '../record/normalize.js';
import { guard } from '../runtime/guard.js';
import { currentSpan, runInSpan, type AmbientSpan } from './context.js';
import { readCallError } from '../record/callError.js';
import type { RecordSettings } from '../record/settings.js';
import { monotonicMs } from '../runtime/runtime.js';
import { Snapshot } from '../record/snapshot.js';
import { knownSecrets } from '../record/redaction/secrets.js';
import { followResult } from './spanResult.js';
import type { SpanFields, Trace, TraceOptions } from './types.js';
import { newId } from '../runtime/uuid.js';
import type { JsonObject, SpanInput } from '../wire.js';

/** Who keeps the record of an ended span. Undefined where nothing is recorded. */
export type RecordSpan = (span: SpanInput, sizeBytes: number, isError: boolean) => void;

/** An instance, as far as a span needs it. */
export interface SpanHost {
  readonly settings: RecordSettings;
  readonly recordSpan: RecordSpan;
}

/** Runs `fn` as one span. Whatever `fn` does, returns or throws reaches the caller unchanged. */
export function runSpan<R>(
  findHost: () => SpanHost | undefined,
  name: string,
  fn: (t: Trace) => R,
  options: TraceOptions = {},
): R {
  const span = guard('begin a span', () => new ActiveSpan(findHost, name, options)) ?? undefined;
  if (!span) return fn(NO_TRACE);
  let result: R;
  try {
    result = runInSpan(span.ambient, () => fn(span));
  } catch (thrown) {
    span.end({ thrown });
    throw thrown;
  }
  const followed = guard('follow a result', () => ({ result: followResult(result, endOf(span), span.ambient) as R }));
  return followed ? followed.result : result;
}

/** The span around the code that runs now. */
export function currentTrace(findHost: () => SpanHost | undefined): Trace | undefined {
  const ambient = currentSpan();
  return ambient && handleOf(ambient, findHost);
}

class ActiveSpan implements Trace {
  readonly ambient: AmbientSpan;
  readonly #findHost: () => SpanHost | undefined;
  readonly #name: string;
  readonly #parentId: string | undefined;
  readonly #startedAtMs = Date.now();
  readonly #startedMonotonicMs = monotonicMs();
  #isEnded = false;

  constructor(findHost: () => SpanHost | undefined, name: string, options: TraceOptions) {
    const around = currentSpan();
    const traceId = normalizeIdentifier(options.traceId) ?? around?.traceId ?? newId();
    this.#findHost = findHost;
    this.#name = normalizeIdentifier(name) ?? 'unnamed';
    this.#parentId = normalizeIdentifier(options.parentId) ?? (around?.traceId === traceId ? around.spanId : undefined);
    const { tags, metadata, userId, sessionId } = options;
    this.ambient = { traceId, spanId: newId(), fields: { ...around?.fields } };
    mergeFields(this.ambient.fields, { tags, metadata, userId, sessionId });
  }

  get id(): string {
    return this.ambient.traceId;
  }

  get spanId(): string {
    return this.ambient.spanId;
  }

  span<R>(name: string, fn: (span: Trace) => R): R {
    return spanUnder(this.ambient, this.#findHost, name, fn);
  }

  set(fields: SpanFields): void {
    guard('set fields of a span', () => mergeFields(this.ambient.fields, fields));
  }

  end(failure?: { thrown: unknown }): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    guard('record a span', () => {
      const host = this.#findHost();
      if (!host) return;
      const copier = new Snapshot({ fieldLength: 100_000 });
      host.recordSpan(this.#toSpan(host.settings, failure, copier), copier.size + 400, failure !== undefined);
    });
  }

  #toSpan(settings: RecordSettings, failure: { thrown: unknown } | undefined, copier: Snapshot): SpanInput {
    const { traceId, spanId, fields } = this.ambient;
    const span: SpanInput = {
      id: spanId,
      trace_id: traceId,
      name: this.#name,
      started_at: new Date(this.#startedAtMs).toISOString(),
      latency_ms: Math.max(0, Math.round((monotonicMs() - this.#startedMonotonicMs) * 1_000) / 1_000),
      status: failure ? 'error' : 'success',
    };
    if (this.#parentId !== undefined) span.parent_id = this.#parentId;
    if (failure) span.error = readCallError(failure.thrown, knownSecrets(settings)).error;
    const tags = { ...normalizeTags(settings.tags), ...normalizeTags(fields.tags ?? {}) };
    if (Object.keys(tags).length > 0) span.tags = tags;
    const metadata = copier.copy(fields.metadata);
    if (typeof metadata === 'object' && metadata !== null) span.metadata = metadata as JsonObject;
    const userId = normalizeIdentifier(fields.userId);
    const sessionId = normalizeIdentifier(fields.sessionId);
    if (userId !== undefined) span.user_id = userId;
    if (sessionId !== undefined) span.session_id = sessionId;
    if (settings.environment !== undefined) span.environment = settings.environment;
    if (settings.release !== undefined) span.release = settings.release;
    return span;
  }
}

/** Made apart from the result, so that a stream that is dropped can be collected. */
function endOf(span: ActiveSpan): (failure?: { thrown: unknown }) => void {
  return (failure) => span.end(failure);
}

/** What `fn` gets where a span could not even begin. */
const NO_TRACE: Trace = { id: '', spanId: '', span: (_, fn) => fn(NO_TRACE), set() {} };

function handleOf(ambient: AmbientSpan, findHost: () => SpanHost | undefined): Trace {
  return {
    id: ambient.traceId,
    spanId: ambient.spanId,
    span: (name, fn) => spanUnder(ambient, findHost, name, fn),
    set(fields) {
      guard('set fields of a span', () => mergeFields(ambient.fields, fields));
    },
  };
}

/** Under the span it was called on, also where the runtime carries no context. */
function spanUnder<R>(
  parent: AmbientSpan,
  findHost: () => SpanHost | undefined,
  name: string,
  fn: (span: Trace) => R,
): R {
  const { tags, metadata, userId, sessionId } = parent.fields;
  const options = { traceId: parent.traceId, parentId: parent.spanId, tags, metadata, userId, sessionId };
  return runSpan(findHost, name, fn, options);
}

function mergeFields(target: SpanFields, { tags, metadata, userId, sessionId }: SpanFields): void {
  if (tags) target.tags = { ...target.tags, ...tags };
  if (metadata) target.metadata = { ...target.metadata, ...metadata };
  if (userId !== undefined) target.userId = userId;
  if (sessionId !== undefined) target.sessionId = sessionId;
}
