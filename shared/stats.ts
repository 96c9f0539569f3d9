import { z } from 'zod';

/** Totals over the requests that match a filter. */
export const StatsTotals = z
  .object({
    requests: z.int(),
    errors: z.int().describe('Requests whose status is `error`.'),
    input_tokens: z.int().describe('Sum over the requests that reported it.'),
    output_tokens: z.int(),
    total_tokens: z.int().describe('Input plus output; parts such as cached tokens are not added again.'),
    cost_usd: z.string().describe('Sum over the priced requests.'),
    unpriced_requests: z.int().describe('Requests whose cost is unknown, so `cost_usd` is a lower bound.'),
    avg_latency_ms: z.number().nullable().describe('Null when no request reported a latency.'),
  })
  .meta({ id: 'StatsTotals' });
export type StatsTotals = z.infer<typeof StatsTotals>;
