/** One instance: options, the recorder of calls, and the way out. */
import { readExtras } from './callExtras.js';
import { CallRecorder, type CallEnd, type CallStart } from './callRecorder.js';
import { currentSpan } from './context.js';
import { Delivery, type DeliveryStats, type FlushResult } from './delivery/delivery.js';
import { contain } from './contain.js';
import { isObject } from './openai/assembler.js';
import { readInput } from './openai/input.js';
import type { TrackedMethod } from './openai/methods.js';
import { readProvider, type Provider } from './openai/provider.js';
import { explainDisabled, resolveOptions, type PromptLabOptions, type Settings } from './options.js';
import { describeRuntime, monotonicMs } from './runtime.js';
import { sharedState } from './state.js';
import { toLog, type SdkInfo } from './toLog.js';
import { patchClient, type Tracked } from './track.js';
import { newId } from './uuid.js';
import { SDK_NAME, SDK_VERSION } from './version.js';
import { printDebug, warnOnce } from './warn.js';
import type { LogInput } from './wire.js';
import { toManualLog, type ManualLog } from './manualLog.js';

const MAX_REMEMBERED = 1_000;

/** A call that has begun: what goes on the wire, and who records it. */
export interface BegunCall {
  readonly recorder: CallRecorder;
  readonly wireParams: unknown;
  readonly hidesUsage: boolean;
}

/** Records calls and delivers the records. Most programs need only `track()`. */
export class PromptLab {
  /** Logging by hand, for calls that no tracked client makes. */
  readonly api: {
    /** Queues one record and returns its id at once. */
    logRequest(log: ManualLog): string;
  };
  readonly #settings: Settings;
  readonly #delivery: Delivery;
  readonly #sdk: SdkInfo = { name: SDK_NAME, version: SDK_VERSION, runtime: describeRuntime() };

  constructor(options?: PromptLabOptions) {
    this.#settings = resolveOptions(options, (message) => warnOnce(`option:${message}`, message));
    const reason = explainDisabled(this.#settings, options);
    if (reason) warnOnce('disabled', reason);
    this.#delivery = new Delivery(this.#settings);
    this.api = { logRequest: (log) => this.#logRequest(log) };
    sharedState().defaultInstance ??= this;
  }

  /** False where nothing is recorded: switched off, or without a key. */
  get isEnabled(): boolean {
    return this.#settings.isEnabled;
  }

  get keepsTagsOnWire(): boolean {
    return this.#settings.keepTagsOnWire;
  }

  get baseUrl(): string {
    return this.#settings.baseUrl;
  }

  /** Patches the client in place and returns it, with the extra parameters in its type. */
  track<T extends object>(client: T): Tracked<T> {
    contain('track a client', () => patchClient(client, this));
    return client as Tracked<T>;
  }

  /** Delivers what waits. Resolves, never rejects. */
  async flush(options?: { timeoutMs?: number }): Promise<FlushResult> {
    return this.#delivery.flush(options);
  }

  /** Delivers what waits and takes nothing more. Safe to call twice. */
  async shutdown(options?: { timeoutMs?: number }): Promise<{ ok: boolean; dropped: number }> {
    const state = sharedState();
    if (state.defaultInstance === this) state.defaultInstance = undefined;
    for (const [key, instance] of state.instances) if (instance === this) state.instances.delete(key);
    return this.#delivery.shutdown(options);
  }

  /** What became of the records so far. */
  stats(): DeliveryStats {
    return this.#delivery.stats();
  }

  /** @internal Called by a tracked method before the call goes out. Undefined: not to be recorded. */
  beginCall(client: object, method: TrackedMethod, params: unknown, wireParams: unknown): BegunCall | undefined {
    const extras = readExtras(params, (message) => warnOnce(`extra:${message}`, message));
    if (!extras.isLogged) return undefined;
    const provider = readProvider(client, this.#settings.provider);
    const { limits, captureInput } = this.#settings;
    const asksUsage = this.#asksUsage(method, wireParams, provider);
    const start: CallStart = {
      id: newId(),
      method,
      input: readInput(method, wireParams, { fieldLength: limits.fieldBytes, capture: captureInput }),
      extras,
      span: currentSpan(),
      provider: provider.name,
      providerHost: provider.host,
      openTelemetryTraceId: undefined,
      startedAtMs: Date.now(),
      startedMonotonicMs: monotonicMs(),
      secrets: secretsOf(client, this.#settings),
    };
    return {
      recorder: new CallRecorder(start, this.#settings, (begun, end) => this.#record(begun, end)),
      wireParams: asksUsage ? { ...(wireParams as object), stream_options: { include_usage: true } } : wireParams,
      hidesUsage: asksUsage,
    };
  }

  /** @internal */
  findBackground(_id: unknown): CallRecorder | undefined {
    return undefined;
  }

  /** @internal */
  observePoll(result: unknown, _recorder: CallRecorder): unknown {
    return result;
  }

  /** @internal Lets a trace that returns this promise end with the call. */
  rememberCall(_result: object, _recorder: CallRecorder): void {}

  /** @internal Lets `getRequestUrl()` find the record of an answer. */
  rememberResult(result: object, { start }: CallRecorder): void {
    const { loggedResults, loggedIds } = sharedState();
    const loggedAt = { id: start.id, baseUrl: this.#settings.baseUrl };
    loggedResults.set(result, loggedAt);
    const { id } = result as { id?: unknown };
    if (typeof id !== 'string') return;
    loggedIds.set(id, loggedAt);
    if (loggedIds.size > MAX_REMEMBERED) loggedIds.delete(loggedIds.keys().next().value as string);
  }

  #asksUsage(method: TrackedMethod, params: unknown, provider: Provider): boolean {
    if (method.kind !== 'chat' && method.kind !== 'completion') return false;
    if (!isObject(params) || params.stream !== true || params.stream_options != null) return false;
    const { streamUsage } = this.#settings;
    return streamUsage === 'always' || (streamUsage === 'auto' && provider.reportsStreamUsage);
  }

  #record(start: CallStart, end: CallEnd): void {
    contain('keep a record', () => {
      const log = toLog(start, end, this.#settings, this.#sdk);
      this.#delivery.add('log', start.id, log, start.input.size + (end.output?.size ?? 0) + 600);
      if (this.#settings.debug) printDebug(describeCall(log, this.#settings.baseUrl));
    });
  }

  #logRequest(given: ManualLog): string {
    const id = newId();
    return (
      contain('log a request', () => {
        const { log, sizeBytes } = toManualLog(given, id, this.#settings, this.#sdk);
        if (this.#settings.isEnabled) this.#delivery.add('log', log.id ?? id, log, sizeBytes);
        return log.id ?? id;
      }) ?? id
    );
  }
}

/** Values of the client that must not be found in a record. */
function secretsOf(client: object, settings: Settings): string[] {
  const { apiKey } = client as { apiKey?: unknown };
  return [apiKey, settings.apiKey].filter((secret) => typeof secret === 'string');
}

function describeCall(log: LogInput, baseUrl: string): string {
  const tokens = `${String(log.input_tokens ?? '?')} in, ${String(log.output_tokens ?? '?')} out`;
  const parts = [log.endpoint, log.model, log.status, `${String(Math.round(Number(log.latency_ms ?? 0)))} ms`, tokens];
  return `${parts.join(' · ')} · ${requestUrl(baseUrl, String(log.id))}`;
}

/** The dashboard's page of one request. */
export function requestUrl(baseUrl: string, id: string): string {
  return `${baseUrl}/requests?id=${encodeURIComponent(id)}`;
}
