/** Which requests the two groups of a report are, as filters. Pure. */
import { parseQuery, type Query } from '#shared/query/parseQuery';
import { formatTerm } from '#shared/query/terms';
import { isDay, nextDay, parseTime, type QueryTime, splitRange } from '#shared/query/values';
import type { ReleaseReportInput } from '#shared/releaseReport';
import type { RequestFilters } from '#shared/request';
import { AppError } from '#server/errors';
import { parseStatsFilter, type StatsFilter } from '#server/stats/statsFilter';

/** One of the two groups, and how its requests are found. */
export interface GroupFilter {
  readonly value: string;
  /** What the list is asked for beside the filters and the times. */
  readonly q: string;
  readonly filter: StatsFilter;
}

/**
 * The filters of both groups. Of a period without `a` that is the time before `b`, as long as it.
 * @throws {AppError} `invalid_value` for what is no group, for the same group twice, and for periods that overlap.
 */
export function toGroups(input: ReleaseReportInput, now: Date): { a: GroupFilter; b: GroupFilter } {
  if (input.by === 'period') return toPeriods(input, now);
  const { a, b } = input;
  if (a === undefined) {
    throw new AppError('invalid_value', '`a` is missing: the group that `b` is compared with.', { param: 'a' });
  }
  if (a === b) throw new AppError('invalid_value', '`a` and `b` must be two groups, and are the same.', { param: 'b' });
  return { a: toGroup(input, 'a', a, now), b: toGroup(input, 'b', b, now) };
}

function toGroup({ by, filters }: ReleaseReportInput, param: 'a' | 'b', value: string, now: Date): GroupFilter {
  const term = by === 'query' ? value : formatTerm({ field: by, value: value.includes('*') ? { like: value } : value });
  const { query, problem } = parseQuery(term);
  if (problem) {
    throw new AppError('invalid_value', `\`${param}\` must be a query: ${problem.message}`, { param });
  }
  if (query === null) throw new AppError('invalid_value', `\`${param}\` must not be empty.`, { param });
  const of = parseStatsFilter({ q: term }, now);
  return { value, q: joinQueries(filters.q, term), filter: both(parseStatsFilter(filters, now), of) };
}

/** What both ask for. */
function both(one: StatsFilter, other: StatsFilter): StatsFilter {
  const ends = (times: readonly (number | null)[]) => times.filter((time) => time !== null);
  const [from, to] = [ends([one.from, other.from]), ends([one.to, other.to])];
  return {
    plain: one.plain,
    terms: [...one.terms, ...other.terms],
    from: from.length === 0 ? null : Math.max(...from),
    to: to.length === 0 ? null : Math.min(...to),
  };
}

/** Each in brackets where an OR in it would else reach over the other. */
function joinQueries(one: string | undefined, other: string): string {
  const bracketed = (text: string) => {
    const { query } = parseQuery(text);
    return query?.kind === ('or' satisfies Query['kind']) ? `(${text.trim()})` : text.trim();
  };
  return one === undefined || parseQuery(one).query === null ? other.trim() : `${bracketed(one)} ${bracketed(other)}`;
}

/** Milliseconds: at or after, and before. Null: without an end. */
interface Period {
  readonly from: number | null;
  readonly to: number | null;
}

function toPeriods({ a, b, filters }: ReleaseReportInput, now: Date): { a: GroupFilter; b: GroupFilter } {
  const later = parsePeriod('b', b, now);
  const earlier = a === undefined ? periodBefore(later, now) : parsePeriod('a', a, now);
  const isApart = endOf(earlier) <= beginOf(later) || endOf(later) <= beginOf(earlier);
  if (!isApart) {
    throw new AppError('invalid_value', 'The periods `a` and `b` overlap: a request would be in both.', { param: 'a' });
  }
  const base = parseStatsFilter(filters, now);
  const toFilter = (value: string, { from, to }: Period): GroupFilter => ({
    value,
    q: filters.q ?? '',
    filter: both(base, { plain: {}, terms: [], from, to }),
  });
  return { a: toFilter(a ?? sayPeriod(earlier), earlier), b: toFilter(b, later) };
}

const beginOf = ({ from }: Period) => from ?? -Infinity;
const endOf = ({ to }: Period) => to ?? Infinity;

/** As long as it, right before it. One that is open at its end ends now. */
function periodBefore({ from, to }: Period, now: Date): Period {
  if (from === null) {
    throw new AppError('invalid_value', 'Before `b` there is no time: give it a beginning, or give `a`.', {
      param: 'a',
    });
  }
  return { from: from - ((to ?? now.getTime()) - from), to: from };
}

function sayPeriod({ from, to }: Period): string {
  const say = (ms: number | null) => (ms === null ? '' : new Date(ms).toISOString());
  return `${say(from)}..${say(to)}`;
}

/** `7d` is the last seven days, `14d..7d` those before, `2026-11-01..2026-11-07` seven whole days of UTC. */
function parsePeriod(param: 'a' | 'b', text: string, now: Date): Period {
  const { low, high } = splitRange(text) ?? (isDay(text) ? { low: text, high: text } : { low: text, high: '' });
  const [first, last] = [low === '' ? null : parseTime(low), high === '' ? null : parseTime(high)];
  const isRead = (low === '' || first !== null) && (high === '' || last !== null) && (first ?? last) !== null;
  const from = first && toMs(first, now);
  // A day at the end is all of it.
  const to = last && toMs(isDay(high) ? nextDay(last) : last, now);
  if (!isRead || (from !== null && to !== null && from >= to)) {
    throw new AppError(
      'invalid_value',
      `\`${param}\` must be a period, such as 7d, 14d..7d, 2026-11-01..2026-11-07 or 2026-11-01T08:00Z..2026-11-01T12:00Z.`,
      { param },
    );
  }
  return { from, to };
}

function toMs(time: QueryTime, now: Date): number {
  return 'agoMs' in time ? now.getTime() - time.agoMs : Date.parse(time.at);
}

/** The filters with the value of a group as a field of its own, where it has one: rollups know whether anybody has it. */
export function plainFilters({ by, filters }: ReleaseReportInput, value: string): RequestFilters {
  if (value.includes('*')) return filters;
  switch (by) {
    case 'model':
      return { ...filters, model: value };
    case 'provider':
      return { ...filters, provider: value };
    case 'env':
      return { ...filters, environment: value };
    case 'prompt':
      return value.includes('@') ? filters : { ...filters, prompt_slug: value };
    case 'release':
    case 'period':
    case 'query':
      return filters;
  }
}
