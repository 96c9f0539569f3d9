/** The instances of a process. A registry of what it needs of them, so that it does not depend on their class. */
import type { DeliveryStats, FlushResult } from '../delivery/deliveryStats.js';
import { processGlobal } from '../runtime/globals.js';
import type { SpanHost } from '../tracing/trace.js';
import type { Tracked } from './trackedTypes.js';

/** An instance, as the functions of the module use it. */
export interface Instance {
  track<T extends object>(client: T): Tracked<T>;
  flush(options?: { timeoutMs?: number }): Promise<FlushResult>;
  shutdown(options?: { timeoutMs?: number }): Promise<{ ok: boolean; dropped: number }>;
  stats(): DeliveryStats;
}

interface Registry {
  /** Made by `track()` and by the module's own functions, by what they send and where. */
  readonly byOptions: Map<string, Instance>;
  /** The first instance that was made. */
  first: Instance | undefined;
  /** Who records the spans of `trace()`: the first instance that records anything. */
  spanHost: SpanHost | undefined;
}

export const registry = processGlobal('instances', (): Registry => ({
  byOptions: new Map(),
  first: undefined,
  spanHost: undefined,
}));

/** Each instance once. */
export function allInstances(): Instance[] {
  const { byOptions, first } = registry;
  return [...new Set([...byOptions.values(), ...(first ? [first] : [])])];
}

/** Takes a closed instance out. */
export function forgetInstance(instance: Instance, spanHost: SpanHost): void {
  if (registry.first === instance) registry.first = undefined;
  if (registry.spanHost === spanHost) registry.spanHost = undefined;
  for (const [key, known] of registry.byOptions) if (known === instance) registry.byOptions.delete(key);
}
