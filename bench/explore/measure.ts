import { percentile } from '../lib/numbers.ts';
import type { Case, Found } from './cases.ts';
import type { Answer, ExploreApi } from './api.ts';

/** The figures of a case: milliseconds of the first call, and of those that followed. */
export interface Measured {
  /** Why there are no figures: the product has no such procedure, or it failed. */
  readonly problem: string | null;
  readonly first: number;
  readonly p50: number;
  readonly p95: number;
  /** Rows of the answer, where it is a list. */
  readonly rows: number | null;
  /** Calls whose answer says that not all was searched. */
  readonly partial: number;
  /** Whether the answer says that it is of the latest requests, or that its percentiles are. */
  readonly ofLatest?: boolean;
}

/** Of a procedure, or of words in a query. */
export const NOT_THERE = 'not in this build';

/** Of a size that was not reached. */
export const NOT_MEASURED = withoutFigures('not measured');

const RUNS = 20;
/** A case that is slow is measured less often. */
const MOST_MS = 8_000;

/** The first call apart, then those that follow it. */
export async function measure(api: ExploreApi, found: Found, { call }: Case): Promise<Measured> {
  const first = await call(api, found);
  const problem = problemOf(first);
  if (problem !== null) return withoutFigures(problem);
  const times: number[] = [];
  let partial = isPartial(first) ? 1 : 0;
  const startedAt = performance.now();
  while (times.length < RUNS && (times.length < 3 || performance.now() - startedAt < MOST_MS)) {
    const answer = await call(api, found);
    if (answer.status !== 200) return { ...withoutFigures(problemOf(answer)), partial };
    times.push(answer.ms);
    if (isPartial(answer)) partial++;
  }
  times.sort((a, b) => a - b);
  return {
    problem: null,
    first: first.ms,
    p50: percentile(times, 0.5),
    p95: percentile(times, 0.95),
    rows: rowsOf(first.body),
    partial,
    ofLatest: isOfLatest(first),
  };
}

function withoutFigures(problem: string | null): Measured {
  return { problem, first: NaN, p50: NaN, p95: NaN, rows: null, partial: 0 };
}

function problemOf({ status, body }: Answer): string | null {
  if (status === 200) return null;
  const text = JSON.stringify(body) ?? '';
  if (text.includes('There is no such procedure') || text.includes('names no field')) return NOT_THERE;
  return `${status} ${/"message":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? ''}`.slice(0, 90);
}

function isPartial({ body }: Answer): boolean {
  return ((body as { searched_back_to?: unknown } | null)?.searched_back_to ?? null) !== null; // Of a page of a list.
}

function isOfLatest({ body }: Answer): boolean {
  const { counted_back_to, percentiles_back_to } = (body ?? {}) as Record<string, unknown>; // Of totals, series and groups.
  return typeof counted_back_to === 'string' || typeof percentiles_back_to === 'string';
}

function rowsOf(body: unknown): number | null {
  const list = Object.values(body ?? {}).find((value) => Array.isArray(value));
  return Array.isArray(list) ? list.length : null;
}
