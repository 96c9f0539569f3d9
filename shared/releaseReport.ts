/** Two groups of requests side by side: releases, versions of a prompt, models, environments, providers, periods, or queries. */
import { z } from 'zod';
import { FilterQuery } from './endpointQueries.ts';
import { Instant } from './primitives.ts';
import { RequestFilters } from './request.ts';

/** Requests of each group that are looked into: the latest. */
export const REPORTED_REQUESTS = 20_000;
/** Below so many no mean is judged, and no share that looks alike. */
export const FEWEST_REQUESTS = 30;
/** The chance that anything at all is judged better or worse where nothing differs, for each table of a report. */
export const REPORT_ALPHA = 0.05;

/** What tells two groups apart. */
export const GROUPED_BY = ['release', 'prompt', 'model', 'env', 'provider', 'period', 'query'] as const;
export type GroupedBy = (typeof GROUPED_BY)[number];

/** The figures of a report, in the order they are shown. */
export const RELEASE_METRICS = [
  'error_rate',
  'cut_off_rate',
  'latency_p50',
  'latency_p95',
  'ttft_p50',
  'ttft_p95',
  'cost_per_request',
  'input_tokens',
  'output_tokens',
] as const;
export type ReleaseMetricName = (typeof RELEASE_METRICS)[number];

/** A condition of `fail_on`: a metric that got worse, by more than so much where that is said. */
export type FailRule =
  | { readonly kind: 'worse' }
  | { readonly kind: 'too_few' }
  /** `above`: percent of what it was in `a`; of a share percentage points. Null: any. */
  | { readonly kind: 'metric'; readonly metric: ReleaseMetricName; readonly above: number | null };

/** Reads `fail_on`, such as `error_rate>1%,latency_p95>20%,too_few`; null for what is none. */
export function parseFailOn(text: string): FailRule[] | null {
  const rules = text.split(',').map((part): FailRule | null => {
    const [, name = '', above] = /^\s*([a-z0-9_]+)\s*(?:>\s*\+?(\d{1,6}(?:\.\d{1,6})?)\s*%?)?\s*$/.exec(part) ?? [];
    if (above === undefined && (name === 'worse' || name === 'too_few')) return { kind: name };
    const metric = RELEASE_METRICS.find((each) => each === name);
    return metric ? { kind: 'metric', metric, above: above === undefined ? null : Number(above) } : null;
  });
  const known = rules.filter((rule) => rule !== null);
  return known.length === rules.length ? known : null;
}

const FailOn = z
  .string()
  .max(500)
  .refine(
    (text) => parseFailOn(text) !== null,
    `must be \`worse\`, \`too_few\` or metrics such as \`latency_p95>20%\`, joined by commas (${RELEASE_METRICS.join(', ')})`,
  )
  .describe(
    'Answer 409 where one of these holds: `worse` (any metric got worse), `too_few` (a group has fewer than 30 requests), or a metric that got worse, such as `error_rate`, `error_rate>1%` (by more than a percentage point) or `latency_p95>20%` (by more than a fifth).',
  );

const GroupText = z.string().trim().min(1, 'must not be empty').max(1_000, 'must be at most 1000 characters');

/** What is compared, besides the filter. */
export const ReleaseReportQuery = z.object({
  by: z.enum(GROUPED_BY).default('release').describe('What tells the groups apart.'),
  a: GroupText.optional().describe(
    'The group that is compared with: a release, `slug@version`, a model, … (`*` is any text); of a period `14d..7d`, `2026-11-01..2026-11-07`, or nothing for the time before `b`, as long as it; or a query.',
  ),
  b: GroupText.describe('The group that is judged.'),
  fail_on: FailOn.optional(),
});
export type ReleaseReportQuery = z.output<typeof ReleaseReportQuery>;
export const ReleaseReportInput = ReleaseReportQuery.extend({ filters: RequestFilters.default({}) });
export type ReleaseReportInput = z.output<typeof ReleaseReportInput>;

/** As it comes in a URL. */
export const ReleaseReportUrl = FilterQuery.extend(ReleaseReportQuery.shape);

export const ReportVerdict = z.enum(['better', 'worse', 'changed', 'no_difference', 'too_few']).meta({
  id: 'ReportVerdict',
  description:
    '`better` or `worse` than `a`; `changed` where neither is better; `no_difference` was seen, which does not mean that there is none; `too_few` requests to tell.',
});
export type ReportVerdict = z.infer<typeof ReportVerdict>;

/** A figure of one group, and how sure it is. */
export const ReportedFigure = z
  .object({
    value: z.number().nullable().describe('Null where no request reported it.'),
    low: z
      .number()
      .nullable()
      .describe('The true value lies between `low` and `high`. Null: too few requests to tell.'),
    high: z.number().nullable(),
    requests: z.int().describe('Requests that it is of: those that reported it.'),
  })
  .meta({ id: 'ReportedFigure' });
export type ReportedFigure = z.infer<typeof ReportedFigure>;

const judged = {
  a: ReportedFigure,
  b: ReportedFigure,
  difference: z
    .object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() })
    .nullable()
    .describe(
      '`b` less `a`, with its interval: of shares that of the difference, else that of the ratio, in the unit of `a`. Null where a group has no value.',
    ),
  relative: z.number().nullable().describe('The difference as a part of `a`: 0.2 is a fifth more. Null of nothing.'),
  verdict: ReportVerdict,
};

/** One figure of both groups. */
export const ReportedMetric = z
  .object({
    metric: z.enum(RELEASE_METRICS),
    unit: z
      .enum(['share', 'ms', 'usd', 'tokens'])
      .describe('A share is a part of one. `usd` is an estimate, no amount.'),
    better: z.enum(['lower', 'higher']).nullable().describe('Null: neither is better.'),
    ...judged,
  })
  .meta({ id: 'ReportedMetric' });
export type ReportedMetric = z.infer<typeof ReportedMetric>;

/** How many requests of each group ended for a reason. */
export const ReportedFinish = z.object({ finish_reason: z.string(), ...judged }).meta({ id: 'ReportedFinish' });
export type ReportedFinish = z.infer<typeof ReportedFinish>;

/** What changed for the requests of one model or prompt. */
export const ReportedMover = z
  .object({
    field: z.enum(['model', 'prompt']),
    value: z.string(),
    metric: z
      .enum(['requests', 'error_rate', 'latency_p50', 'latency_p95', 'cost_per_request'])
      .describe('`requests`: which part of the requests of the group they are.'),
    unit: ReportedMetric.shape.unit,
    ...judged,
  })
  .meta({ id: 'ReportedMover' });
export type ReportedMover = z.infer<typeof ReportedMover>;

/** One of the two groups: its requests, and how far they were looked for. */
export const ReportedGroup = z
  .object({
    value: z.string(),
    q: z.string().describe('A query that lists its requests, together with `from`, `to` and the other filters.'),
    from: Instant.nullable(),
    to: Instant.nullable(),
    requests: z.int().describe('Requests that were looked into.'),
    errors: z.int(),
    cost_usd: z.string().describe('Sum over those that are priced.'),
    unpriced_requests: z.int(),
    first_at: Instant.nullable().describe('When the first of them began.'),
    last_at: Instant.nullable(),
    counted_back_to: Instant.nullable().describe(
      'Null: all requests of the group. Else only the latest 20,000, back to this time.',
    ),
    looked_back_to: Instant.nullable().describe(
      'Null: all requests were looked at. Else the time was up, and older ones may belong to the group.',
    ),
  })
  .meta({ id: 'ReportedGroup' });
export type ReportedGroup = z.infer<typeof ReportedGroup>;

/** Two groups of requests, and whether the second is better, worse, or cannot be told from the first. */
export const ReleaseReport = z
  .object({
    by: z.enum(GROUPED_BY),
    a: ReportedGroup,
    b: ReportedGroup,
    confidence: z
      .number()
      .describe('How likely it is that nothing is judged at all where nothing differs, for each of the three lists.'),
    verdict: z
      .enum(['better', 'worse', 'mixed', 'changed', 'no_difference', 'too_few'])
      .describe('Of all metrics: `mixed` where some got better and some worse.'),
    failed: z.array(z.string()).nullable().describe('Which conditions of `fail_on` hold. Null without `fail_on`.'),
    metrics: z.array(ReportedMetric),
    finish_reasons: z.array(ReportedFinish).describe('The most frequent first.'),
    movers: z.array(ReportedMover).describe('What differs by model and prompt, what moved most first.'),
  })
  .meta({ id: 'ReleaseReport' });
export type ReleaseReport = z.infer<typeof ReleaseReport>;

/** What can be chosen as a group. */
export const ReleaseChoicesInput = z.object({
  by: z.enum(['release', 'prompt', 'model', 'env', 'provider']),
  filters: RequestFilters.default({}),
});
export type ReleaseChoicesInput = z.output<typeof ReleaseChoicesInput>;

/** The values that the latest requests have, the youngest first. */
export const ReleaseChoices = z.object({
  choices: z.array(
    z.object({
      value: z.string(),
      requests: z.int(),
      first_at: Instant.describe('When the first of the requests that were looked at began.'),
      last_at: Instant,
    }),
  ),
});
export type ReleaseChoices = z.infer<typeof ReleaseChoices>;
