/** Runs SDK code; an exception is logged once and never reaches the caller. */
import { messageOf } from '../errors.js';
import { warnOnce } from './warn.js';

/** Runs a piece of our work; a throw becomes one warning and `undefined`. */
export function guard<R>(what: string, work: () => R): R | undefined {
  try {
    return work();
  } catch (thrown) {
    reportInternal(what, thrown);
    return undefined;
  }
}

/** For what a caller's function gave back: where it fails later, that is not ours to pass on. */
export function ignoreRejection(answer: unknown): void {
  void Promise.resolve(answer).catch(() => {});
}

/** For a throw that was caught already. Never throws itself. */
export function reportInternal(what: string, thrown: unknown): void {
  try {
    warnOnce(`internal:${what}`, `Could not ${what}; the call itself is not affected. (${messageOf(thrown)})`);
  } catch {
    // Nothing is left to do, and nothing may reach the caller.
  }
}
