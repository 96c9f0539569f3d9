/** Raw and tracked clients side by side, interleaved, so that both see the same machine. */
import type OpenAI from 'openai';
import { median } from '../lib/numbers.ts';

export const ROUNDS = 7;
/** So many there are also where their time is over. */
const LEAST_ROUNDS = 3;
const LEAST_TURNS = 2;

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

export interface MeasureOptions {
  /** Of the number of calls; less than 1 is quicker and less exact. */
  readonly scale: number;
  readonly onStep: (label: string) => void;
}

export interface CompareOptions {
  /** In one round. Default: 1. */
  readonly turns?: number;
  /** After which no further round begins, so that a busy machine does not make the benchmark endless. */
  readonly seconds: number;
}

/** One round to warm up, which is -1, then seven; fewer, but three, where their time is over. */
function* countRounds(seconds: number): Generator<number> {
  const deadline = performance.now() + seconds * 1_000;
  for (let round = -1; round < ROUNDS && (round < LEAST_ROUNDS || performance.now() < deadline); round++) yield round;
}

/**
 * One round to warm up, then seven. In a round the two take turns `turns` times, fewer where its time is over, and the best turn of each counts: what the
 * machine does beside us only ever adds.
 */
export async function compare(
  raw: Client,
  tracked: Client,
  measure: (client: Client) => Promise<number>,
  { turns = 1, seconds }: CompareOptions,
): Promise<Comparison> {
  const pairs: [number, number][] = [];
  for (const round of countRounds(seconds)) {
    const best: [number, number] = [Infinity, Infinity];
    const deadline = performance.now() + (seconds * 1_000) / (ROUNDS + 1);
    for (let turn = 0; turn < turns && (turn < LEAST_TURNS || performance.now() < deadline); turn++) {
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
  measure: (client: Client) => Promise<number>,
  { calls, seconds }: { readonly calls: number; readonly seconds: number },
): Promise<Pick<Comparison, 'median' | 'raw'>> {
  const rounds: { raw: number; added: number }[] = [];
  for (const round of countRounds(seconds)) {
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
