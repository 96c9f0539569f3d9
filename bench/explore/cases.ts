/** What is measured: one call each, with the time that it may take. */
import { ListRequestsInput, type RequestFilters } from '#shared/request';
import { rareWordAt } from './corpus.ts';
import { ABSENT, PLANTED } from './planted.ts';
import type { Answer, ExploreApi } from './api.ts';
import { LARGE_TRACE } from './makeRequests.ts';

export interface Case {
  readonly section: string;
  readonly name: string;
  /** Milliseconds that 95 of 100 calls may take. */
  readonly budgetMs: number;
  /** Of the first call, where it may take longer than those after it. */
  readonly firstBudgetMs?: number;
  readonly call: (api: ExploreApi, found: Found) => Promise<Answer>;
}

/** Ids of the data that is measured. */
export interface Found {
  readonly until: Date;
  readonly requestId: string;
  readonly largeRequestId: string;
  readonly traceId: string;
}

const LIST_MS = 50;
const SUMS_MS = 300;
const SEARCH_MS = 300;
const SEARCH_FIRST_MS = 800;
const DETAIL_MS = 50;
const LARGE_MS = 500;
const TRACE_MS = 150;

const daysBefore = (until: Date, days: number) => new Date(until.getTime() - days * 86_400_000).toISOString();

/** Filters with hits that are frequent, rare and absent. A function of the data where it names its times. */
const FILTERS: readonly (readonly [name: string, filters: RequestFilters | ((found: Found) => RequestFilters)])[] = [
  ['none', {}],
  ['model, frequent', { model: 'gpt-4o-mini' }],
  ['model, rare', { model: 'gpt-4o-2024-05-13' }],
  ['model, nobody has it', { model: 'no-such-model' }],
  ['provider, frequent', { provider: 'openai' }],
  ['provider, rare', { provider: 'azure' }],
  ['provider, nobody has it', { provider: 'no-such-provider' }],
  ['status error', { status: 'error' }],
  ['status aborted', { status: 'aborted' }],
  ['prompt, frequent', { q: 'prompt:*-01' }],
  ['prompt, nobody has it', { prompt_slug: 'no-such-prompt' }],
  ['trace', ({ traceId }) => ({ trace_id: traceId })],
  ['user, frequent', { user_id: 'user_000001' }],
  ['user, rare', { user_id: 'user_043210' }],
  ['user, nobody has it', { user_id: 'no-such-user' }],
  ['session, nobody has it', { session_id: 'no-such-session' }],
  ['environment, frequent', { environment: 'production' }],
  ['environment, nobody has it', { environment: 'no-such-environment' }],
  ['tag, frequent', { tag: ['tier:enterprise'] }],
  ['tag, rare', { tag: ['experiment:exp-397'] }],
  ['tag, nobody has it', { tag: ['tier:no-such-tier'] }],
  ['last 24 hours', ({ until }) => ({ from: daysBefore(until, 1) })],
  ['a day three weeks ago', ({ until }) => ({ from: daysBefore(until, 21), to: daysBefore(until, 20) })],
  ['days without requests', ({ until }) => ({ from: daysBefore(until, 90), to: daysBefore(until, 60) })],
  ['latency above 10 s', { q: 'latency:>10s' }],
  ['latency above 9 h: none', { q: 'latency:>9h' }],
  ['cost above $0.02', { q: 'cost:>0.02' }],
  ['cost above $900: none', { q: 'cost:>900' }],
  ['tokens above 12k', { q: 'tokens:>12k' }],
  ['not production, not OpenAI', { q: '-env:production -provider:openai' }],
  ['no usage', { q: '-has:usage' }],
  ['OR of two fields', { q: 'status:error OR latency:>30s' }],
  ['model and environment', { model: 'gpt-4o', environment: 'development' }],
  ['user and model', { user_id: 'user_000001', model: 'gpt-4o' }],
  ['three that never meet', { model: 'gpt-4o-2024-05-13', environment: 'development', status: 'aborted' }],
];

/** Those that sums, facets and strips are asked with. */
const SUMMED = ['none', 'model, frequent', 'provider, nobody has it', 'status error', 'environment, frequent'];
const SUMMED_RAW = ['tag, frequent', 'user, frequent', 'latency above 10 s', 'last 24 hours', 'model and environment'];

/** Those that lists of traces, sessions and users are asked with. */
const GROUPED = [
  'none',
  'last 24 hours',
  'a day three weeks ago',
  'days without requests',
  'status error',
  'status aborted',
  'model, rare',
  'user, frequent',
  'user, nobody has it',
  'session, nobody has it',
  'environment, nobody has it',
  'latency above 9 h: none',
  'three that never meet',
];

/** Rare words of the corpus, some of them in one request of thousands, and pieces from inside of them. */
const NATURAL = [300, 1_000, 2_000, 4_000, 8_000, 12_000, 20_000, 30_000]
  .map(rareWordAt)
  .flatMap((word, index) => (index % 2 === 0 ? [word] : [word, word.slice(2)]));
const SHORT = ['z', 'zq', 'the', '云', '请求', 'إن', '🎒'];

export function makeCases(): Case[] {
  const filtersOf = (name: string, found: Found): RequestFilters => {
    const filters = FILTERS.find(([other]) => other === name)?.[1] ?? {};
    return typeof filters === 'function' ? filters(found) : filters;
  };
  const query = (section: string, procedure: string, budgetMs: number, names: readonly string[]): Case[] =>
    names.map((name) => ({
      section,
      name,
      budgetMs,
      call: (api, found) => api.query(procedure, { ...filtersOf(name, found) }),
    }));
  const nested = (section: string, procedure: string, budgetMs: number, names: readonly string[]): Case[] =>
    names.map((name) => ({
      section,
      name,
      budgetMs,
      call: (api, found) => api.query(procedure, { filters: filtersOf(name, found) }),
    }));
  const summed = [...SUMMED, ...SUMMED_RAW];
  return [
    ...FILTERS.map(([name]): Case => ({
      section: 'list',
      name,
      budgetMs: LIST_MS,
      call: (api, found) => api.query('requests.list', { limit: 50, ...filtersOf(name, found) }),
    })),
    {
      section: 'list',
      name: 'REST, 50 rows with payload',
      budgetMs: LIST_MS * 2,
      call: (api) => api.get('/api/v1/requests?limit=50'),
    },
    ...sorted(),
    ...query('totals', 'stats.totals', SUMS_MS, summed),
    ...nested('facets', 'stats.facets', SUMS_MS, summed),
    ...nested('strip', 'stats.strip', SUMS_MS, summed),
    ...['model', 'prompt', 'user', 'tag.team'].map((field): Case => ({
      section: 'values',
      name: field,
      budgetMs: SUMS_MS,
      call: (api) => api.query('requests.values', { field, prefix: '', filters: {} }),
    })),
    ...searches(),
    {
      section: 'detail',
      name: 'one request',
      budgetMs: DETAIL_MS,
      call: (api, { requestId }) => api.query('requests.get', { id: requestId }),
    },
    {
      section: 'detail',
      name: 'one of 4 MB',
      budgetMs: LARGE_MS,
      call: (api, { largeRequestId }) => api.query('requests.get', { id: largeRequestId }),
    },
    {
      section: 'trace',
      name: 'a few steps',
      budgetMs: TRACE_MS,
      call: (api, { traceId }) => api.query('traces.get', { trace_id: traceId }),
    },
    {
      section: 'trace',
      name: '1,000 steps',
      budgetMs: LARGE_MS,
      call: (api) => api.query('traces.get', { trace_id: LARGE_TRACE, limit: 1_000 }),
    },
    ...['traces.list', 'sessions.list', 'users.list'].flatMap((procedure) =>
      GROUPED.map((name): Case => ({
        section: 'groups',
        name: `${procedure}, ${name}`,
        budgetMs: SUMS_MS,
        call: (api, found) => api.query(procedure, { limit: 50, ...filtersOf(name, found) }),
      })),
    ),
  ];
}

/** Only where lists can be sorted: an input that is not known would be left out in silence. */
function sorted(): Case[] {
  if (!('sort' in ListRequestsInput.shape)) return [];
  const filters: readonly RequestFilters[] = [{}, { model: 'gpt-4o' }, { environment: 'development' }];
  return ['-latency', '-cost', '-tokens', 'time'].flatMap((sort) =>
    filters.map((filter): Case => ({
      section: 'sorted list',
      name: `${sort}${Object.values(filter)
        .map((value) => `, ${String(value)}`)
        .join('')}`,
      budgetMs: SUMS_MS,
      call: (api) => api.query('requests.list', { limit: 50, sort, ...filter }),
    })),
  );
}

function searches(): Case[] {
  const search = (name: string, word: string, filters: RequestFilters = {}): Case => ({
    section: 'search',
    name,
    budgetMs: SEARCH_MS,
    firstBudgetMs: SEARCH_FIRST_MS,
    call: (api) => api.query('requests.list', { limit: 50, q: JSON.stringify(word), ...filters }),
  });
  return [
    ...PLANTED.map(({ word, share, kind }) => search(`${kind}, ${share === 0 ? 'once' : share}`, word)),
    ...['zephyrine', 'quokkamint', 'brontide'].flatMap((word) => [
      search(`${word}, status error`, word, { status: 'error' }),
      search(`${word}, model gpt-4o`, word, { model: 'gpt-4o' }),
      search(`${word}, rare user`, word, { user_id: 'user_043210' }),
    ]),
    ...ABSENT.map((word) => search(`nobody wrote ${word}`, word)),
    ...SHORT.map((word) => search(`short: ${word}`, word)),
    ...NATURAL.map((word) => search(`of the corpus: ${word}`, word)),
    search('a phrase', 'as agreed, the'),
    search('a percent sign', '% belong'),
  ];
}
