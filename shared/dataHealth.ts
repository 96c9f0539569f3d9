/** Data health: what came in, hour by hour, and what of it was refused, dropped, cut, or says too little. */
import { z } from 'zod';
import { Instant } from './primitives.ts';

/** How far back it is kept and answered. */
export const HEALTH_DAYS = 7;

/** Which way something came in: as logs and spans of ours, or by OTLP. */
export const HEALTH_SOURCES = ['logs', 'spans', 'otlp_spans', 'otlp_logs', 'otlp_metrics'] as const;
export type HealthSource = (typeof HEALTH_SOURCES)[number];

/** Why something was taken and not kept. */
export type DropReason =
  /** A span without any sign of AI work, under which nothing was kept, such as a database query. */
  | 'no_ai_work'
  /** A log record that says nothing about a model call. */
  | 'no_genai_event'
  /** A log record about a model call whose span did not come within an hour. */
  | 'log_without_span'
  /** It had to wait for other spans, and too much of this organization was waiting. */
  | 'too_much_waiting'
  /** Metrics are taken and not kept. */
  | 'metrics';

/** What was found while something was read. */
export type HealthNote =
  /** Cached tokens were not part of the input tokens, and were added to them. */
  | 'exclusive_usage'
  /** A token count was no number, or negative, and was left out. */
  | 'bad_token_count'
  /** Numbered attributes made a list that is too long; they are kept as they came. */
  | 'too_many_attributes'
  /** A model call around other model calls: its usage is shown as a total and not counted again. */
  | 'reported_total';

/** The counts of `data_health_hours`, besides `dropped.<DropReason>` and `note.<HealthNote>`. */
export const HEALTH_COUNTS = ['accepted', 'duplicate', 'updated', 'rejected', 'truncated', 'clock_skewed'] as const;
export type HealthCount = (typeof HEALTH_COUNTS)[number] | `dropped.${DropReason}` | `note.${HealthNote}`;

const Reason = z.object({
  reason: z.string().describe('Such as `no_ai_work`.'),
  count: z.int(),
});

const arrivals = {
  accepted: z.int().describe('Stored. By OpenTelemetry: also what had waited, in the hour in which it was stored.'),
  duplicate: z.int().describe('Was there already, and is not stored twice.'),
  updated: z.int().describe('Was there already and said less: the later one took its place.'),
  rejected: z.int().describe('Was refused; the answer said why.'),
  dropped: z.array(Reason).describe('Was taken and not kept, most frequent first.'),
  truncated: z.int().describe('A field of it was longer than we keep, and was cut.'),
  clock_skewed: z.int().describe('Ended before it began, or began more than a minute after it came in.'),
} as const;

const stored = {
  requests: z.int().describe('Model calls that began in this hour.'),
  without_usage: z.int().describe('Those of them that reported no input or no output tokens.'),
  without_price: z.int().describe('Those of them whose cost is not known.'),
} as const;

export const DataHealthHour = z
  .object({ hour: Instant.describe('The beginning of the hour, UTC.'), ...arrivals, ...stored })
  .meta({ id: 'DataHealthHour' });
export type DataHealthHour = z.infer<typeof DataHealthHour>;

export const DataHealthSource = z
  .object({ source: z.enum(HEALTH_SOURCES), ...arrivals })
  .meta({ id: 'DataHealthSource' });
export type DataHealthSource = z.infer<typeof DataHealthSource>;

export const DataHealth = z
  .object({
    from: Instant.describe('The beginning of the first hour, seven days ago.'),
    to: Instant,
    totals: z.object({ ...arrivals, ...stored }).describe('Sums of all hours.'),
    sources: z.array(DataHealthSource).describe('The same by the way it came in; without those that nothing came by.'),
    hours: z.array(DataHealthHour).describe('Oldest first; an hour of which there is nothing to say is left out.'),
    notes: z.array(Reason).describe('What was found while it was read, most frequent first.'),
    waiting: z
      .object({
        spans: z.int().describe('Spans without a sign of AI work, in case something is kept under them.'),
        log_records: z.int().describe('Log records of model calls whose span did not come yet.'),
      })
      .describe('What waits now, for an hour at most.'),
  })
  .meta({
    id: 'DataHealth',
    description:
      'What came in during the last seven days, counted by the hour in which it came; model calls by the hour in which they began.',
  });
export type DataHealth = z.infer<typeof DataHealth>;
