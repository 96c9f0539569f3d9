import { z } from 'zod';
import { wholeNumber } from './page.ts';
import { Instant } from './primitives.ts';
import { RequestFilters } from './request.ts';

const countedBackTo = (what: string) =>
  Instant.nullable().describe(`Null: ${what} all that match. Else only the latest of them, back to this time.`);
const duration = (what: string) => z.number().nullable().describe(`${what} Null when no request reported it.`);

const isFolded = z
  .boolean()
  .describe(
    'True where a day had so many different values that some were counted together: those are among the other values, and each value may be more than is said.',
  );
const tokensPerSecond = z
  .number()
  .nullable()
  .describe(
    'Half of the streamed answers came at most as fast: output tokens without those of hidden reasoning, by the time from the first token to the last. Null when no request reported it.',
  );

/** Totals over the requests that match a filter. */
export const StatsTotals = z
  .object({
    requests: z.int(),
    errors: z.int().describe('Requests whose status is `error`.'),
    input_tokens: z.int().describe('Sum over the requests that reported it.'),
    output_tokens: z.int(),
    total_tokens: z.int().describe('Input plus output; parts such as cached tokens are not added again.'),
    cached_input_tokens: z.int().describe('Part of the input tokens.'),
    reasoning_tokens: z.int().describe('Part of the output tokens.'),
    cost_usd: z.string().describe('Sum over the priced requests.'),
    unpriced_requests: z.int().describe('Requests whose cost is unknown, so `cost_usd` is a lower bound.'),
    unmeasured_requests: z
      .int()
      .describe('Requests that reported no input or no output tokens, so the sums are lower bounds.'),
    avg_latency_ms: duration('The average.'),
    p50_latency_ms: duration('Half of the requests took at most as long.'),
    p95_latency_ms: duration('95 % of the requests took at most as long.'),
    p99_latency_ms: duration('99 % of the requests took at most as long.'),
    p50_ttft_ms: duration('The same of the time to the first token.'),
    p95_ttft_ms: duration('The same of the time to the first token.'),
    p50_tokens_per_second: tokensPerSecond,
    counted_back_to: countedBackTo('the counts and sums are of'),
    percentiles_back_to: countedBackTo('the percentiles are of'),
    percentiles_within: z
      .number()
      .describe('The relative error of the percentiles: 0, or 0.02 where many requests are kept in buckets.'),
  })
  .meta({ id: 'StatsTotals' });
export type StatsTotals = z.infer<typeof StatsTotals>;

/** What the rollups say of requests, so that it is exact of any number of them. */
export const StatsSums = StatsTotals.pick({
  requests: true,
  errors: true,
  input_tokens: true,
  output_tokens: true,
  cached_input_tokens: true,
  reasoning_tokens: true,
  cost_usd: true,
  unpriced_requests: true,
  unmeasured_requests: true,
  avg_latency_ms: true,
});
export type StatsSums = z.infer<typeof StatsSums>;

/** What facets are there, by the names of the query language; `tag` has a list for each key, called `tag.<key>`. */
export const FACET_FIELDS = [
  'status',
  'model',
  'provider',
  'prompt',
  'env',
  'user',
  'key',
  'finish',
  'error.type',
  'release',
  'tag',
] as const;
export type FacetField = (typeof FACET_FIELDS)[number];

export const FacetsInput = z.object({
  filters: RequestFilters.default({}),
  fields: z
    .array(z.enum(FACET_FIELDS))
    .min(1)
    .max(FACET_FIELDS.length)
    .default([...FACET_FIELDS]),
});
export type FacetsInput = z.output<typeof FacetsInput>;

/** The values that requests have in a field, the most frequent first. */
export const Facet = z.object({
  field: z.string().describe('A field of the query language; what the filter asks of it is left out here.'),
  values: z.array(z.object({ value: z.string(), requests: z.int() })),
  others: z.int().describe('Requests with values that are not listed.'),
  counted_back_to: countedBackTo('counted were'),
});
export type Facet = z.infer<typeof Facet>;
export const Facets = z.object({ facets: z.array(Facet) });
export type Facets = z.infer<typeof Facets>;

export const StripInput = z.object({ filters: RequestFilters.default({}) });

/** The most buckets of a strip. */
export const STRIP_BUCKETS = 120;

export const StripBucket = z.object({
  at: Instant.describe('When it begins.'),
  requests: z.int(),
  errors: z.int(),
  cost_usd: z.string(),
  unpriced_requests: z.int(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  p50_latency_ms: z.number().nullable(),
  p95_latency_ms: z.number().nullable(),
});
export type StripBucket = z.infer<typeof StripBucket>;

/** What happened when, in buckets of one width. */
export const Strip = z.object({
  from: Instant.nullable().describe('When the first bucket begins. Null where there is nothing.'),
  to: Instant.nullable().describe('When the last bucket ends.'),
  bucket_ms: z.int(),
  buckets: z.array(StripBucket).describe('Those with requests, in order; between them there were none.'),
  counted_back_to: countedBackTo('counted were'),
  percentiles_back_to: countedBackTo('the percentiles are of'),
});
export type Strip = z.infer<typeof Strip>;

export const SERIES_INTERVALS = ['hour', 'day', 'week', 'month'] as const;
export type SeriesInterval = (typeof SERIES_INTERVALS)[number];
/** What a series may be told apart by. */
export const SERIES_GROUPS = FACET_FIELDS.filter((field) => field !== 'tag');
/** What requests are told apart by: a field of them, or one of their tags. */
export const GroupField = z
  .union([z.enum(SERIES_GROUPS), z.templateLiteral(['tag.', z.string().min(1).max(200)])], {
    error: `must be one of ${SERIES_GROUPS.join(', ')}, or tag. and the key of a tag, such as tag.team`,
  })
  .describe('A field of the query language, or `tag.` and the key of a tag. The values of `key` are ids.');
export type GroupField = z.infer<typeof GroupField>;

/** The most buckets of a series, and groups that are told apart in it. */
export const SERIES_LIMITS = { buckets: 400, groups: 8 } as const;

const TimeZone = z
  .string()
  .max(60)
  .refine((name) => isTimeZone(name), 'must be a time zone such as Europe/Oslo')
  .describe('In which days and weeks begin; an IANA name.');

/** What a series is asked for besides the filter, in a URL. */
export const SeriesQuery = z.object({
  interval: z
    .enum(SERIES_INTERVALS)
    .optional()
    .describe('Default: hours up to four days, then days, weeks from two years on.'),
  group: GroupField.optional().describe(
    'Told apart by the values of this field, or of a tag such as `tag.team`: the most frequent and the dearest, the others together.',
  ),
  time_zone: TimeZone.default('UTC'),
  percentiles: z
    .enum(['true', 'false'])
    .default('true')
    .describe('`false` leaves them out, which of told apart values are read from the latest requests.'),
});
export const SeriesInput = SeriesQuery.extend({
  percentiles: z.boolean().default(true),
  filters: RequestFilters.default({}),
});
export type SeriesInput = z.output<typeof SeriesInput>;

export const SeriesPoint = StripBucket.extend({
  unmeasured_requests: z.int().describe('Requests that reported no input or no output tokens.'),
  cached_input_tokens: z.int(),
  reasoning_tokens: z.int(),
  p99_latency_ms: z.number().nullable(),
  p50_ttft_ms: z.number().nullable(),
  p95_ttft_ms: z.number().nullable(),
  p50_tokens_per_second: tokensPerSecond,
});
export type SeriesPoint = z.infer<typeof SeriesPoint>;

/** What happened in each hour, day, week or month of a time zone. */
export const StatsSeries = z
  .object({
    interval: z.enum(SERIES_INTERVALS),
    time_zone: z.string(),
    starts: z.array(Instant).describe('When each bucket begins, and at last when the last one ends.'),
    groups: z
      .array(
        z.object({
          value: z.string().nullable().describe('Null: requests without one; or all, where nothing is told apart.'),
          is_other: z.boolean().describe('True for the values that are not told apart, together.'),
          points: z.array(SeriesPoint).describe('Of the buckets with requests; in the others there were none.'),
        }),
      )
      .describe('The most frequent first.'),
    is_folded: isFolded,
    counted_back_to: countedBackTo('counted were'),
    percentiles_back_to: countedBackTo('the percentiles are of'),
  })
  .meta({ id: 'StatsSeries' });
export type StatsSeries = z.infer<typeof StatsSeries>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

/** What groups are ordered by, the largest first. */
export const GROUP_SORTS = ['requests', 'cost', 'tokens', 'errors'] as const;
export type GroupSort = (typeof GROUP_SORTS)[number];

/** Values that are told apart; the others are summed up. */
const GROUPS_LIMIT = { most: 100, usual: 20 } as const;

/** What groups are asked for besides the filter, in a URL. */
export const GroupsQuery = z.object({
  by: GroupField,
  sort: z.enum(GROUP_SORTS).default('requests').describe('The largest first.'),
  limit: wholeNumber(1, GROUPS_LIMIT.most)
    .default(GROUPS_LIMIT.usual)
    .describe('Values that are told apart; the others are summed up.'),
});
/** The same in JSON, with the filter. */
export const GroupsInput = GroupsQuery.extend({
  limit: z.int().min(1).max(GROUPS_LIMIT.most).default(GROUPS_LIMIT.usual),
  filters: RequestFilters.default({}),
});
export type GroupsInput = z.output<typeof GroupsInput>;

/** What the requests with one value of a field add up to. */
export const StatsGroup = StatsSums.extend(StatsTotals.pick({ p50_latency_ms: true, p95_latency_ms: true }).shape)
  .extend({
    value: z.string().nullable().describe('Null: requests without one; or the other values.'),
    is_other: z.boolean().describe('True for all values that are not told apart, together.'),
  })
  .meta({ id: 'StatsGroup' });
export type StatsGroup = z.infer<typeof StatsGroup>;

/** Requests by the values of a field. */
export const StatsGroups = z
  .object({
    by: z.string(),
    groups: z.array(StatsGroup).describe('The largest first, the other values last.'),
    values: z.int().describe('How many different values there are among what was counted.'),
    is_folded: isFolded,
    counted_back_to: countedBackTo('counted were'),
    percentiles_back_to: countedBackTo('the percentiles are of'),
  })
  .meta({ id: 'StatsGroups' });
export type StatsGroups = z.infer<typeof StatsGroups>;
