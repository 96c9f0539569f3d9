/** What a release report shows in its tables: names, and the lists behind its figures. Pure. */
import type {
  ReleaseMetricName,
  ReleaseReport,
  ReportedFigure,
  ReportedGroup,
  ReportedMetric,
  ReportedMover,
  ReportVerdict,
} from '#shared/releaseReport';
import { addTerm, type Term } from '#shared/query/terms';
import { changeSearch, type PageSearch } from '../../domain/pageSearch.ts';
import { formatTime, labelTime, readTime, type TimeRange } from '../../domain/timeRange.ts';

/** What a metric is called. */
const METRIC_NAMES: Readonly<Record<ReleaseMetricName | 'requests', string>> = {
  requests: 'Part of the requests',
  error_rate: 'Failed',
  cut_off_rate: 'Cut off at a limit',
  latency_p50: 'Latency p50',
  latency_p95: 'Latency p95',
  ttft_p50: 'Time to first token p50',
  ttft_p95: 'Time to first token p95',
  cost_per_request: 'Cost a request',
  input_tokens: 'Input tokens a request',
  output_tokens: 'Output tokens a request',
};

/** What a verdict is called. */
export const VERDICT_WORDS: Readonly<Record<ReportVerdict | 'mixed', string>> = {
  better: 'Better',
  worse: 'Worse',
  changed: 'Changed',
  no_difference: 'No difference seen',
  too_few: 'Too few calls',
  mixed: 'Better and worse',
};

/** One row of a table. */
export interface ReportRow {
  readonly key: string;
  readonly name: string;
  /** Before the name, such as the model that the row is of. */
  readonly of?: string | undefined;
  readonly unit: ReportedMetric['unit'];
  readonly judged: Pick<ReportedMetric, 'a' | 'b' | 'difference' | 'relative' | 'verdict'>;
  /** What leads from the requests of a group to those behind its figure. */
  readonly leadsTo: (figure: ReportedFigure) => ListChange;
}

interface ListChange {
  readonly terms: readonly Term[];
  readonly sort?: string;
}

/** A row for each metric. */
export function metricRows({ metrics }: ReleaseReport): ReportRow[] {
  return metrics.map(({ metric, unit, ...judged }) => ({
    key: metric,
    name: METRIC_NAMES[metric],
    unit,
    judged,
    leadsTo: (figure) => listOf(metric, figure),
  }));
}

/** A row for each reason for which answers ended. */
export function finishRows({ finish_reasons }: ReleaseReport): ReportRow[] {
  return finish_reasons.map(({ finish_reason, ...judged }) => ({
    key: finish_reason,
    name: finish_reason,
    unit: 'share',
    judged,
    leadsTo: () => ({ terms: [{ field: 'finish', value: finish_reason }] }),
  }));
}

/** A row for each figure of a model or a prompt that moved. */
export function moverRows({ movers }: ReleaseReport): ReportRow[] {
  return movers.map(({ field, value, metric, unit, ...judged }) => ({
    key: `${field} ${value} ${metric}`,
    of: value,
    name: METRIC_NAMES[metric],
    unit,
    judged,
    leadsTo: (figure) => {
      const { terms, ...change } = listOf(metric, figure);
      return { ...change, terms: [{ field, value }, ...terms] };
    },
  }));
}

/** The requests that a figure is about: those that failed, or that took as long. */
function listOf(metric: ReleaseMetricName | ReportedMover['metric'], { value }: ReportedFigure): ListChange {
  const atLeast = (field: string) =>
    value === null ? [] : [{ field, value: `>=${Math.floor(value)}ms` } satisfies Term];
  switch (metric) {
    case 'requests':
      return { terms: [] };
    case 'error_rate':
      return { terms: [{ field: 'status', value: 'error' }] };
    case 'cut_off_rate':
      return { terms: [{ field: 'is', value: 'cut' }] };
    case 'latency_p50':
    case 'latency_p95':
      return { terms: atLeast('latency'), sort: '-latency' };
    case 'ttft_p50':
    case 'ttft_p95':
      return { terms: atLeast('ttft') };
    case 'cost_per_request':
      return { terms: [{ field: 'has', value: 'cost' }], sort: '-cost' };
    case 'input_tokens':
    case 'output_tokens':
      return { terms: [{ field: 'has', value: 'usage' }], sort: '-tokens' };
  }
}

/** What a group is called: a period as people say it. */
export function groupName(
  by: ReleaseReport['by'],
  { value, from, to }: Pick<ReportedGroup, 'value' | 'from' | 'to'>,
): string {
  if (by !== 'period') return value;
  const range = readTime(value);
  if (range?.kind === 'last') return labelTime(range);
  return from === null && to === null ? value : labelTime(toRange(from, to));
}

/** The list of the requests of a group, narrowed further. */
export function listSearch(
  search: PageSearch,
  by: ReleaseReport['by'],
  { q, from, to }: Pick<ReportedGroup, 'q' | 'from' | 'to'>,
  { terms, sort }: ListChange = { terms: [] },
): PageSearch {
  return changeSearch(search, {
    by: undefined,
    a: undefined,
    b: undefined,
    q: terms.reduce(addTerm, q),
    sort,
    ...(by === 'env' && { env: undefined }),
    ...(by === 'period' && { t: sayTime(from, to) }),
  });
}

function sayTime(from: string | null, to: string | null): string {
  return formatTime(toRange(from, to));
}

function toRange(from: string | null, to: string | null): TimeRange {
  const toMs = (time: string | null) => (time === null ? null : Date.parse(time));
  return { kind: 'between', from: toMs(from), to: toMs(to) };
}

/** What the metrics say, in one sentence. */
export function sumUp({ by, metrics, a, b, verdict }: ReleaseReport): string {
  const names = (wanted: ReportVerdict) =>
    metrics.filter((metric) => metric.verdict === wanted).map(({ metric }) => METRIC_NAMES[metric].toLowerCase());
  const [worse, better, changed, same] = [names('worse'), names('better'), names('changed'), names('no_difference')];
  if (a.requests === 0 || b.requests === 0) {
    const empty = [a, b].filter(({ requests }) => requests === 0).map((group) => groupName(by, group));
    return `No request was found of ${empty.join(' nor of ')}.`;
  }
  if (verdict === 'too_few') return 'There are too few requests to tell.';
  const parts = [
    worse.length > 0 && `worse: ${worse.join(', ')}`,
    better.length > 0 && `better: ${better.join(', ')}`,
    changed.length > 0 && `changed: ${changed.join(', ')}`,
  ].filter((part) => part !== false);
  if (parts.length === 0) {
    // The verdict before it says the rest.
    const few = metrics.length - same.length;
    return few === 0 ? 'In none of the figures.' : `${few} figures have too few calls.`;
  }
  // Where the whole verdict is one word, that word stands before this.
  const [first = ''] = parts.map((part) => part.replace(`${VERDICT_WORDS[verdict].toLowerCase()}: `, ''));
  return `${[first.charAt(0).toUpperCase() + first.slice(1), ...parts.slice(1)].join('; ')}.`;
}
