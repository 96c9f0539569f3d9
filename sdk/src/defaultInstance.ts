/** `track()` and the functions beside it work on instances shared by the process, so most programs need no object. */
import { contain } from './contain.js';
import type { DeliveryStats, FlushResult } from './delivery/delivery.js';
import type { DropReason } from './errors.js';
import { readEnv, type PromptLabOptions } from './options.js';
import { PromptLab, requestUrl } from './promptLab.js';
import { sharedState } from './state.js';
import type { Tracked } from './track.js';
import { newId } from './uuid.js';

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
  const lab = contain('set up', () => (isInstance(options) ? options : instanceFor(options)));
  if (lab) contain('track a client', () => lab.track(client));
  return client as Tracked<T>;
}

/** Delivers what all instances hold. Resolves, never rejects. */
export async function flush(options?: { timeoutMs?: number }): Promise<FlushResult> {
  const results = await Promise.all(allInstances().map((lab) => lab.flush(options)));
  return { ok: results.every(({ ok }) => ok), pending: results.reduce((sum, { pending }) => sum + pending, 0) };
}

/** Delivers what all instances hold, and ends them. */
export async function shutdown(options?: { timeoutMs?: number }): Promise<{ ok: boolean; dropped: number }> {
  const results = await Promise.all(allInstances().map((lab) => lab.shutdown(options)));
  return { ok: results.every(({ ok }) => ok), dropped: results.reduce((sum, { dropped }) => sum + dropped, 0) };
}

/** What became of the records of all instances. */
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

/** The dashboard's page of the call that gave this answer (or stream), or undefined where it was not recorded. */
export function getRequestUrl(result: unknown): string | undefined {
  if (typeof result !== 'object' || result === null) return undefined;
  const { loggedResults, loggedIds } = sharedState();
  const { id } = result as { id?: unknown };
  const loggedAt = loggedResults.get(result) ?? (typeof id === 'string' ? loggedIds.get(id) : undefined);
  return loggedAt && requestUrl(loggedAt.baseUrl, loggedAt.id);
}

/** The instance behind `trace()`: the first of the process, else one from the environment. */
export function defaultInstance(): PromptLab {
  return sharedState().defaultInstance ?? instanceFor(undefined);
}

function isInstance(options: PromptLabOptions | PromptLab | undefined): options is PromptLab {
  // By shape: the class of another copy of this package is not ours.
  return typeof (options as Partial<PromptLab> | undefined)?.track === 'function';
}

/** Equal options share one instance, and with it one queue. */
function instanceFor(options: PromptLabOptions | undefined): PromptLab {
  const { instances } = sharedState();
  const key = keyOf(options);
  let lab = key === undefined ? undefined : instances.get(key);
  if (!lab) {
    lab = new PromptLab(options);
    instances.set(key ?? `own ${newId()}`, lab);
    forgetIdle(instances);
  }
  return lab;
}

/** Undefined where options hold functions: two of those are never known to be equal. */
function keyOf(options: PromptLabOptions | undefined): string | undefined {
  const values = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
  if (values.some(([, value]) => typeof value === 'function')) return undefined;
  const environment = ['PROMPTLAB_API_KEY', 'PROMPTLAB_BASE_URL', 'PROMPTLAB_ENABLED'].map(readEnv);
  return JSON.stringify([environment, values.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** A program that makes options per request must not make a leak; its clients keep their instance alive themselves. */
function forgetIdle(instances: Map<string, PromptLab>): void {
  if (instances.size <= MAX_INSTANCES) return;
  for (const [key, lab] of instances) {
    if (lab.stats().queued > 0) continue;
    instances.delete(key);
    return;
  }
}

function allInstances(): PromptLab[] {
  const { instances, defaultInstance: first } = sharedState();
  return [...new Set([...instances.values(), ...(first ? [first] : [])])];
}
