/** The row of the endpoint table that is about savings. */
import type { Endpoint } from './endpoints.ts';
import { EXAMPLES } from './endpointExamples.ts';
import { FilterQuery } from './endpointQueries.ts';
import { SavingsQuery, SavingsReport } from './savings.ts';

export const savingsEndpoints = {
  getSavings: {
    method: 'get',
    path: '/api/v1/savings',
    auth: 'read',
    tag: 'Reading',
    examples: EXAMPLES.getSavings,
    summary:
      'What the calls of a filter cost that need not have cost it: the same requests again, long prefixes that no cache was used for, failed calls, answers cut off and asked for again. Without `from`: of the last 30 days.',
    query: FilterQuery.extend(SavingsQuery.shape),
    output: SavingsReport,
    status: 200,
  },
} as const satisfies Record<string, Endpoint>;
