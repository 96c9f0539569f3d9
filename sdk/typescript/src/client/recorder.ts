/** Between the patched methods and the queue: begins records, and keeps what ended. One per instance. */
import { NO_EXTRAS, readExtras, stripExtras } from '../record/callExtras.js';
import { CallRecorder, type CallEnd, type CallStart, type CallSpan } from '../record/callRecorder.js';
import { normalizeIdentifier, normalizeTags } from '../record/normalize.js';
import { isAccessor } from '../runtime/accessors.js';
import { guard } from '../runtime/guard.js';
import { currentSpan, findStore, type AmbientSpan } from '../tracing/context.js';
import { settlingCalls } from '../tracing/spanResult.js';
import type { Delivery } from '../delivery/delivery.js';
import { watchExit } from '../delivery/exitFlush.js';
import { BackgroundCalls } from '../providers/openai/background.js';
import { readInput } from '../providers/openai/input.js';
import type { TrackedMethod } from '../providers/openai/methods.js';
import type { ObservedCall } from '../record/observedCall.js';
import { onBodySent } from '../providers/openai/promise/sentBody.js';
import { readProvider, type Provider } from '../providers/openai/provider.js';
import { isStream } from '../providers/openai/streams/streamObserver.js';
import { openTelemetryTraceId } from '../runtime/openTelemetry.js';
import type { Settings } from './options.js';
import { monotonicMs } from '../runtime/runtime.js';
import { loggedIds, markLogged, requestUrl } from './requestUrl.js';
import { isSampled } from '../record/sampling.js';
import { noteKey } from '../record/redaction/secrets.js';
import { Snapshot } from '../record/snapshot.js';
import { buildLog, type SdkInfo } from '../record/buildLog.js';
import { runSpan, type SpanHost } from '../tracing/trace.js';
import { RecordId } from '../runtime/uuid.js';
import { printDebug, warnOnce } from '../runtime/warn.js';
import { isObject, isPlainObject, isString } from '../runtime/values.js';
import type { LogInput, SpanInput } from '../wire.js';

/** Few: what lives long is what the garbage collector pays for. */
const MAX_REMEMBERED = 100;

/** A call that has begun: what goes on the wire, and who records it. */
export interface BegunCall {
  readonly recorder: CallRecorder;
  readonly wireParams: unknown;
  readonly hidesUsage: boolean;
}

export class Recorder implements SpanHost {
  readonly settings: Settings;
  readonly #delivery: Delivery;
  readonly #sdk: SdkInfo;
  readonly #background = new BackgroundCalls();

  constructor(settings: Settings, delivery: Delivery, sdk: SdkInfo) {
    this.settings = settings;
    this.#delivery = delivery;
    this.#sdk = sdk;
    guard('find the context', findStore);
  }

  /** False where nothing is recorded: switched off, or without a key. */
  get isEnabled(): boolean {
    return this.settings.isEnabled;
  }

  get keepsTagsOnWire(): boolean {
    return this.settings.keepTagsOnWire;
  }

  /**
   * Called by a tracked method before the call goes out. `wireParams`: without our extras; the same object where there are none.
   * Undefined: not to be recorded.
   */
  beginCall(client: object, method: TrackedMethod, params: unknown, wireParams: unknown): BegunCall | undefined {
    try {
      return this.#begin(client, method, params, wireParams);
    } catch {
      // A getter threw, as it may do for the library too. What can be read is recorded; what goes out stays as it is.
      const readable = new Snapshot({ fieldLength: this.settings.limits.fieldBytes }).copy(params);
      const begun = this.#begin(client, method, readable, stripExtras(readable, this.keepsTagsOnWire));
      return begun && { recorder: begun.recorder, wireParams, hidesUsage: false };
    }
  }

  #begin(client: object, method: TrackedMethod, params: unknown, wireParams: unknown): BegunCall | undefined {
    const extras = wireParams === params ? NO_EXTRAS : readExtras(params, warnOfExtra);
    if (!extras.isLogged) return undefined;
    const { refusal } = this.#delivery;
    if (refusal) {
      this.#delivery.countDrop(refusal);
      return undefined;
    }
    const provider = readProvider(client, this.settings.provider);
    const { limits, captureInput } = this.settings;
    const asksUsage = this.#asksUsage(method, wireParams, provider);
    const span = currentSpan();
    const read = (body: unknown) => {
      const copier = new Snapshot({ fieldLength: limits.fieldBytes });
      return readInput(method, body, { copier, capture: captureInput, extras, fields: span?.fields });
    };
    const input = read(wireParams);
    const startedAtMs = Date.now();
    const start: CallStart = {
      id: new RecordId(startedAtMs),
      method,
      input,
      extras: extras === NO_EXTRAS ? extras : { ...extras, promptVariables: undefined, metadata: undefined },
      span: span && callSpanOf(span),
      provider: provider.name,
      providerHost: provider.host,
      openTelemetryTraceId: openTelemetryTraceId(),
      startedAtMs,
      startedMonotonicMs: monotonicMs(),
    };
    watchExit(this.#delivery);
    const recorder = new CallRecorder(start, client, this.settings, this.#record);
    if (input.isBackground) recorder.suspend = (call, answer) => this.#background.suspend(call, answer);
    const sentParams = asksUsage ? { ...(wireParams as object), stream_options: { include_usage: true } } : wireParams;
    if (input.hasDeferred) {
      onBodySent(client, sentParams, (body) => {
        start.input = read(body);
      });
    }
    return {
      recorder,
      wireParams: sentParams,
      hidesUsage: asksUsage,
    };
  }

  /** Told of each client that is tracked. */
  noteClient(client: object): void {
    noteKey(client);
    const { host } = readProvider(client, undefined);
    if (host === undefined || host !== new URL(this.settings.baseUrl).host) return;
    warnOnce('loop', `The client's base URL is PromptLab itself (${host}); its calls may be recorded twice, or fail.`);
  }

  /** The observer for a poll, where the record of a background response waits for it. */
  pollObserver(id: unknown): ObservedCall | undefined {
    return this.#background.observerOf(id);
  }

  /** A span around a runner, in the trace that its parameters name. */
  runAsSpan<R>({ name, params }: { name: string; params: unknown }, fn: () => R): R {
    const extras = guard('read the parameters', () => readExtras(params, () => {}));
    if (extras?.isLogged === false) return fn();
    return runSpan(() => this, extras?.name ?? name, fn, {
      traceId: extras?.traceId,
      parentId: extras?.parentId,
      tags: extras?.tags,
    });
  }

  /** Lets `getRequestUrl()` find the record of an answer, and a trace the end of a call. */
  remember(result: unknown, call: ObservedCall, what: 'promise' | 'answer'): void {
    if (!isObject(result) || !(call instanceof CallRecorder)) return;
    // Only a span that returns it will ask, and asking is worth its price only there.
    if (call.start.span && (what === 'promise' || isStream(result))) settlingCalls.set(result, call);
    if (what === 'promise' || !this.#isLinked(call.start)) return;
    const loggedAt = { id: call.start.id, baseUrl: this.settings.baseUrl };
    markLogged(result, loggedAt);
    const { id } = result;
    if (!isString(id)) return;
    loggedIds.set(id, loggedAt);
    if (loggedIds.size > MAX_REMEMBERED) loggedIds.delete(loggedIds.keys().next().value as string);
  }

  recordSpan(span: SpanInput, sizeBytes: number, isError: boolean): void {
    if (this.#isKept(span.trace_id, isError)) this.#delivery.add('span', () => span, sizeBytes);
  }

  /** Records what is known of background responses: nobody will poll them any more. */
  giveUpBackground(): void {
    this.#background.giveUpAll();
  }

  #asksUsage(method: TrackedMethod, params: unknown, provider: Provider): boolean {
    if (method.kind !== 'chat' && method.kind !== 'completion') return false;
    if (!isPlain(params) || isAccessor(params, 'stream') || isAccessor(params, 'stream_options')) return false;
    if (params.stream !== true || (params.stream_options ?? undefined) !== undefined) return false;
    const { streamUsage } = this.settings;
    if (streamUsage !== 'auto') return streamUsage === 'always';
    // With data of one's own, Azure refuses it in every version.
    return provider.reportsStreamUsage && !(provider.isAzure && 'data_sources' in params);
  }

  /** One function for all calls. */
  readonly #record = (start: CallStart, end: CallEnd): void => {
    guard('keep a record', () => {
      if (!this.#isKept(traceOf(start), end.status === 'error')) return;
      const write = () => buildLog(start, end, this.settings, this.#sdk);
      this.#delivery.add('log', write, start.input.size + (end.output?.size ?? 0) + 600);
      if (this.settings.debug) printDebug(describeCall(write(), this.settings.baseUrl));
    });
  };

  /** A link to a record that sampling leaves out would lead nowhere; an answer is seldom a failure. */
  #isLinked(start: CallStart): boolean {
    return isSampled(traceOf(start), this.settings.sampleRate);
  }

  /** One decision per trace; failures are worth more than their share. */
  #isKept(traceId: string | RecordId, isError: boolean): boolean {
    const { sampleRate, keepErrors } = this.settings;
    if ((isError && keepErrors) || isSampled(traceId, sampleRate)) return true;
    this.#delivery.countDrop('sampled_out');
    return false;
  }
}

/** Only plain objects are copied; spreading an instance of a class may change how it is serialised. */
function isPlain(params: unknown): params is Record<string, unknown> {
  return isPlainObject(params) && !('toJSON' in params);
}

/** A call outside of any trace is one by itself. */
function traceOf({ id, extras, span }: CallStart): string | RecordId {
  return extras.traceId ?? span?.traceId ?? id;
}

function callSpanOf({ traceId, spanId, fields: { tags, userId, sessionId } }: AmbientSpan): CallSpan {
  return {
    traceId,
    spanId,
    tags: tags && normalizeTags(tags),
    userId: normalizeIdentifier(userId),
    sessionId: normalizeIdentifier(sessionId),
  };
}

function warnOfExtra(message: string): void {
  warnOnce(`extra:${message}`, message);
}

function describeCall(log: LogInput, baseUrl: string): string {
  const tokens = `${String(log.input_tokens ?? '?')} in, ${String(log.output_tokens ?? '?')} out`;
  const parts = [log.endpoint, log.model, log.status, `${String(Math.round(Number(log.latency_ms ?? 0)))} ms`, tokens];
  return `${parts.join(' · ')} · ${requestUrl(baseUrl, String(log.id))}`;
}
