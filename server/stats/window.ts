/** How far back requests are read for what no rollup knows, so that no answer takes longer than a limit. Pure. */
import { exactTermOf } from '#shared/query/exactTerm';
import type { Query } from '#shared/query/parseQuery';
import { isSelective, readsPayloads, type StatsFilter } from './statsFilter.ts';

/** How many requests are counted: the latest of those that match. */
export const COUNTED_ROWS = 20_000;
/** Requests that are looked at for them: without their payloads, and with. */
const LOOKED_AT = { rows: 50_000, payloads: 2_000 } as const;

/** How many requests may be looked at; null where an index leads to those that match. */
export function budgetOf(filter: StatsFilter): number | null {
  if (readsPayloads(filter)) return LOOKED_AT.payloads;
  return isSelective(filter) ? null : LOOKED_AT.rows;
}

/** What an index of `requests` leads to, and a rollup counts: of it the budget is spent. */
export function indexedPart({ plain, terms, from, to }: StatsFilter): StatsFilter {
  const { model, prompt_slug, status } = plain;
  return {
    from,
    to,
    plain: {
      ...(model === undefined ? {} : { model }),
      ...(prompt_slug === undefined ? {} : { prompt_slug }),
      ...(status === undefined || status === 'success' ? {} : { status }),
    },
    terms: terms.filter(isIndexed),
  };
}

function isIndexed(term: Query): boolean {
  return ['model', 'prompt'].includes(exactTermOf(term)?.field ?? '');
}

export interface CountedPeriod {
  /** When it begins, as an ISO string. */
  readonly at: string;
  readonly requests: number;
}

/**
 * The period in which the budget is spent, of periods from the newest to the oldest; null where it is not spent.
 * `left` is what remains of the budget at the end of that period.
 */
export function findSpent(periods: readonly CountedPeriod[], budget: number): { at: number; left: number } | null {
  let left = budget;
  for (const { at, requests } of periods) {
    if (requests > left) return { at: Date.parse(at), left };
    left -= requests;
  }
  return null;
}
