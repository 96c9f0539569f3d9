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
import { SpanContents } from './spanContents.js';
import type { SpanContent, SpanFields, SpanOptions, Trace, TraceOptions } from './types.js';
import { newId } from '../runtime/uuid.js';
import { toMicroseconds } from '../runtime/values.js';
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

/** Values that the metadata may take: the server counts those of the whole span, and content takes most of them. */
const METADATA_VALUES = 18_000;

class ActiveSpan implements Trace {
  readonly ambient: AmbientSpan;
  readonly #findHost: () => SpanHost | undefined;
  readonly #name: string;
  readonly #parentId: string | undefined;
  readonly #startedAtMs = Date.now();
  readonly #startedMonotonicMs = monotonicMs();
  readonly #kind: string | undefined;
  /** Only where something is to be kept. */
  #contents: SpanContents | undefined;
  #isEnded = false;

  constructor(findHost: () => SpanHost | undefined, name: string, options: TraceOptions) {
    const around = currentSpan();
    const traceId = normalizeIdentifier(options.traceId) ?? around?.traceId ?? newId();
    this.#findHost = findHost;
    this.#name = normalizeIdentifier(name) ?? 'unnamed';
    this.#parentId = normalizeIdentifier(options.parentId) ?? (around?.traceId === traceId ? around.spanId : undefined);
    const { tags, metadata, userId, sessionId } = options;
    this.ambient = { traceId, spanId: newId(), fields: { ...around?.fields }, owner: this };
    mergeFields(this.ambient.fields, { tags, metadata, userId, sessionId });
    this.#kind = normalizeIdentifier(options.kind);
    if (options.input !== undefined || options.output === true) this.#begin(options);
  }

  get id(): string {
    return this.ambient.traceId;
  }

  get spanId(): string {
    return this.ambient.spanId;
  }

  span<R>(name: string, fn: (span: Trace) => R, options?: SpanOptions): R {
    return spanUnder(this.ambient, { findHost: this.#findHost, name, options }, fn);
  }

  set(fields: SpanFields & SpanContent): void {
    guard('set fields of a span', () => {
      mergeFields(this.ambient.fields, fields);
      this.setContent(fields);
    });
  }

  /** Sets what this span was given and gave back; the spans below it keep their own. */
  setContent({ input, output }: SpanContent): void {
    if (input === undefined && output === undefined) return;
    const contents = this.#contents ?? this.#begin({});
    contents?.setInput(input);
    contents?.setOutput(output);
  }

  end(failure?: { thrown: unknown }, value?: unknown): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    guard('record a span', () => {
      const host = this.#findHost();
      if (!host) return;
      const contents = this.#contents;
      contents?.keepResult(value);
      const copier = new Snapshot({ fieldLength: 100_000, values: METADATA_VALUES });
      const span = this.#toSpan(host.settings, failure, copier);
      if (this.#kind !== undefined) span.kind = this.#kind;
      contents?.addTo(span);
      host.recordSpan(span, copier.size + (contents?.size ?? 0) + 400, failure !== undefined);
    });
  }

  /** Nothing is copied where nothing is recorded. */
  #begin(options: SpanOptions): SpanContents | undefined {
    const host = this.#findHost();
    if (host) this.#contents = new SpanContents(host.settings, options);
    return this.#contents;
  }

  #toSpan(settings: RecordSettings, failure: { thrown: unknown } | undefined, copier: Snapshot): SpanInput {
    const { traceId, spanId, fields } = this.ambient;
    const span: SpanInput = {
      id: spanId,
      trace_id: traceId,
      name: this.#name,
      started_at: new Date(this.#startedAtMs).toISOString(),
      latency_ms: toMicroseconds(monotonicMs() - this.#startedMonotonicMs),
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
function endOf(span: ActiveSpan): (failure?: { thrown: unknown }, value?: unknown) => void {
  return (failure, value) => span.end(failure, value);
}

/** What `fn` gets where a span could not even begin. */
const NO_TRACE: Trace = { id: '', spanId: '', span: (_, fn) => fn(NO_TRACE), set() {} };

function handleOf(ambient: AmbientSpan, findHost: () => SpanHost | undefined): Trace {
  return {
    id: ambient.traceId,
    spanId: ambient.spanId,
    span: (name, fn, options) => spanUnder(ambient, { findHost, name, options }, fn),
    set(fields) {
      guard('set fields of a span', () => {
        mergeFields(ambient.fields, fields);
        ambient.owner?.setContent(fields);
      });
    },
  };
}

/** Under the span it was called on, also where the runtime carries no context. */
function spanUnder<R>(
  parent: AmbientSpan,
  {
    findHost,
    name,
    options = {},
  }: { findHost: () => SpanHost | undefined; name: string; options: SpanOptions | undefined },
  fn: (span: Trace) => R,
): R {
  const { tags, metadata, userId, sessionId } = parent.fields;
  const { kind, input, output } = options;
  const place = { traceId: parent.traceId, parentId: parent.spanId, tags, metadata, userId, sessionId };
  return runSpan(findHost, name, fn, { ...place, kind, input, output });
}

function mergeFields(target: SpanFields, { tags, metadata, userId, sessionId }: SpanFields): void {
  if (tags) target.tags = { ...target.tags, ...tags };
  if (metadata) target.metadata = { ...target.metadata, ...metadata };
  if (userId !== undefined) target.userId = userId;
  if (sessionId !== undefined) target.sessionId = sessionId;
}
