/**
 * Demo data: weeks of believable model calls of one company, made from a seed.
 *
 * Nothing here reads a clock or draws its own chance. Each task (a chat, a review, a search) has its own random numbers, made
 * from the seed, its UTC day and its place in that day, and its ids are UUIDv7 of its own times. So a second run with the
 * same `requests`, `days` and `seed` on the same UTC day makes the same ids again: the server answers `duplicate`, and
 * only what began since the first run is new (and at most a dozen at the old end, which make up the exact number).
 */
import { DAY_MS, HOUR_MS } from '#shared/durations';
import { dayOf, isWeekend, planDays, timeInDay } from './calendar.ts';
import type { DayPlan } from './calendar.ts';
import { Random } from './random.ts';
import { pickScenario, singleCallScenario } from './scenarios.ts';
import { TraceBuilder } from './traceBuilder.ts';
import type { DemoItem, Timeline } from './traceBuilder.ts';

export type { DemoItem } from './traceBuilder.ts';

export interface DemoOptions {
  /** How many logs come; spans come on top. Only a handful for many days gives fewer. */
  requests: number;
  /** Length of the past, from `now` back. */
  days: number;
  now: Date;
  seed: number;
}

/** Logs and spans in the order in which they began, all within the last `days` and over before `now`. */
export function* generateDemo(options: DemoOptions): Generator<DemoItem, void, undefined> {
  const { requests, days, seed } = options;
  if (requests <= 0 || days <= 0) return;
  const until = options.now.getTime();
  const from = until - days * DAY_MS;
  const today = dayOf(until);
  const plans = planDays({ requests, days, today, seed });
  const inWindow = (trace: TraceBuilder) => trace.startedAt >= from && trace.endedAt <= until;
  const timeline = buildTimeline(today, days);

  // The window cuts the first and the last days, so their calls are counted, not computed.
  const available = plans.reduce((sum, plan) => {
    const isWhole = plan.day > today - days && plan.day < today - 1;
    return sum + (isWhole ? plan.quota : countLogs(plan, seed, timeline, inWindow));
  }, 0);
  let surplus = available - requests;

  let waiting: { at: number; item: DemoItem }[] = [];
  for (const plan of plans) {
    for (const trace of generateDay(plan, seed, timeline)) {
      if (!inWindow(trace)) continue;
      if (trace.logCount <= surplus) {
        surplus -= trace.logCount; // The oldest tasks are left out until exactly `requests` remain.
        continue;
      }
      const ready = waiting.findIndex(({ at }) => at >= trace.startedAt);
      const due = ready === -1 ? waiting : waiting.slice(0, ready);
      waiting = ready === -1 ? [] : waiting.slice(ready);
      for (const { item } of due) yield item;
      for (const item of trace.items) insertByTime(waiting, item);
    }
  }
  for (const { item } of waiting) yield item;
}

/** The tasks of one whole day in the order in which they begin; together they have exactly `quota` logs. */
function* generateDay(
  { day, quota }: DayPlan,
  seed: number,
  timeline: Timeline,
): Generator<TraceBuilder, void, undefined> {
  let logs = 0;
  for (let task = 0; logs < quota; task += 1) {
    const place = new Random(seed, day, task).fraction();
    const startedAt = day * DAY_MS + timeInDay(day, (logs + place) / quota);
    const trace = generateTask({ seed, day, task, startedAt, timeline, room: quota - logs });
    logs += trace.logCount;
    yield trace;
  }
}

/** Plays scenarios until one fits into what is left of the day; one with a single call always does. */
function generateTask(task: {
  seed: number;
  day: number;
  task: number;
  startedAt: number;
  timeline: Timeline;
  room: number;
}): TraceBuilder {
  for (let attempt = 1; ; attempt += 1) {
    const random = new Random(task.seed, task.day, task.task, attempt);
    const trace = new TraceBuilder({ random, startedAt: task.startedAt, day: task.day, timeline: task.timeline });
    const scenario = attempt < 6 ? pickScenario(random, isWeekend(task.day)) : singleCallScenario;
    scenario.generate(trace);
    if (trace.logCount <= task.room) return trace;
  }
}

function countLogs(
  plan: DayPlan,
  seed: number,
  timeline: Timeline,
  inWindow: (trace: TraceBuilder) => boolean,
): number {
  let logs = 0;
  for (const trace of generateDay(plan, seed, timeline)) if (inWindow(trace)) logs += trace.logCount;
  return logs;
}

/** A week ago (or in the middle of a shorter past), on a working day, OpenAI had a bad hour. */
function buildTimeline(today: number, days: number): Timeline {
  let incidentDay = today - Math.max(1, Math.min(7, Math.floor(days / 2)));
  if (days > 9) while (isWeekend(incidentDay)) incidentDay -= 1;
  const from = incidentDay * DAY_MS + 13.2 * HOUR_MS;
  return { incident: { from, to: from + 3_900_000 }, switchDay: today - Math.floor(days / 2) };
}

/** Behind all that began at the same time: a step comes before what happens in it. */
function insertByTime(waiting: { at: number; item: DemoItem }[], item: DemoItem): void {
  const at = Date.parse('log' in item ? String(item.log.started_at) : item.span.started_at);
  const later = waiting.findLastIndex((entry) => entry.at <= at);
  waiting.splice(later + 1, 0, { at, item });
}
