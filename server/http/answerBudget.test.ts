import { AppError } from '#server/errors';
import { AnswerBudget } from './answerBudget.ts';

const MEGABYTE = 1024 * 1024;

/** What was said to those for whom there was no room. */
const refusals: AppError[] = [];

/** How many answers of 1 MB are given room at once. */
function fill(budget: AnswerBudget, tenant: string): number {
  for (let count = 0; ; count++) {
    try {
      budget.reserve(tenant, MEGABYTE);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refusals.push(error);
      return count;
    }
  }
}

test('one organization takes half, and there is room for the next, and for one after it', () => {
  const budget = new AnswerBudget({ bytes: 32 * MEGABYTE });
  expect(fill(budget, 'a')).toBe(16);
  expect(fill(budget, 'b')).toBeGreaterThanOrEqual(7);
  expect(fill(budget, 'c')).toBeGreaterThanOrEqual(3);
});

test('what is given back is free again, once however often it is given back', () => {
  const budget = new AnswerBudget({ bytes: 4 * MEGABYTE });
  const first = budget.reserve('a', MEGABYTE);
  const second = budget.reserve('b', MEGABYTE);
  first.release();
  first.release();
  second.release();
  expect(budget.used).toBe(0);
});

test('a first answer passes whatever its size, and small ones are counted too', () => {
  const budget = new AnswerBudget({ bytes: MEGABYTE });
  const large = budget.reserve('a', 20 * MEGABYTE);
  expect(() => budget.reserve('b', 1)).toThrow(AppError);
  large.release();
  let small = 0;
  try {
    for (; small < 1_000; small++) budget.reserve('a', 0);
  } catch {
    // Full.
  }
  expect(small).toBeLessThan(100);
});

test('who finds no room is told when to come again', () => {
  refusals.length = 0;
  fill(new AnswerBudget({ bytes: MEGABYTE }), 'a');
  expect(refusals).toMatchObject([{ code: 'overloaded', status: 503, retryAfter: expect.any(Number) }]);
});
