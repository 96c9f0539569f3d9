/** `track()` and the functions beside it work on instances shared by the process, so most programs need no object. */
// First, so that modules that are alike stand together in the build: packed, it is smaller by half a kilobyte.
import { isTracked, patchClient, STRIP_ONLY } from './track.js';
import { guard } from '../runtime/guard.js';
import type { DeliveryStats, FlushResult } from '../delivery/deliveryStats.js';
import type { DropReason } from '../errors.js';
import { ENV_NAMES, readEnv, type PromptLabOptions } from './options.js';
import { PromptLab } from './promptLab.js';
import { allInstances, registry, type Instance } from './instances.js';
import { currentTrace as findCurrentTrace, runSpan, type SpanHost } from '../tracing/trace.js';
import type { Trace, TraceOptions } from '../tracing/types.js';
import type { Tracked } from './trackedTypes.js';
import { newId } from '../runtime/uuid.js';
import { warnOnce } from '../runtime/warn.js';

const NOT_FLUSHED: FlushResult = { ok: false, pending: 0 };
const MAX_INSTANCES = 100;

/**
 * Records every model call of this client in the background.
 *
 * The client is patched in place and returned: `track(client) === client`. Its calls behave as before and also take
 * `prompt_slug`, `trace_id`, `tags` and `promptlab`, which never reach the provider.
 *
 * @example
 * const openai = track(new OpenAI(), { apiKey: 'pl_live_…' });
 */
export function track<T extends object>(client: T, options?: PromptLabOptions | PromptLab): Tracked<T> {
  guard('track a client', () => {
    if (typeof client !== 'object' || client === null)
      warnOnce('client', 'track() needs a client, such as new OpenAI().');
    // Without options, a client that is tracked already stays as it is.
    else if (options !== undefined || !isTracked(client)) trackBy(client, options);
  });
  return client as Tracked<T>;
}

function trackBy(client: object, options: PromptLabOptions | PromptLab | undefined): void {
  const lab = guard('set up', () => (isInstance(options) ? options : instanceFor(options)));
  if (lab) lab.track(client);
  else patchClient(client, STRIP_ONLY);
}

/**
 * Groups the model calls made inside `fn`, also after `await`, and records it as a span of their trace; inside another
 * trace it is a span of that one. Returns what `fn` returns (for a plain promise: one that ends as it does); an error is
 * recorded and rethrown unchanged.
 *
 * @example
 * const answer = await trace('answer a question', async () => { … });
 */
export function trace<R>(name: string, fn: (t: Trace) => R, options?: TraceOptions): R {
  return runSpan(spanHost, name, fn, options);
}

/** A span of the trace around it: the same as `trace()`, under the name that reads better there. */
export const span: typeof trace = trace;

/** The span around the code that runs now, or undefined outside of any. */
export function currentTrace(): Trace | undefined {
  return guard('find the trace', () => findCurrentTrace(spanHost));
}

/** Delivers what `track()` and `trace()` recorded. Resolves, never rejects. An instance of your own has its own `flush()`. */
export async function flush(options?: { timeoutMs?: number }): Promise<FlushResult> {
  const labs = guard('find the instances', allInstances) ?? [];
  const results = await Promise.all(labs.map((lab) => flushOne(lab, options)));
  return { ok: results.every(({ ok }) => ok), pending: results.reduce((sum, { pending }) => sum + pending, 0) };
}

async function flushOne(lab: Instance, options: { timeoutMs?: number } | undefined): Promise<FlushResult> {
  try {
    return await lab.flush(options);
  } catch {
    return NOT_FLUSHED;
  }
}

/** Delivers what `track()` and `trace()` recorded, and then takes nothing more. */
export async function shutdown(options?: { timeoutMs?: number }): Promise<{ ok: boolean; dropped: number }> {
  const results = await Promise.all(allInstances().map((lab) => lab.shutdown(options)));
  return { ok: results.every(({ ok }) => ok), dropped: results.reduce((sum, { dropped }) => sum + dropped, 0) };
}

/** What became of the records of `track()` and `trace()`. */
export function stats(): DeliveryStats {
  const total: DeliveryStats = { queued: 0, queuedBytes: 0, sent: 0, retried: 0, dropped: {}, lastError: undefined };
  for (const lab of allInstances()) {
    const one = lab.stats();
    total.queued += one.queued;
    total.queuedBytes += one.queuedBytes;
    total.sent += one.sent;
    total.retried += one.retried;
    total.lastError ??= one.lastError;
    for (const [reason, count] of Object.entries(one.dropped) as [DropReason, number][]) {
      total.dropped[reason] = (total.dropped[reason] ?? 0) + count;
    }
  }
  return total;
}

/** Spans go to the first instance of the process, else to one from the environment. Found when the span ends. */
function spanHost(): SpanHost | undefined {
  if (!registry.spanHost && !registry.first) instanceFor(undefined);
  return registry.spanHost;
}

function isInstance(options: PromptLabOptions | PromptLab | undefined): options is PromptLab {
  // By shape: the class of another copy of this package is not ours.
  return typeof (options as Partial<PromptLab> | undefined)?.track === 'function';
}

/** Equal options share one instance, and with it one queue. */
function instanceFor(options: PromptLabOptions | undefined): Instance {
  const { byOptions: instances } = registry;
  const key = keyOf(options);
  let lab = key === undefined ? undefined : instances.get(key);
  if (!lab) {
    lab = new PromptLab(options);
    instances.set(key ?? `own ${newId()}`, lab);
    forgetIdle(instances);
  }
  return lab;
}

/** Undefined where options hold functions, or what JSON cannot say: two of those are never known to be equal. */
function keyOf(options: PromptLabOptions | undefined): string | undefined {
  const environment = ENV_NAMES.map(readEnv);
  const refuseFunction = (_: string, value: unknown): unknown => {
    if (typeof value === 'function') throw new TypeError('a function has no key');
    return value;
  };
  try {
    const values = Object.entries(options ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify([environment, values.filter(([, value]) => value !== undefined)], refuseFunction);
  } catch {
    return undefined;
  }
}

/** A program that makes options per request must not make a leak; its clients keep their instance alive themselves. */
function forgetIdle(instances: Map<string, Instance>): void {
  if (instances.size <= MAX_INSTANCES) return;
  for (const [key, lab] of instances) {
    if (lab.stats().queued > 0) continue;
    instances.delete(key);
    return;
  }
}
