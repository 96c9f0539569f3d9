/** Sums over requests, in words: what nobody reported is unknown and never zero. */
import type { StatsTotals } from '#shared/stats';
import { formatCompact, formatCount, formatUsd, plural } from '../lib/formatNumber.ts';

/** A sum as a tile shows it: short, with what it is made of below it. */
export interface Total {
  readonly value: string;
  /** To the last digit, where the value is shortened. */
  readonly exact?: string;
  readonly detail: string;
}

/** A sum of zero over some requests says that none of them reported a count: a call without tokens costs nobody a word. */
export function tokenTotal(totals: Pick<StatsTotals, 'requests' | 'input_tokens' | 'output_tokens'>): Total {
  const { requests, input_tokens, output_tokens } = totals;
  const sum = input_tokens + output_tokens;
  if (sum === 0) return { value: '–', detail: requests === 0 ? 'no requests' : 'not reported' };
  const short = (tokens: number) => (tokens === 0 ? '–' : formatCompact(tokens));
  return {
    value: formatCompact(sum),
    exact: formatCount(sum),
    detail: `${short(input_tokens)} in · ${short(output_tokens)} out`,
  };
}

/** `noun`: what a request is called there, such as "call". */
export function costTotal(
  { requests, unpriced_requests, cost_usd }: Pick<StatsTotals, 'requests' | 'unpriced_requests' | 'cost_usd'>,
  noun: string,
): Total {
  if (requests === 0) return { value: '–', detail: `no ${noun}s` };
  const unknown = `${plural(unpriced_requests, noun)} of unknown cost`;
  if (unpriced_requests === requests) return { value: '–', detail: unknown };
  return {
    value: formatUsd(cost_usd),
    exact: `$${cost_usd}`,
    detail: unpriced_requests === 0 ? `all ${noun}s priced` : `+ ${unknown}`,
  };
}
