/** Requests as a test adds them up itself, to compare with what the rollups say; and filters of any kind over them. */
import fc from 'fast-check';
import type { RequestFilters } from '#shared/request';
import type { OrgScope } from '#server/auth/orgScope';
import { Parameters } from '#server/db/sql';
import { whereFilters } from '#server/requests/filters';
import type { TestApp } from './testApp.ts';

export interface Row {
  readonly started_at: string;
  readonly status: string;
  readonly model: string;
  readonly prompt_slug: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cost_usd: string | null;
  readonly latency_ms: number | null;
  readonly ttft_ms: number | null;
  readonly cached_input_tokens: number | null;
  readonly reasoning_tokens: number | null;
  readonly environment: string | null;
  readonly user_id: string | null;
  readonly release: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** Output tokens a second from the first one on, without those of hidden reasoning; null where it cannot be told. */
export function speedOf({ output_tokens, reasoning_tokens, latency_ms, ttft_ms }: Row): number | null {
  const tokens = output_tokens === null ? 0 : output_tokens - (reasoning_tokens ?? 0);
  if (tokens <= 0 || latency_ms === null || ttft_ms === null) return null;
  const speed = (tokens * 1_000) / (latency_ms - ttft_ms);
  return latency_ms > ttft_ms && speed <= 5_000 ? speed : null;
}

/** What the list has, from the requests themselves. */
export async function rowsOf(
  { deps }: Pick<TestApp, 'deps'>,
  scope: OrgScope,
  filters: RequestFilters,
): Promise<Row[]> {
  const parameters = new Parameters();
  const where = whereFilters(parameters, scope, filters);
  return deps.db.query(`SELECT * FROM requests r WHERE ${where}`, parameters.values);
}

/** Money in whole units of the twelfth decimal. */
export const units = (amount: string | null) => {
  const [whole = '0', part = ''] = (amount ?? '0').split('.');
  return BigInt(whole + part.padEnd(12, '0'));
};
export const sum = (values: (number | null)[]) => values.reduce<number>((total, value) => total + (value ?? 0), 0);
export const known = (values: (number | null)[]) => values.filter((value) => value !== null).toSorted((a, b) => a - b);
export const percentile = (values: number[], part: number) => values[Math.ceil(part * values.length) - 1] ?? null;

const TERMS = [
  'model:m1',
  'model:(m1 OR m2)',
  '-model:m3',
  'model:m*',
  'provider:azure',
  'status:error',
  '-status:error',
  'env:production',
  '-env:staging',
  'has:env',
  '-has:prompt',
  'prompt:p1',
  'prompt:p2@1',
  '(model:m1 OR env:staging)',
  'user:u3',
  '-user:u3',
  'latency:>3s',
  'tag.team:t1',
  'finish:length',
  'cost:>0.0003',
  'model:nobody',
  `started:>${new Date(Date.now() - 6 * 86_400_000).toISOString().slice(0, 10)}`,
  'started:3d',
] as const;
/** Some terms, an environment and a time in the last 45 days; whole hours and days are likely. */
export const filtersUntil = (now: number) => {
  const time = fc.integer({ min: 0, max: 45 * 24 * 60 }).map((minutes) => now - minutes * 60_000);
  return fc
    .record({
      q: fc.uniqueArray(fc.constantFrom(...TERMS), { maxLength: 3 }).map((terms) => terms.join(' ')),
      environment: fc.option(fc.constantFrom('production', 'nowhere'), { nil: undefined, freq: 5 }),
      times: fc.option(fc.tuple(time, time), { nil: undefined }),
      snap: fc.constantFrom(1, 3_600_000, 86_400_000),
    })
    .map(({ q, environment, times, snap }): RequestFilters => {
      const [a, b] = (times ?? []).map((at) => Math.floor(at / snap) * snap).toSorted((x, y) => x - y);
      return {
        ...(q ? { q } : {}),
        ...(environment ? { environment } : {}),
        ...(a === undefined ? {} : { from: new Date(a).toISOString() }),
        ...(b === undefined ? {} : { to: new Date(b).toISOString() }),
      };
    });
};

/** What rows are told apart by, by the name of the field. */
export const GROUPS = {
  model: (row) => row.model,
  env: (row) => row.environment,
  status: (row) => row.status,
  user: (row) => row.user_id,
  release: (row) => row.release,
  'tag.team': (row) => row.tags.team ?? null,
} as const satisfies Readonly<Record<string, (row: Row) => string | null>>;
export type GroupName = keyof typeof GROUPS;

/** What every sum of some rows is. */
export const sumsOf = (rows: readonly Row[]) => ({
  requests: rows.length,
  errors: rows.filter((row) => row.status === 'error').length,
  input_tokens: sum(rows.map((row) => row.input_tokens)),
  output_tokens: sum(rows.map((row) => row.output_tokens)),
  cached_input_tokens: sum(rows.map((row) => row.cached_input_tokens)),
  reasoning_tokens: sum(rows.map((row) => row.reasoning_tokens)),
  cost_usd: rows.reduce((total, row) => total + units(row.cost_usd), 0n),
  unpriced_requests: rows.filter((row) => row.cost_usd === null).length,
  unmeasured_requests: rows.filter((row) => row.input_tokens === null || row.output_tokens === null).length,
});

/** Rows by a key, in the order of their first. */
export function groupRows(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of rows) found.set(keyOf(row), [...(found.get(keyOf(row)) ?? []), row]);
  return found;
}
