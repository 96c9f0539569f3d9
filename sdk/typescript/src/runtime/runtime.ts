/** What the SDK uses of the runtime, found by feature checks: nothing here is required, nothing is imported from Node. */
import { guard } from './guard.js';

/** The few parts of Node's `process` that are used where they exist. */
export interface ProcessLike {
  readonly env?: Record<string, string | undefined>;
  readonly version?: string;
  readonly versions?: Record<string, string | undefined>;
  readonly pid?: number;
  on?(event: string, listener: (...args: unknown[]) => void): unknown;
  off?(event: string, listener: (...args: unknown[]) => void): unknown;
  once?(event: string, listener: (...args: unknown[]) => void): unknown;
  kill?(pid: number, signal: string): unknown;
  listenerCount?(event: string): number;
  getBuiltinModule?(name: string): unknown;
  getActiveResourcesInfo?(): string[];
}

interface RuntimeGlobals {
  readonly process?: ProcessLike;
  readonly Deno?: {
    readonly version?: { readonly deno?: string };
    readonly env?: { get(name: string): string | undefined };
    unrefTimer?(id: number): void;
  };
  readonly Bun?: { readonly version?: string };
  readonly EdgeRuntime?: unknown;
  readonly navigator?: { readonly userAgent?: string };
  readonly AsyncLocalStorage?: unknown;
}

/** `globalThis`, typed as what may be there. */
export const globals = globalThis as unknown as RuntimeGlobals;

/** `process` where the runtime has one. */
export function findProcess(): ProcessLike | undefined {
  const { process } = globals;
  return typeof process === 'object' && process !== null ? process : undefined;
}

/**
 * True where timers, requests and their answers belong to the incoming request that began them, and end with it, while the program lives
 * on and serves others: Cloudflare Workers.
 */
export function isIoBoundToRequest(): boolean {
  return globals.navigator?.userAgent === 'Cloudflare-Workers';
}

/** Milliseconds of a clock that never spans back. */
export function monotonicMs(): number {
  return performance.now();
}

/** Such as `node/20.20.2`; kept with every record. */
export function describeRuntime(): string {
  if (globals.Bun?.version) return `bun/${globals.Bun.version}`;
  if (globals.Deno?.version?.deno) return `deno/${globals.Deno.version.deno}`;
  const node = findProcess()?.versions?.node;
  if (node) return `node/${node}`;
  if (globals.EdgeRuntime !== undefined) return 'edge';
  return globals.navigator?.userAgent?.slice(0, 100) ?? 'unknown';
}

/** A timer that does not keep the process alive, and whose failure stays ours. */
export function startIdleTimer(run: () => void, delayMs: number): ReturnType<typeof setTimeout> {
  const timer = setTimeout(() => guard('run a timer', run), delayMs);
  unrefTimer(timer);
  return timer;
}

/** Node and Bun have it on the timer, Deno beside it; elsewhere nothing waits for timers. */
export function unrefTimer(timer: ReturnType<typeof setTimeout>): void {
  if (typeof timer === 'number') globals.Deno?.unrefTimer?.(timer);
  else (timer as { unref?: () => void }).unref?.();
}
