/** The row of the endpoint table that compares two groups of requests. */
import type { Endpoint } from './endpoints.ts';
import { EXAMPLES } from './endpointExamples.ts';
import { ReleaseReport, ReleaseReportUrl } from './releaseReport.ts';

export const releaseEndpoints = {
  getReleaseReport: {
    method: 'get',
    path: '/api/v1/compare',
    auth: 'read',
    tag: 'Reading',
    examples: EXAMPLES.getReleaseReport,
    summary:
      'Compare two releases, prompt versions, models, environments, periods or queries: error rate, latency, tokens and cost, each with an interval and a verdict. Of each group the latest 20,000 requests count. With `fail_on` a worse group is answered 409, for CI.',
    query: ReleaseReportUrl,
    output: ReleaseReport,
    status: 200,
    otherStatuses: { 409: 'A condition of `fail_on` holds: the same answer, with `failed`.' },
  },
} as const satisfies Record<string, Endpoint>;
