/** What the counts of data health mean, in the order they are read, and what to do about each. Pure. */
import type { DataHealth, DataHealthHour, DropReason, HealthNote, HealthSource } from '#shared/dataHealth';
import { hourStarts } from './hours.ts';

/** A line of the page: how often something happened, what that means, and what to do. */
export interface Finding {
  /** A word for a test and a key. */
  readonly id: string;
  readonly title: string;
  readonly count: number;
  /** One for each hour, the oldest first; null where it is not counted by hour. */
  readonly hours: readonly number[] | null;
  readonly means: string;
  /** What to do; null where there is nothing to do. */
  readonly advice: string | null;
  /** `loss`: something is not there. `gap`: it is there, and says less than it could. */
  readonly tone: 'good' | 'gap' | 'loss' | 'plain';
  /** The query that lists them; null where no list holds them. */
  readonly query: string | null;
}

const LOGGED_OFTEN = 'Nothing, unless you expected more: the sender tried again, and nothing is stored twice.';

/** Of the list of requests, as the server counts them: one of the two is enough. */
export const WITHOUT_USAGE = '-in:>=0 OR -out:>=0';

type HourCount = (hour: DataHealthHour) => number;
type Meaning = Pick<Finding, 'id' | 'title' | 'means' | 'advice' | 'tone'> & {
  readonly of: HourCount;
  readonly query?: string;
};

const MEANINGS: readonly Meaning[] = [
  {
    id: 'accepted',
    title: 'Accepted',
    of: ({ accepted }) => accepted,
    means: 'Stored: model calls and steps of traces, by the hour in which they came in.',
    advice: null,
    tone: 'good',
  },
  {
    id: 'requests',
    title: 'Model calls',
    of: ({ requests }) => requests,
    means: 'By the hour in which they began; the others by the hour in which they came in.',
    advice: null,
    tone: 'good',
    query: '',
  },
  {
    id: 'without_usage',
    title: 'Without tokens',
    of: ({ without_usage }) => without_usage,
    means:
      'Model calls that reported no input or no output tokens, so that their cost is not known either. An embedding has no output, and is counted here.',
    advice:
      'For a streamed call ask the provider for its usage (OpenAI: stream_options: { include_usage: true }). OpenLLMetry and OpenInference for JavaScript leave it out of streamed calls; our SDK and the AI SDK report it.',
    tone: 'gap',
    query: WITHOUT_USAGE,
  },
  {
    id: 'without_price',
    title: 'Without a price',
    of: ({ without_price }) => without_price,
    means: 'Model calls whose cost is not known: the model has no price, or its tokens were not reported.',
    advice: 'Set a price for the model on the Prices page, then price what is stored again.',
    tone: 'gap',
    query: 'is:unpriced',
  },
  {
    id: 'truncated',
    title: 'Cut',
    of: ({ truncated }) => truncated,
    means: 'A field was longer than is kept, a million characters for most. Its text says where it was cut.',
    advice: 'Keep files and pictures out of what is logged, or send their address.',
    tone: 'gap',
  },
  {
    id: 'clock_skewed',
    title: 'With a wrong clock',
    of: ({ clock_skewed }) => clock_skewed,
    means:
      'It ended before it began, or began more than a minute after it came in. It stands at a wrong time in lists and charts.',
    advice: 'Let the machines that log take their time from a time server.',
    tone: 'gap',
  },
  {
    id: 'rejected',
    title: 'Refused',
    of: ({ rejected }) => rejected,
    means: 'It broke a rule and is not stored; its neighbours are.',
    advice:
      'The answer said what is wrong with which one: look at the log of the program that sent it. An exporter of OpenTelemetry writes it as a partial success.',
    tone: 'loss',
  },
  {
    id: 'duplicate',
    title: 'Sent again',
    of: ({ duplicate }) => duplicate,
    means: 'It was there already.',
    advice: LOGGED_OFTEN,
    tone: 'plain',
  },
  {
    id: 'updated',
    title: 'Completed later',
    of: ({ updated }) => updated,
    means:
      'It was there and said less, such as a span that was sent before it had ended: the later one took its place.',
    advice: null,
    tone: 'plain',
  },
];

/** Words for each reason; a reason that is added does not compile without. */
const DROPS: Readonly<Record<DropReason, Pick<Finding, 'title' | 'means' | 'advice' | 'tone'>>> = {
  no_ai_work: {
    title: 'Dropped: other spans',
    means:
      'Spans of HTTP, databases and the like, inside of which no model was called. Those around a model call are kept as steps of its trace.',
    advice: 'Nothing. To save their way here, let the collector filter them, or give PromptLab an exporter of its own.',
    tone: 'plain',
  },
  no_genai_event: {
    title: 'Dropped: other log records',
    means: 'Log records that say nothing about a model call.',
    advice: 'Nothing. To save their way here, send logs elsewhere, unless they carry the words of model calls.',
    tone: 'plain',
  },
  log_without_span: {
    title: 'Dropped: words without their call',
    means: 'Log records with the words of a model call whose span did not come within an hour.',
    advice: 'Send traces to the same address as logs, and check that the span is sampled.',
    tone: 'loss',
  },
  too_much_waiting: {
    title: 'Dropped: too many were waiting',
    means: 'Spans and log records wait for what they belong to; there were more of them than are kept waiting.',
    advice: 'Send fewer spans that have nothing to do with model calls.',
    tone: 'loss',
  },
  metrics: {
    title: 'Dropped: metrics',
    means: 'Metrics are taken and not kept: lists and charts are made of the calls themselves.',
    advice: 'Nothing. OTEL_METRICS_EXPORTER=none saves their way here.',
    tone: 'plain',
  },
};

/** The same of each note. */
const NOTES: Readonly<Record<HealthNote, Pick<Finding, 'title' | 'means'>>> = {
  exclusive_usage: {
    title: 'Input tokens without the cached ones',
    means: 'The sender counts cached tokens apart; they were added to the input tokens, as with all others.',
  },
  bad_token_count: {
    title: 'Token counts that are none',
    means: 'A count was no number, or below zero. It was left out.',
  },
  too_many_attributes: {
    title: 'Numbered attributes without end',
    means:
      'Attributes such as llm.input_messages.0 made a list that is too long to be put together; they are kept as they came.',
  },
  reported_total: {
    title: 'Totals of calls inside',
    means: 'A span repeated the tokens of the calls inside of it. They are shown there, and counted once.',
  },
};

/** What is to be said of the week: what came in always, of the rest what there is. */
export function toFindings(health: DataHealth): Finding[] {
  const starts = hourStarts(health);
  const byHour = new Map(health.hours.map((hour) => [Date.parse(hour.hour), hour]));
  const hoursOf = (count: HourCount) =>
    starts.map((start) => {
      const hour = byHour.get(start);
      return hour ? count(hour) : 0;
    });
  const counted = MEANINGS.map(({ of, query, ...meaning }): Finding => ({
    ...meaning,
    // The totals have all that an hour has.
    count: of({ ...health.totals, hour: health.from }),
    hours: hoursOf(of),
    query: query ?? null,
  }));
  const dropped = health.totals.dropped.map(({ reason, count }): Finding => ({
    id: `dropped.${reason}`,
    ...(Object.hasOwn(DROPS, reason)
      ? DROPS[reason as DropReason] // One of its keys.
      : { title: `Dropped: ${reason}`, means: 'Taken and not kept.', advice: null, tone: 'loss' as const }),
    count,
    hours: hoursOf((hour) => hour.dropped.find((one) => one.reason === reason)?.count ?? 0),
    query: null,
  }));
  const notes = health.notes.map(({ reason, count }): Finding => ({
    id: `note.${reason}`,
    ...(Object.hasOwn(NOTES, reason)
      ? NOTES[reason as HealthNote] // One of its keys.
      : { title: reason, means: 'Found while it was read.' }),
    count,
    hours: null,
    advice: null,
    tone: 'plain',
    query: null,
  }));
  return [...counted, ...dropped, ...notes].filter(({ count, tone }) => count > 0 || tone === 'good');
}

/** How each way in is called on the page. */
export const SOURCE_NAMES: Readonly<Record<HealthSource, string>> = {
  logs: 'Logs, by the API or an SDK',
  spans: 'Spans, by the API or an SDK',
  otlp_spans: 'OpenTelemetry, spans',
  otlp_logs: 'OpenTelemetry, log records',
  otlp_metrics: 'OpenTelemetry, metrics',
};
