/** What `bench -- analytics` measures: the calls of the analytics page, one at a time. */
import { DAY_MS } from '#shared/durations';
import type { RequestFilters } from '#shared/request';
import type { GroupField } from '#shared/stats';
import type { Case, Found } from './cases.ts';

/** What the rollups know, and everything else. */
const KNOWN_MS = 50;
const OTHER_MS = 300;

const lastDays =
  (days: number) =>
  ({ until }: Found) => ({ from: new Date(until.getTime() - days * DAY_MS).toISOString() });
const MONTH = lastDays(30);

const KNOWN: readonly (readonly [string, RequestFilters])[] = [
  ['everything', {}],
  ['a model', { model: 'gpt-4o-mini' }],
  ['a provider', { provider: 'openai' }],
  ['errors', { status: 'error' }],
  ['an environment', { environment: 'production' }],
  ['a prompt', { q: 'prompt:*-01' }],
  ['a model in an environment', { model: 'gpt-4o', environment: 'development' }],
  ['not production, not OpenAI', { q: '-env:production -provider:openai' }],
];
const OTHERS: readonly (readonly [string, RequestFilters])[] = [
  ['a user', { user_id: 'user_000001' }],
  ['a rare user', { user_id: 'user_043210' }],
  ['a tag', { tag: ['tier:enterprise'] }],
  ['latency above 10 s', { q: 'latency:>10s' }],
  ['a user and a model', { user_id: 'user_000001', model: 'gpt-4o' }],
];
const GROUPS: readonly GroupField[] = ['model', 'provider', 'status', 'env', 'prompt'];
const OTHER_GROUPS: readonly GroupField[] = ['user', 'key', 'release', 'error.type', 'tag.team'];

export function makeAnalyticsCases(): Case[] {
  const totals = (budgetMs: number, cases: typeof KNOWN): Case[] =>
    cases.map(([name, filters]) => ({
      section: 'totals',
      name,
      budgetMs,
      call: (api, found) => api.query('stats.totals', { ...MONTH(found), ...filters }),
    }));
  const series = (name: string, budgetMs: number, input: object, filters: RequestFilters = {}): Case => ({
    section: 'series',
    name,
    budgetMs,
    call: (api, found) =>
      api.query('stats.series', { time_zone: 'UTC', ...input, filters: { ...MONTH(found), ...filters } }),
  });
  const groups = (by: GroupField, budgetMs: number, filters: RequestFilters = {}): Case => ({
    section: 'groups',
    name: `by ${by}${Object.keys(filters).length > 0 ? ' of a model' : ''}`,
    budgetMs,
    call: (api, found) => api.query('stats.groups', { by, filters: { ...MONTH(found), ...filters } }),
  });
  return [
    ...totals(KNOWN_MS, KNOWN),
    ...totals(OTHER_MS, OTHERS),
    { section: 'totals', name: 'all time', budgetMs: KNOWN_MS, call: (api) => api.query('stats.totals', {}) },
    ...['UTC', 'Europe/Oslo', 'America/New_York'].map((time_zone) =>
      series(`everything, ${time_zone}`, KNOWN_MS, { time_zone }),
    ),
    series('everything, Asia/Kolkata', OTHER_MS, { time_zone: 'Asia/Kolkata' }),
    ...['UTC', 'Europe/Oslo'].flatMap((time_zone) =>
      GROUPS.map((group) => series(`by ${group}, ${time_zone}`, KNOWN_MS, { group, time_zone, percentiles: false })),
    ),
    ...KNOWN.slice(1).map(([name, filters]) => series(`of ${name}`, KNOWN_MS, { percentiles: false }, filters)),
    series('of a model, with percentiles', OTHER_MS, {}, { model: 'gpt-4o-mini' }),
    series('by model, with percentiles', OTHER_MS, { group: 'model' }),
    ...OTHER_GROUPS.map((group) => series(`by ${group}`, OTHER_MS, { group, percentiles: false })),
    ...OTHERS.map(([name, filters]) => series(`of ${name}`, OTHER_MS, {}, filters)),
    ...[...GROUPS, ...OTHER_GROUPS].map((by) => groups(by, OTHER_MS)),
    groups('prompt', OTHER_MS, { model: 'gpt-4o-mini' }),
    groups('user', OTHER_MS, { model: 'gpt-4o-mini' }),
  ];
}
