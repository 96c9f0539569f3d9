/** Raw and tracked clients side by side, interleaved, so that both see the same machine. */
import type OpenAI from 'openai';
import { median } from '../lib/numbers.ts';

export const ROUNDS = 7;

export type Client = Pick<OpenAI, 'chat'>;

/** Processor time of this process, in microseconds: on a shared machine the wall clock measures other programs. */
export function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Raw against tracked. */
export interface Comparison {
  readonly median: number;
  readonly min: number;
  readonly raw: number;
  readonly pairs: readonly (readonly [number, number])[];
}

/**
 * One round to warm up, then seven. In a round the two take turns `turns` times, and the best turn of each counts: what the
 * machine does beside us only ever adds.
 */
export async function compare(
  raw: Client,
  tracked: Client,
  measure: (client: Client) => Promise<number>,
  turns: number = 1,
): Promise<Comparison> {
  const pairs: [number, number][] = [];
  for (let round = -1; round < ROUNDS; round++) {
    const best: [number, number] = [Infinity, Infinity];
    for (let turn = 0; turn < turns; turn++) {
      for (const one of (round + turn) % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const))
        best[one] = Math.min(best[one], await measure(one === 0 ? raw : tracked));
    }
    if (round >= 0) pairs.push(best);
  }
  const added = pairs.map(([rawValue, trackedValue]) => trackedValue - rawValue);
  const minOf = (index: 0 | 1) => Math.min(...pairs.map((pair) => pair[index]));
  return { median: median(added), min: minOf(1) - minOf(0), raw: median(pairs.map(([value]) => value)), pairs };
}

/** For times of the wall clock: one call of each at a time. Of the differences of such pairs each round gives the median. */
export async function compareOneByOne(
  raw: Client,
  tracked: Client,
  calls: number,
  measure: (client: Client) => Promise<number>,
): Promise<Pick<Comparison, 'median' | 'raw'>> {
  const rounds: { raw: number; added: number }[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    const pairs: [number, number][] = [];
    for (let i = 0; i < calls; i++) {
      const pair: [number, number] = [0, 0];
      for (const one of i % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const))
        pair[one] = await measure(one === 0 ? raw : tracked);
      pairs.push(pair);
    }
    const added = median(pairs.map(([rawValue, trackedValue]) => trackedValue - rawValue));
    if (round >= 0) rounds.push({ raw: median(pairs.map(([value]) => value)), added });
  }
  return { median: median(rounds.map(({ added }) => added)), raw: median(rounds.map((round) => round.raw)) };
}
