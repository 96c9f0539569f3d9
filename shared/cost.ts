/** How the cost of a request is made up: what was billed, at which price. */
import { z } from 'zod';

export const BilledPart = z.object({
  kind: z.string().describe('A price of the list, such as `input_mtok` or `cache_read_mtok`.'),
  count: z.int().describe('Tokens, or uses of a tool.'),
  per: z.enum(['million', 'thousand']),
  price_usd: z.string().describe('Dollars for a million tokens, or for a thousand uses.'),
});
export type BilledPart = z.infer<typeof BilledPart>;

export const CostExplanation = z
  .object({
    provider: z.string().describe('Whose price it is, in the words of the list.'),
    model: z.string().describe('The model as the list calls it.'),
    parts: z.array(BilledPart),
    share: z.number().describe('What the service tier makes of the price of the tokens: 0.5 for half.'),
    total_usd: z.string().describe('The parts by the prices that hold today for the time of the call.'),
  })
  .meta({ id: 'CostExplanation' });
export type CostExplanation = z.infer<typeof CostExplanation>;

/** Null where the list has no price, where the usage is not known, and for a request that is too large to be read for it. */
export const CostAnswer = z.object({ explanation: CostExplanation.nullable() });
export type CostAnswer = z.infer<typeof CostAnswer>;
