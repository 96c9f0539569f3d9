import { FairBudget } from './fairBudget.ts';

test('an owner takes up to what is left free, so that there is always something for who comes next', () => {
  const budget = new FairBudget(1_200);
  const fill = (owner: string) => {
    let taken = 0;
    while (budget.open(owner).tryAdd(10)) taken += 10;
    return taken;
  };
  expect([fill('a'), fill('b'), fill('c')]).toEqual([600, 300, 150]);
  expect(budget.used).toBe(1_050);
  expect(budget.open('d').tryAdd(150)).toBe(true);
});

test('a body that is alone always fits; a second one of the same owner does not', () => {
  const budget = new FairBudget(100);
  const alone = budget.open('a');
  expect(alone.tryAdd(60)).toBe(true);
  expect(alone.tryAdd(60)).toBe(true);
  expect(budget.open('a').tryAdd(1)).toBe(false);
  expect(budget.open('b').tryAdd(1)).toBe(false);
  alone.release();
  expect(budget.open('b').tryAdd(1)).toBe(true);
});

test('what is released is free again, once', () => {
  const budget = new FairBudget(100);
  const body = budget.open('a');
  body.tryAdd(40);
  body.add(200);
  body.release();
  body.release();
  expect(budget.used).toBe(0);
});

test('one owner alone may hold half of it', () => {
  const budget = new FairBudget(100);
  expect(budget.open('one').most).toBe(50);
});
