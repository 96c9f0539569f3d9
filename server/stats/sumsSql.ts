/** SQL that reads the rollups: relations `r` of sums, with the names that requests have, so that one filter serves both. */
import { DAY_MS, HOUR_MS } from '#shared/durations';
import type { OrgScope } from '#server/auth/orgScope';
import type { Parameters } from '#server/db/sql';
import { whereFilters } from '#server/requests/filters';
import { querySql } from '#server/requests/querySql';
import { measuresSql, SUM_NAMES, type Dimension, DIMENSIONS } from '#server/rollups/rollUp';
import { type RollupKey, type StatsFilter, userOf } from './statsFilter.ts';
import { type Move, NOON_MS, type Span, splitRange, type TimeRange } from './timeRange.ts';

/**
 * Which rollup answers: that of all requests, that which tells all dimensions apart, that of one dimension, or that of
 * users, which knows days alone.
 */
export type Source = 'all' | 'dimensions' | 'users' | Dimension;

/** The source for what a filter and a group ask of; null where none knows it: users are told apart by nothing else. */
export function sourceOfKeys(asked: ReadonlySet<RollupKey>): Source | null {
  const [first] = asked;
  if (first === undefined) return 'all';
  if (asked.size === 1 && first === 'user_id') return 'users';
  if (asked.size === 1 && isOneDimension(first)) return first;
  return asked.has('user_id') ? null : 'dimensions';
}

/** The keys of a source besides time, as requests call them. */
function columnsOf(source: Source): readonly string[] {
  if (source === 'all') return [];
  if (source === 'dimensions') return DIMENSIONS;
  return [source === 'users' ? 'user_id' : source];
}

/** The condition on `r`, without time. */
export function whereAsked(parameters: Parameters, scope: OrgScope, { plain, terms }: StatsFilter): string {
  return [whereFilters(parameters, scope, plain), ...terms.map((term) => querySql(parameters, scope, term))].join(
    ' AND ',
  );
}

/** The condition that a time lies in one of the ranges. */
export function whereIn(parameters: Parameters, column: string, ranges: readonly TimeRange[]): string {
  const bind = (time: number) => `${parameters.bind(new Date(time).toISOString())}::timestamptz`;
  const conditions = ranges.map(({ from, to }) =>
    [
      'true',
      ...(from === null ? [] : [`${column} >= ${bind(from)}`]),
      ...(to === null ? [] : [`${column} < ${bind(to)}`]),
    ].join(' AND '),
  );
  return conditions.length === 0 ? 'false' : `(${conditions.join(' OR ')})`;
}

/** How the time is told apart: whole days or hours, and where buckets begin that are neither. */
export interface Grain {
  readonly source: Source;
  readonly finest: 'day' | 'hour';
  readonly edges?: readonly number[];
  /** These sums alone; default: all of them. */
  readonly only?: readonly string[];
  /** Only these users, whose days are then looked up by key: a relation with a column `value`, null for no user. */
  readonly ofUsers?: string;
}

/**
 * Rows `r` with a time `at`, the keys of the source and the sums, of which a filter on those keys is answered exactly: from
 * whole days and hours, and at the ends from the requests themselves. Where buckets begin inside of a day it is counted
 * where its noon lies, and what belongs to another bucket is moved there.
 */
export function sumsSql(parameters: Parameters, scope: OrgScope, filter: StatsFilter, grain: Grain): string {
  const { source, only = SUM_NAMES } = grain;
  const split = splitRange(filter, { ...grain, hasHours: source !== 'users' });
  const org = parameters.bind(scope.org_id);
  const user = source === 'users' ? userOf(filter) : null;
  // Bound where a part needs it: Postgres refuses a parameter that its statement does not name.
  const ofUser = () => `(SELECT ${parameters.bind(user)}::text AS value) asked`;
  const ofUsers = grain.ofUsers === undefined ? (user === null ? null : ofUser) : () => grain.ofUsers ?? '';
  const parts = [
    ...keptParts(parameters, {
      org,
      source,
      only,
      unit: 'day',
      ranges: split.days,
      ofUsers,
      isAtNoon: grain.edges !== undefined,
    }),
    ...keptParts(parameters, {
      org,
      source,
      only,
      unit: 'hour',
      ranges: split.hours,
      ofUsers,
      except: split.exceptHours,
    }),
  ];
  const keys = columnsOf(source);
  const group = keys.length === 0 ? '' : `, ${keys.join(', ')}`;
  if (split.rest.length > 0) {
    parts.push(`SELECT inside.* FROM ${spansSql(parameters, split.rest)} CROSS JOIN LATERAL (
      SELECT org_id, span.since AS at${group}, ${measuresSql(only)}
      FROM requests WHERE org_id = ${org} AND started_at >= span.since AND started_at < span.until${
        grain.ofUsers ? ` AND coalesce(user_id, '') IN (SELECT coalesce(value, '') FROM ${grain.ofUsers})` : ''
      } GROUP BY org_id${group}) inside`);
  }
  if (split.movedHours.length > 0) {
    const { table, time, where } = tableOf(source, 'hour');
    parts.push(`SELECT org_id, place.at, ${[...keysOf(source), ...measuresOf(source, only, 'place.sign * ')].join(', ')}
      FROM ${movesSql(parameters, split.movedHours)} CROSS JOIN ${movedRows({ table, time, org, where })} CROSS JOIN ${PLACES}`);
  }
  if (split.movedRest.length > 0) {
    const moved = only.map((name) => `place.sign * ${name} AS ${name}`);
    parts.push(`SELECT org_id, place.at, ${[...keys, ...moved].join(', ')}
      FROM ${movesSql(parameters, split.movedRest)} CROSS JOIN LATERAL (
        SELECT org_id${group}, ${measuresSql(only)}
        FROM requests WHERE org_id = ${org} AND started_at >= move.since AND started_at < move.until
        GROUP BY org_id${group}) inside CROSS JOIN ${PLACES}`);
  }
  // Without any range there is still a relation.
  if (parts.length === 0)
    parts.push(...keptParts(parameters, { org, source, only, unit: 'day', ranges: [{ from: 0, to: 0 }], ofUsers }));
  return `(${parts.join(' UNION ALL ')}) r`;
}

/** Where a part that is moved is added, and where it is taken off. */
export const PLACES = 'LATERAL (VALUES (move.since, 1), (move.counted_at, -1)) AS place (at, sign)';

/** The rows of a rollup in the time of a `move`. OFFSET keeps it a look at the key for each: a join read all hours there are for each. */
export function movedRows({
  table,
  time,
  org,
  where,
}: Readonly<Record<'table' | 'time' | 'org' | 'where', string>>): string {
  return `LATERAL (SELECT * FROM ${table} WHERE org_id = ${org} AND ${where} ${time} >= move.since AND ${time} < move.until OFFSET 0) moved`;
}

/** The columns of the keys as requests have them: null where the rollup says ''. */
export function keysOf(source: Source): string[] {
  return columnsOf(source).map((name) => {
    const column = isOneDimension(source) ? 'value' : name;
    return ['prompt_slug', 'environment', 'user_id'].includes(name)
      ? `nullif(${column}, '') AS ${name}`
      : `${column} AS ${name}`;
  });
}

function isOneDimension(name: string): name is Dimension {
  return DIMENSIONS.some((each) => each === name);
}

/** The sums of a rollup; where the status is a dimension the requests that failed are those of one. */
function measuresOf(source: Source, names: readonly string[], factor = ''): string[] {
  const errors = source === 'dimensions' ? "CASE WHEN status = 'error' THEN requests ELSE 0 END" : 'errors';
  return names.map((name) => `${factor}${name === 'errors' ? errors : name} AS ${name}`);
}

/** The table of a source, the column of its time, and the condition that picks its rows. */
export function tableOf(source: Source, unit: 'day' | 'hour'): { table: string; time: string; where: string } {
  if (source === 'all') return { table: 'request_totals', time: 'starts_at', where: `grain = '${unit}' AND` };
  if (source === 'users') return { table: 'request_user_days', time: 'day', where: '' };
  if (isOneDimension(source))
    return { table: 'request_values', time: 'starts_at', where: `dimension = '${source}' AND grain = '${unit}' AND` };
  return { table: unit === 'day' ? 'request_days' : 'request_hours', time: unit, where: '' };
}

interface Kept {
  readonly org: string;
  readonly source: Source;
  readonly only: readonly string[];
  readonly unit: 'day' | 'hour';
  readonly ranges: readonly TimeRange[];
  /** Makes the relation of the users that are asked for; null for all. */
  readonly ofUsers: (() => string) | null;
  readonly except?: readonly number[];
  readonly isAtNoon?: boolean;
}

function keptParts(
  parameters: Parameters,
  { org, source, only, unit, ranges, ofUsers, except = [], isAtNoon = false }: Kept,
): string[] {
  const { table, time, where } = tableOf(source, unit);
  const at = isAtNoon ? noonOf(time) : time;
  return ranges.map((range) => {
    const inRange = (column: string) => whereIn(parameters, column, [range]);
    // For some users each day is looked up by its key: a range of days would hold the rows of all other users.
    const from =
      ofUsers === null
        ? `${table} WHERE org_id = ${org} AND ${where} ${inRange(time)}${exceptSql(parameters, time, except)}`
        : `(SELECT DISTINCT starts_at FROM request_totals WHERE org_id = ${org} AND grain = 'day'
             AND ${inRange('starts_at')}) days CROSS JOIN ${ofUsers()} CROSS JOIN LATERAL (SELECT * FROM ${table}
             WHERE org_id = ${org} AND day = days.starts_at AND user_id = coalesce(value, '') OFFSET 0) own WHERE true`;
    return `SELECT ${['org_id', `${at} AS at`, ...keysOf(source), ...measuresOf(source, only)].join(', ')} FROM ${from}`;
  });
}

/** Where a day is counted as a whole. */
export function noonOf(day: string): string {
  return `${day} + interval '${NOON_MS / HOUR_MS} hours'`;
}

/** The condition that a time is none of these hours; nothing where there are none. */
export function exceptSql(parameters: Parameters, column: string, hours: readonly number[]): string {
  return hours.length === 0 ? '' : ` AND ${column} <> ALL (${timesSql(parameters, hours)})`;
}

/** Times as an array. */
function timesSql(parameters: Parameters, times: readonly number[]): string {
  return `${parameters.bind(times.map((time) => new Date(time).toISOString()))}::timestamptz[]`;
}

/** A relation of spans of time: `since` and `until`. */
export function spansSql(parameters: Parameters, spans: readonly Span[]): string {
  const since = timesSql(
    parameters,
    spans.map(({ from }) => from),
  );
  const until = timesSql(
    parameters,
    spans.map(({ to }) => to),
  );
  return `unnest(${since}, ${until}) AS span (since, until)`;
}

/** A relation of what is moved: from `since` to `until`, and where it was counted. */
export function movesSql(parameters: Parameters, moves: readonly Move[]): string {
  const times = [moves.map(({ from }) => from), moves.map(({ to }) => to), moves.map(({ countedAt }) => countedAt)].map(
    (each) => timesSql(parameters, each),
  );
  return `unnest(${times.join(', ')}) AS move (since, until, counted_at)`;
}

/** Dimensions, or the user, that a day can count together with others. */
const OTHERS: Readonly<Record<Dimension | 'user_id', string | null>> = {
  provider: 'has_other_models',
  model: 'has_other_models',
  prompt_slug: 'has_other_prompts',
  environment: 'has_other_prompts',
  user_id: 'has_other_users',
  status: null,
};

/** True where a day of the range counts some of these together, so that a single value cannot be told. Primary key. */
export function hasOtherSql(
  parameters: Parameters,
  scope: OrgScope,
  filter: StatsFilter,
  asked: ReadonlySet<Dimension | 'user_id'>,
): string {
  const flags = [...new Set([...asked].flatMap((name) => OTHERS[name] ?? []))];
  const range = { from: filter.from === null ? null : filter.from - DAY_MS, to: filter.to };
  return `EXISTS (SELECT FROM request_totals WHERE org_id = ${parameters.bind(scope.org_id)} AND grain = 'day'
    AND ${whereIn(parameters, 'starts_at', [range])} AND (${flags.join(' OR ') || 'false'}))`;
}

/** The condition on requests `r` themselves. */
export function whereLatest(parameters: Parameters, scope: OrgScope, filter: StatsFilter): string {
  return `${whereAsked(parameters, scope, filter)} AND ${whereIn(parameters, 'r.started_at', [filter])}`;
}

/** Buckets of one width, or those that begin at these times, of which the last is the end. */
export type Bins = number | readonly number[];

/** The beginning of the bucket that a time is in. Of one width: whole days of UTC, and weeks from Monday. */
export function binSql(parameters: Parameters, column: string, bins: Bins): string {
  if (typeof bins === 'number') {
    return `date_bin(make_interval(secs => ${parameters.bind(bins / 1_000)}::float8), ${column}, '2001-01-01T00:00:00Z'::timestamptz)`;
  }
  const times = timesSql(parameters, bins);
  return `(${times})[width_bucket(${column}, ${times})]`;
}
