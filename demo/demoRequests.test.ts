import { LogInput } from '#shared/request';
import { SpanInput } from '#shared/trace';
import { generateDemo } from './demoRequests.ts';
import type { DemoItem, DemoOptions } from './demoRequests.ts';
import { SCENARIOS } from './scenarios.ts';

const NOW = new Date('2026-03-18T15:41:07.123Z');
const OPTIONS: DemoOptions = { requests: 2_000, days: 30, now: NOW, seed: 42 };

const items = [...generateDemo(OPTIONS)];
const logs = items.flatMap((item) => ('log' in item ? [item.log] : []));
const spans = items.flatMap((item) => ('span' in item ? [item.span] : []));

const bodyOf = (item: DemoItem) => ('log' in item ? item.log : item.span);
const startOf = (item: DemoItem) => Date.parse(String(bodyOf(item).started_at));
const shareOf = (part: readonly unknown[], whole: readonly unknown[]) => part.length / whole.length;

test('every item is a valid log or span', () => {
  const problems = items.flatMap((item) => {
    const result = 'log' in item ? LogInput.safeParse(item.log) : SpanInput.safeParse(item.span);
    return result.success ? [] : result.error.issues;
  });
  expect(problems).toEqual([]);
});

test('all fields of a log are known to the contract', () => {
  const known = new Set(Object.keys(LogInput.shape));
  expect([...new Set(logs.flatMap((log) => Object.keys(log)))].filter((field) => !known.has(field))).toEqual([]);
});

test.each([
  { requests: 2_000, days: 30 },
  { requests: 137, days: 1 },
  { requests: 300, days: 7 },
  { requests: 1_500, days: 90 },
])('gives exactly $requests logs in $days days, at any time of day', ({ requests, days }) => {
  for (const time of ['00:00:00', '00:20:00', '09:30:00', '23:59:59']) {
    const now = new Date(`2026-03-16T${time}Z`);
    const made = [...generateDemo({ requests, days, now, seed: 3 })];
    expect(made.filter((item) => 'log' in item)).toHaveLength(requests);
    const from = now.getTime() - days * 86_400_000;
    const outside = made.filter((item) => startOf(item) < from || endOf(item) > now.getTime());
    expect(outside).toEqual([]);
  }
});

test('items come in the order in which they began, and fill the days', () => {
  const starts = items.map(startOf);
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  expect(NOW.getTime() - (starts.at(-1) ?? 0)).toBeLessThan(2 * 3_600_000);
  expect(NOW.getTime() - (starts[0] ?? 0)).toBeGreaterThan(28 * 86_400_000);
});

test('the same options give the same items', () => {
  expect(JSON.stringify([...generateDemo(OPTIONS)])).toBe(JSON.stringify(items));
});

test('a second run on the same day makes the same ids again', () => {
  const later = [...generateDemo({ ...OPTIONS, now: new Date('2026-03-18T16:10:00.000Z') })];
  const before = new Set(items.map((item) => bodyOf(item).id));
  const added = later.filter((item) => !before.has(bodyOf(item).id));
  expect(added.length).toBeGreaterThan(0);
  // What is new began since the first run, but for the last few at the old end that make up the exact number.
  expect(added.filter((item) => 'log' in item && endOf(item) <= NOW.getTime()).length).toBeLessThan(12);
});

test('another seed gives other items', () => {
  const other = new Set([...generateDemo({ ...OPTIONS, seed: 43 })].map((item) => bodyOf(item).id));
  expect(items.filter((item) => other.has(bodyOf(item).id))).toEqual([]);
});

test('ids are unique UUIDv7 of the time at which the item began', () => {
  const ids = items.map((item) => String(bodyOf(item).id));
  expect(new Set(ids).size).toBe(ids.length);
  for (const item of items) {
    const id = String(bodyOf(item).id);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(startOf(item));
  }
});

test('a parent is a step of the same trace', () => {
  const traceOf = new Map(spans.map((span) => [span.id, span.trace_id]));
  const orphans = items
    .map(bodyOf)
    .filter(({ parent_id: parent, trace_id: trace }) => parent && traceOf.get(parent) !== trace);
  expect(orphans).toEqual([]);
  expect(logs.filter((log) => log.parent_id).length).toBeGreaterThan(300);
});

test('the calls are varied: scenarios, models, providers, outcomes, languages', () => {
  const features = new Set(logs.map((log) => log.tags?.['feature']));
  expect(features).toEqual(new Set(SCENARIOS.map(({ scenario }) => scenario.name)));
  expect(new Set(logs.map((log) => log.model)).size).toBeGreaterThanOrEqual(12);
  expect(new Set(logs.map((log) => log.provider)).size).toBe(5);
  expect(new Set(logs.map((log) => log.status))).toEqual(new Set(['success', 'error', 'aborted', 'incomplete']));
  expect(new Set(logs.map((log) => log.finish_reason))).toEqual(
    new Set(['stop', 'length', 'tool_calls', null, undefined]),
  );
  const words = JSON.stringify(logs);
  for (const script of [/[\u4e00-\u9fff]/, /[\u3040-\u30ff]/, /[\u0600-\u06ff]/, /[\u0900-\u097f]/, /<script>/])
    expect(words).toMatch(script);
});

test('between 1 % and 8 % of the calls fail, most of them in one bad hour of one provider', () => {
  const errors = logs.filter((log) => log.status === 'error');
  expect(shareOf(errors, logs)).toBeGreaterThan(0.01);
  expect(shareOf(errors, logs)).toBeLessThan(0.08);
  const kinds = new Set(errors.map((log) => log.error?.http_status));
  expect([429, 500, 400].filter((status) => !kinds.has(status))).toEqual([]);
  const perHour = new Map<string, number>();
  for (const { provider, started_at: start } of errors) {
    const hour = `${provider} ${String(start).slice(0, 13)}`;
    perHour.set(hour, (perHour.get(hour) ?? 0) + 1);
  }
  const worst = [...perHour].toSorted(([, a], [, b]) => b - a)[0];
  expect(worst?.[0]).toMatch(/^openai 2026-03-11T1[34]$/);
});

test('one prompt moves to a newer model in the middle', () => {
  const chat = logs.filter((log) => log.prompt_slug === 'support-chat');
  const first = chat.findIndex((log) => log.model === 'gpt-5-mini');
  expect(chat.slice(0, first).every((log) => log.model === 'gpt-4o-mini')).toBe(true);
  expect(chat.slice(first).every((log) => log.model === 'gpt-5-mini' && log.prompt_version === '8')).toBe(true);
  expect(first / chat.length).toBeGreaterThan(0.3);
  expect(first / chat.length).toBeLessThan(0.7);
});

test('numbers are believable: parts within totals, first token before the last, few rows alike', () => {
  for (const log of logs) {
    expect(log.cached_input_tokens ?? 0).toBeLessThanOrEqual(log.input_tokens ?? 0);
    expect(log.reasoning_tokens ?? 0).toBeLessThanOrEqual(log.output_tokens ?? 0);
    expect(log.ttft_ms ?? 0).toBeLessThanOrEqual(log.latency_ms ?? 0);
  }
  expect(
    shareOf(
      logs.filter((log) => log.cost_usd),
      logs,
    ),
  ).toBeLessThan(0.02);
  const lastMessages = new Set(logs.map((log) => JSON.stringify(log.messages)));
  expect(shareOf([...lastMessages], logs)).toBeGreaterThan(0.9);
});

test('nobody, or no time, gives nothing', () => {
  expect([...generateDemo({ ...OPTIONS, requests: 0 })]).toEqual([]);
  expect([...generateDemo({ ...OPTIONS, days: 0 })]).toEqual([]);
});

function endOf(item: DemoItem): number {
  return startOf(item) + (bodyOf(item).latency_ms ?? 0);
}
