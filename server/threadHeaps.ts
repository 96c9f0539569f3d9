/**
 * The heaps of threads. What `npm start` says of the heap (`--max-old-space-size` and others) is meant for the main thread, but V8
 * gives it to the heap of each thread that is started, whatever the `resourceLimits` of that thread say.
 */
import v8 from 'node:v8';

/** V8 looks at them when a heap is made: that of the main thread is. 0: not set. */
const FLAGS = ['--max-old-space-size=0', '--initial-old-space-size=0', '--max-semi-space-size=0'];

/** From now on the heap of a thread is as large as its `resourceLimits` say. To be called before the first is started. */
export function obeyLimitsOfThreads(): void {
  for (const flag of FLAGS) v8.setFlagsFromString(flag);
}
