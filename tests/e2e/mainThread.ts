/** What the thread of a page does: its time on the processor, which other processes of the machine do not change. */
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';

export interface MainThread {
  /** Processor time of all tasks. */
  readonly busyMs: number;
  /** Of the longest task: for so long nothing that the reader did was heard. */
  readonly longestMs: number;
}

const Trace = z.object({
  traceEvents: z.array(
    z.object({ name: z.string(), ph: z.string(), pid: z.int(), tid: z.int(), tdur: z.number().optional() }).loose(),
  ),
});

/** Watches until the answer is called. One page of a browser at a time. */
export async function watchMainThread(browser: Browser, page: Page): Promise<() => Promise<MainThread>> {
  await browser.startTracing(page, { categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline'] });
  return async () => {
    const { traceEvents } = Trace.parse(JSON.parse((await browser.stopTracing()).toString('utf8')));
    const threadOf = ({ pid, tid }: { pid: number; tid: number }) => `${pid}:${tid}`;
    const pages = new Set(
      traceEvents
        .filter(({ name, args }) => name === 'thread_name' && (args as { name?: string }).name === 'CrRendererMain')
        .map(threadOf),
    );
    // Microseconds.
    const tasks = traceEvents
      .filter((event) => event.ph === 'X' && event.name === 'RunTask' && pages.has(threadOf(event)))
      .map(({ tdur = 0 }) => tdur / 1_000);
    if (tasks.length === 0)
      throw new Error('The trace has no task of the page: the browser names them in another way.');
    return { busyMs: tasks.reduce((sum, ms) => sum + ms, 0), longestMs: Math.max(...tasks) };
  };
}
