/** Release reports: two groups of requests, sampled, measured and judged. */
import {
  FEWEST_REQUESTS,
  type FailRule,
  parseFailOn,
  type ReleaseChoices,
  type ReleaseChoicesInput,
  type ReleaseReport,
  type ReleaseReportInput,
  REPORT_ALPHA,
  REPORTED_REQUESTS,
  type ReportedGroup,
  type ReportedMetric,
} from '#shared/releaseReport';
import type { OrgScope } from '#server/auth/orgScope';
import type { Place } from '#server/db/cursor';
import { Parameters, type Queryable } from '#server/db/sql';
import type { Deps } from '#server/deps';
import { formatUsd, parseUsd } from '#server/pricing/usd';
import { type FoundFilters, whereFilters } from '#server/requests/filters';
import { withHits } from '#server/stats/asked';
import type { StatsFilter } from '#server/stats/statsFilter';
import { isAnsweredByIndex, mayMatch, TimeBudget } from '#server/walk/walk';
import { compareFinishReasons, compareMetrics, findMovers } from './figures.ts';
import { type GroupFilter, plainFilters, toGroups } from './groups.ts';
import { listChoices, readSample } from './repository.ts';
import { appendSample, emptySample, type Sample } from './sample.ts';

type ReadDeps = Pick<Deps, 'reads' | 'clock' | 'config'>;

/** The longest that the requests of one group are looked for, and that Postgres works on one step of it. */
const LOOK_MS = 2_000;
const STEP_MS = 5_000;
const CHOICES_MS = 3_000;

/**
 * Compares two groups of requests by the latest REPORTED_REQUESTS of each.
 * @throws {AppError} `invalid_value` where `a` or `b` is no group, both are the same, or periods overlap.
 */
export async function getReleaseReport(
  deps: ReadDeps,
  scope: OrgScope,
  input: ReleaseReportInput,
): Promise<ReleaseReport> {
  whereFilters(new Parameters(), scope, input.filters); // What contradicts itself is refused, as by the list.
  const groups = toGroups(input, deps.clock());
  const [a, b] = await Promise.all([
    sampleGroup(deps, scope, input, groups.a),
    sampleGroup(deps, scope, input, groups.b),
  ]);
  const metrics = await compareMetrics(a.sample, b.sample, nextTurn);
  const fields = (['model', 'prompt'] as const).filter((field) => field !== input.by);
  return {
    by: input.by,
    a: describeGroup(groups.a, a),
    b: describeGroup(groups.b, b),
    confidence: 1 - REPORT_ALPHA,
    verdict: verdictOf(metrics),
    failed: input.fail_on === undefined ? null : listFailed(parseFailOn(input.fail_on) ?? [], metrics, [a, b]),
    metrics,
    finish_reasons: compareFinishReasons(a.sample, b.sample),
    movers: await findMovers(a.sample, b.sample, { fields, pause: nextTurn }),
  };
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

interface GroupSample {
  readonly sample: Sample;
  readonly isCut: boolean;
  /** How far it looked, where the time was up. */
  readonly stoppedAt: Place | null;
}

/** The latest requests of a group, within LOOK_MS. */
async function sampleGroup(
  deps: ReadDeps,
  scope: OrgScope,
  input: ReleaseReportInput,
  group: GroupFilter,
): Promise<GroupSample> {
  const db = deps.reads.of(scope, { statementMs: STEP_MS });
  const sample = emptySample();
  const { from, to } = group.filter;
  const isPossible =
    (from === null || to === null || from < to) && (await mayMatch(db, scope, plainFilters(input, group.value)));
  if (!isPossible) return { sample, isCut: false, stoppedAt: null };
  const filters = toFound(await withHits(deps, scope, group.filter));
  return readGroup(db, scope, filters, sample);
}

function toFound({ plain, terms, from, to }: StatsFilter): FoundFilters {
  return {
    ...plain,
    terms,
    ...(from !== null && { from: new Date(from).toISOString() }),
    ...(to !== null && { to: new Date(to).toISOString() }),
  };
}

/** Rows of the first step, whose time tells how many the next may have. */
const FIRST_ROWS = 2_000;
const MOST_ROWS = 50_000;
const FEWEST_ROWS = 250;

async function readGroup(db: Queryable, scope: OrgScope, filters: FoundFilters, sample: Sample): Promise<GroupSample> {
  const budget = new TimeBudget(LOOK_MS);
  // Where an index leads to nothing else, one step is enough.
  const isDirect = filters.ids !== undefined || isAnsweredByIndex(scope, filters);
  let rows = isDirect ? REPORTED_REQUESTS + 1 : FIRST_ROWS;
  for (let place: Place | null = null; ;) {
    const begin = performance.now();
    const limit = REPORTED_REQUESTS - sample.status.length;
    const found = await readSample(db, scope, filters, { place, rows, limit });
    appendSample(sample, found.sample, limit);
    if (found.sample.status.length > limit) return { sample, isCut: true, stoppedAt: null };
    if (found.last === null) return { sample, isCut: false, stoppedAt: null };
    place = found.last;
    const rowsPerMs = rows / Math.max(0.1, performance.now() - begin);
    // Half of the time that is left: the next step may be slower than this one.
    rows = Math.floor(Math.min(rows * 8, MOST_ROWS, (rowsPerMs * budget.left) / 2));
    if (rows < FEWEST_ROWS) return { sample, isCut: false, stoppedAt: place };
  }
}

function describeGroup({ value, q, filter }: GroupFilter, { sample, isCut, stoppedAt }: GroupSample): ReportedGroup {
  const toTime = (ms: number | null | undefined) =>
    ms === null || ms === undefined ? null : new Date(ms).toISOString();
  const known = sample.cost_usd.filter((cost) => cost !== null);
  return {
    value,
    q,
    from: toTime(filter.from),
    to: toTime(filter.to),
    requests: sample.status.length,
    errors: sample.status.filter((status) => status === 'error').length,
    cost_usd: formatUsd(known.reduce((sum, cost) => sum + parseUsd(cost), 0n)),
    unpriced_requests: sample.status.length - known.length,
    first_at: toTime(sample.started_at.at(-1)),
    last_at: toTime(sample.started_at[0]),
    counted_back_to: isCut ? toTime(sample.started_at.at(-1)) : null,
    looked_back_to: stoppedAt === null ? null : new Date(stoppedAt.started_at).toISOString(),
  };
}

function verdictOf(metrics: readonly ReportedMetric[]): ReleaseReport['verdict'] {
  const has = (verdict: ReportedMetric['verdict']) => metrics.some((metric) => metric.verdict === verdict);
  if (has('worse')) return has('better') ? 'mixed' : 'worse';
  if (has('better')) return 'better';
  if (has('changed')) return 'changed';
  // Most of what both groups report decides: one figure of nine that could be told is no answer.
  const reported = metrics.filter(({ difference }) => difference !== null);
  const unknown = reported.filter(({ verdict }) => verdict === 'too_few');
  return unknown.length * 2 >= reported.length ? 'too_few' : 'no_difference';
}

/** The conditions that hold, as they may be written in `fail_on`. */
function listFailed(
  rules: readonly FailRule[],
  metrics: readonly ReportedMetric[],
  groups: readonly GroupSample[],
): string[] {
  const failed = rules.flatMap((rule): string[] => {
    switch (rule.kind) {
      case 'worse':
        return metrics.filter(({ verdict }) => verdict === 'worse').map(({ metric }) => metric);
      case 'too_few':
        return groups.some(({ sample }) => sample.status.length < FEWEST_REQUESTS) ? ['too_few'] : [];
      case 'metric': {
        const found = metrics.find(({ metric }) => metric === rule.metric);
        return found && isBeyond(found, rule.above) ? [sayRule(rule)] : [];
      }
    }
  });
  return [...new Set(failed)];
}

/** Whether a metric got worse, or, of one that is neither better nor worse, more; and by more than so many percent. */
function isBeyond({ verdict, unit, relative, difference }: ReportedMetric, above: number | null): boolean {
  const isSeen = verdict === 'worse' || (verdict === 'changed' && (difference?.value ?? 0) > 0);
  if (!isSeen || above === null) return isSeen;
  // Where there was nothing before, any amount is infinitely more.
  return (unit === 'share' ? (difference?.value ?? 0) : (relative ?? Infinity)) * 100 > above;
}

function sayRule({ metric, above }: Extract<FailRule, { kind: 'metric' }>): string {
  return above === null ? metric : `${metric}>${above}%`;
}

/** The values that the latest requests of a filter have, the youngest first: what two groups may be. */
export async function listReleaseChoices(
  deps: ReadDeps,
  scope: OrgScope,
  { by, filters }: ReleaseChoicesInput,
): Promise<ReleaseChoices> {
  const db = deps.reads.of(scope, { statementMs: CHOICES_MS });
  return { choices: await listChoices(db, scope, filters, by) };
}
