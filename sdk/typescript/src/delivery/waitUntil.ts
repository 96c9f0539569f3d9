interface RequestContext {
  get?(): { waitUntil?: (work: Promise<unknown>) => void } | undefined;
}

/** Vercel's way to keep an invocation alive, where it runs. */
export function findWaitUntil(): ((work: Promise<unknown>) => void) | undefined {
  const holder = globalThis as unknown as Record<symbol, RequestContext | undefined>;
  const context = holder[Symbol.for('@vercel/request-context')]?.get?.();
  return context?.waitUntil && ((work) => context.waitUntil?.(work));
}
