/** One instance: options, the recorder of calls, and the way out. */
import { guard, reportInternal } from '../runtime/guard.js';
import { Delivery } from '../delivery/delivery.js';
import type { DeliveryStats, FlushResult } from '../delivery/deliveryStats.js';
import { PromptLabError } from '../errors.js';
import { toManualLog, type ManualLog } from '../record/manualLog.js';
import { explainDisabled, resolveOptions, type PromptLabOptions, type Settings } from './options.js';
import { applyMask } from '../record/redaction/mask.js';
import { Recorder } from './recorder.js';
import { describeRuntime } from '../runtime/runtime.js';
import { forgetInstance, registry } from './instances.js';
import type { SdkInfo } from '../record/buildLog.js';
import { runSpan } from '../tracing/trace.js';
import type { Trace, TraceOptions } from '../tracing/types.js';
import { patchClient } from './track.js';
import type { Tracked } from './trackedTypes.js';
import { newId } from '../runtime/uuid.js';
import { SDK_NAME, SDK_VERSION } from '../version.js';
import { warnOnce } from '../runtime/warn.js';
import type { LogReceipt } from '../wire.js';

/** Records calls and delivers the records. Most programs need only `track()`. */
export class PromptLab {
  /** Logging by hand, for calls that no tracked client makes. */
  readonly api: {
    /** Queues one record and returns its id at once. */
    logRequest(log: ManualLog): string;
    /** Sends one record by itself and resolves with the server's verdict; rejects with `PromptLabError`. For scripts. */
    logRequestNow(log: ManualLog): Promise<LogReceipt>;
  };
  readonly #settings: Settings;
  readonly #delivery: Delivery;
  readonly #recorder: Recorder;
  readonly #sdk: SdkInfo = { name: SDK_NAME, version: SDK_VERSION, runtime: describeRuntime() };

  constructor(options?: PromptLabOptions) {
    this.#settings = resolveOptions(options, (message) => warnOnce(`option:${message}`, message));
    const reason = explainDisabled(this.#settings, options);
    if (reason) warnOnce('disabled', reason);
    const { mask } = this.#settings;
    this.#delivery = new Delivery(this.#settings, mask && ((record) => applyMask(record, mask)));
    this.#recorder = new Recorder(this.#settings, this.#delivery, this.#sdk);
    this.api = { logRequest: (log) => this.#logRequest(log), logRequestNow: (log) => this.#logRequestNow(log) };
    this.#becomeDefault();
  }

  /** Patches the client in place and returns it, with the extra parameters in its type. */
  track<T extends object>(client: T): Tracked<T> {
    guard('track a client', () => patchClient(client, this.#recorder));
    return client as Tracked<T>;
  }

  /** The same as the function `trace()`, recorded by this instance. */
  trace<R>(name: string, fn: (t: Trace) => R, options?: TraceOptions): R {
    return runSpan(() => (this.#settings.isEnabled ? this.#recorder : undefined), name, fn, options);
  }

  /** Delivers what waits. Resolves, never rejects; waits 10 s at most unless told otherwise. */
  async flush(options?: { timeoutMs?: number }): Promise<FlushResult> {
    try {
      return await this.#delivery.flush(options);
    } catch (thrown) {
      reportInternal('flush', thrown);
      return { ok: false, pending: 0 };
    }
  }

  /** Delivers what waits and takes nothing more. Safe to call twice. */
  async shutdown(options?: { timeoutMs?: number }): Promise<{ ok: boolean; dropped: number }> {
    forgetInstance(this, this.#recorder);
    this.#recorder.giveUpBackground();
    return this.#delivery.shutdown(options);
  }

  /** What became of the records so far. */
  stats(): DeliveryStats {
    return this.#delivery.stats();
  }

  /** The first instance that records anything takes the spans of `trace()`, and is flushed by `flush()`. */
  #becomeDefault(): void {
    if (registry.spanHost) return;
    registry.first = this;
    if (this.#settings.isEnabled) registry.spanHost = this.#recorder;
  }

  #logRequest(given: ManualLog): string {
    const id = newId();
    const kept = guard('log a request', () => {
      const { log, sizeBytes } = toManualLog(given, id, this.#settings, this.#sdk);
      const logId = log.id ?? id;
      if (this.#settings.isEnabled) this.#delivery.add('log', () => log, sizeBytes);
      return logId;
    });
    return kept ?? id;
  }

  async #logRequestNow(given: ManualLog): Promise<LogReceipt> {
    if (!this.#settings.isEnabled) {
      throw new PromptLabError('configuration', 'PromptLab is switched off or has no API key, so nothing can be sent.');
    }
    const { log } = toManualLog(given, newId(), this.#settings, this.#sdk);
    return this.#delivery.sendNow(log);
  }
}
