/** How a page of a list is asked for: the same `limit` and `cursor` in JSON and in a URL. */
import { z } from 'zod';
import { Cursor, LIMITS } from './primitives.ts';

interface PageSize {
  /** Rows of one page. */
  readonly most: number;
  /** Where nothing is said. */
  readonly usual: number;
}

export const LIST_PAGE: PageSize = { most: LIMITS.pageSize, usual: 50 };
export const TRACE_PAGE: PageSize = { most: LIMITS.traceSteps, usual: LIMITS.traceSteps };

/** In JSON. */
export const pageInput = ({ most, usual }: PageSize) => ({
  cursor: Cursor.optional(),
  limit: z.int().min(1).max(most, `must be at most ${most}`).default(usual),
});

/** In a URL, where a number is text. */
export const pageQuery = ({ most, usual }: PageSize) => ({
  limit: wholeNumber(1, most).default(usual),
  cursor: Cursor.optional(),
});

/** A whole number in a URL. */
export const wholeNumber = (min: number, max: number) => {
  const rule = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^-?\d{1,15}$/, rule)
    .meta({ type: 'integer', minimum: min, maximum: max, pattern: undefined })
    .transform(Number)
    .pipe(z.number().min(min, rule).max(max, rule));
};
