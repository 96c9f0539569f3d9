/** Keeps an invocation of a serverless platform alive until a flush has ended. */
import { messageOf } from '../errors.js';
import { ignoreRejection } from '../runtime/guard.js';
import { warnOnce } from '../runtime/warn.js';

type WaitUntil = (work: Promise<unknown>) => void;

/** Calls that end together go together. */
const WAIT_UNTIL_DELAY_MS = 50;

interface RequestContext {
  get?(): { waitUntil?: (work: Promise<unknown>) => void } | undefined;
}

/** Vercel's way to keep an invocation alive, where it runs. */
function findWaitUntil(): WaitUntil | undefined {
  const holder = globalThis as unknown as Record<symbol, RequestContext | undefined>;
  const context = holder[Symbol.for('@vercel/request-context')]?.get?.();
  return context?.waitUntil && ((work) => context.waitUntil?.(work));
}

/** Hands the platform a flush that begins a little later. `onWait` is called where there is a platform to hand it to. */
export function keepAlive(
  given: WaitUntil | undefined,
  { onWait, flush }: { onWait: () => void; flush: () => Promise<unknown> },
): void {
  try {
    const waitUntil = given ?? findWaitUntil();
    if (!waitUntil) return;
    onWait();
    const delay = new Promise<void>((resolve) => setTimeout(resolve, WAIT_UNTIL_DELAY_MS));
    ignoreRejection(waitUntil(delay.then(flush)));
  } catch (thrown) {
    warnOnce('waitUntil', `waitUntil failed: ${messageOf(thrown)}`);
  }
}
