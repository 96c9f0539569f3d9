import { processGlobal } from './globals.js';

/** Causes that were printed already. Exported for tests. @internal */
export const warnedCauses = processGlobal('warnedCauses', () => new Set<string>());

/** Prints one line, once per cause and process: a library that repeats itself is switched off. */
export function warnOnce(cause: string, message: string): void {
  if (warnedCauses.has(cause)) return;
  warnedCauses.add(cause);
  // oxlint-disable-next-line no-console -- the one line a user sees when nothing is recorded
  console.warn(`[promptlab] ${message}`);
}

/** Prints a line of the debug mode. */
export function printDebug(line: string): void {
  // oxlint-disable-next-line no-console -- asked for with `debug: true`
  console.debug(`[promptlab] ${line}`);
}
