import { type DataHealth, type DataHealthHour, HEALTH_COUNTS, HEALTH_DAYS, HEALTH_SOURCES } from '#shared/dataHealth';
import { HOUR_MS } from '#shared/durations';
import type { OrgScope } from '#server/auth/orgScope';
import type { Deps } from '#server/deps';
import { requireCurrentRollups } from '#server/rollups/service';
import { countWaiting, type HealthRow, listHealthCounts, listRequestHours, type RequestHour } from './repository.ts';

/** What came in during the last HEALTH_DAYS, by the hour, with all that was counted before it is asked. */
export async function getDataHealth(
  deps: Pick<Deps, 'reads' | 'clock' | 'healthCounts' | 'rollups'>,
  scope: OrgScope,
): Promise<DataHealth> {
  await Promise.all([deps.healthCounts.flush(), requireCurrentRollups(deps, scope)]);
  const now = deps.clock();
  const from = hourOf(new Date(now.getTime() - HEALTH_DAYS * 24 * HOUR_MS));
  const to = now.toISOString();
  const [counted, requests, waiting] = await Promise.all([
    listHealthCounts(deps.reads.of(scope), scope, from),
    listRequestHours(deps.reads.of(scope), scope, { from, to }),
    countWaiting(deps.reads.of(scope), scope),
  ]);
  return {
    from,
    to,
    totals: { ...sumArrivals(counted), ...sumRequests(requests) },
    sources: listSources(counted),
    hours: listHours(counted, requests),
    notes: listReasons(counted, 'note.'),
    waiting,
  };
}

function hourOf(time: Date): string {
  return new Date(Math.floor(time.getTime() / HOUR_MS) * HOUR_MS).toISOString();
}

type Arrivals = Omit<DataHealthHour, 'hour' | 'requests' | 'without_usage' | 'without_price'>;

function sumArrivals(rows: readonly HealthRow[]): Arrivals {
  const sums = Object.fromEntries(HEALTH_COUNTS.map((reason) => [reason, sumOf(rows, reason)]));
  return { ...(sums as Omit<Arrivals, 'dropped'>), dropped: listReasons(rows, 'dropped.') }; // One for each name.
}

function sumOf(rows: readonly HealthRow[], reason: string): number {
  return rows.reduce((sum, row) => (row.reason === reason ? sum + row.count : sum), 0);
}

/** What is counted under names with a beginning, most frequent first. */
function listReasons(rows: readonly HealthRow[], beginning: string): { reason: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { reason, count } of rows) {
    if (reason.startsWith(beginning)) counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  return [...counts]
    .map(([reason, count]) => ({ reason: reason.slice(beginning.length), count }))
    .toSorted((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

function sumRequests(hours: readonly RequestHour[]): Omit<RequestHour, 'hour'> {
  const sums = { requests: 0, without_usage: 0, without_price: 0 };
  for (const hour of hours) {
    sums.requests += hour.requests;
    sums.without_usage += hour.without_usage;
    sums.without_price += hour.without_price;
  }
  return sums;
}

function listSources(rows: readonly HealthRow[]): DataHealth['sources'] {
  return HEALTH_SOURCES.flatMap((source) => {
    const own = rows.filter((row) => row.source === source);
    return own.length === 0 ? [] : [{ source, ...sumArrivals(own) }];
  });
}

function listHours(rows: readonly HealthRow[], requests: readonly RequestHour[]): DataHealthHour[] {
  const arrived = new Map<string, HealthRow[]>();
  for (const row of rows) arrived.set(row.hour, [...(arrived.get(row.hour) ?? []), row]);
  const began = new Map(requests.map((one) => [one.hour, one]));
  const hours = [...new Set([...arrived.keys(), ...began.keys()])].toSorted();
  return hours.map((hour) => {
    const one = began.get(hour);
    return { hour, ...sumArrivals(arrived.get(hour) ?? []), ...sumRequests(one ? [one] : []) };
  });
}
