/** How soon all is well again once a database can be reached: logs, reads and key look-ups. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestEnvironment } from './environment.ts';
import { CallSeries, get, isGood } from './callSeries.ts';
import type { Workload } from './workload.ts';

export const HEALED_WITHIN_MS = 10_000;
const KEY_ANSWERED_WITHIN_MS = 3_000;
/** Calls in a row that must succeed before we say that it has healed. */
const IN_A_ROW = 5;

export class Healing {
  readonly #environment: TestEnvironment;
  readonly #workload: Workload;
  readonly #reads: CallSeries;

  constructor(environment: TestEnvironment, workload: Workload) {
    this.#environment = environment;
    this.#workload = workload;
    const target = { url: environment.server.url, apiKey: environment.apiKey };
    this.#reads = new CallSeries(() => get(target, '/api/v1/requests?limit=1'));
  }

  /** More readers than one organization may hold connections for, so that each of those is met. */
  start(): this {
    this.#reads.start(8);
    return this;
  }

  stop(): Promise<void> {
    return this.#reads.stop();
  }

  /** Milliseconds from now until logs are acknowledged and reads succeed; null where that takes longer than `withinMs`. */
  async untilHealed(withinMs: number): Promise<number | null> {
    const begun = performance.now();
    const acked = this.#workload.acked.size;
    while (performance.now() - begun < withinMs) {
      const latest = this.#reads.since(begun).slice(-IN_A_ROW);
      if (this.#workload.acked.size > acked + 50 && latest.length === IN_A_ROW && latest.every(isGood)) {
        return Math.round(performance.now() - begun);
      }
      await sleep(20);
    }
    return null;
  }

  /** Calls with a key that was never seen; answers what is wrong with their answers. */
  async findSlowKeyLookUp(expected: number): Promise<string[]> {
    const apiKey = `pl_live_${'0'.repeat(40)}${String(Math.floor(Math.random() * 1000)).padStart(3, '0')}`;
    const { status, ms, retryAfter } = await get(
      { url: this.#environment.server.url, apiKey },
      '/api/v1/requests?limit=1',
    );
    const problems: string[] = [];
    if (status !== expected) problems.push(`an unknown key was answered ${status} in place of ${expected}`);
    if (ms > KEY_ANSWERED_WITHIN_MS) problems.push(`an unknown key was answered after ${Math.round(ms)} ms`);
    if (status === 503 && retryAfter === null) problems.push('the 503 of a key look-up has no Retry-After');
    return problems;
  }
}
