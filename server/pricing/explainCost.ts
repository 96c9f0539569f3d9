/** What a request was billed for, part by part, by the code that priced it. Pure. */
import type { CostExplanation } from '#shared/cost';
import type { PricedCall } from './call.ts';
import { billCall, type BilledPart, totalOf } from './cost.ts';

/** Null where the built-in list cannot price the call. */
export function explainCost(call: PricedCall, started_at: Date): CostExplanation | null {
  const bill = billCall(call, started_at);
  if (typeof bill !== 'object') return null;
  const { price, tokens, share, fees } = bill;
  const written = (per: 'million' | 'thousand') => (part: BilledPart) => ({
    kind: part.kind,
    count: part.count,
    per,
    price_usd: String(part.dollars),
  });
  return {
    provider: price.owner,
    model: price.model,
    parts: [...tokens.map(written('million')), ...fees.map(written('thousand'))],
    share: Number(share.of) / Number(share.in),
    total_usd: totalOf(bill),
  };
}
