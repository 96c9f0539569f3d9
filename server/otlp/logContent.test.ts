/** Many log records of one call, which anybody can send: they are put on it at once, and do not hold up the process. */
import type { JsonObject } from '#shared/primitives';
import { fillCall, type LogContent } from './logContent.ts';

const MANY = 20_000;

const said = (order: number, fields: JsonObject): LogContent => ({
  at: null,
  order,
  event: { isWhole: false, fields, notes: [] },
});
const message = (order: number) => said(order, { messages: [{ role: 'user', content: `m${order}` }] });
const choice = (order: number) =>
  said(order, { response: { choices: [{ index: order, message: { role: 'assistant', content: `c${order}` } }] } });

test(`${MANY} messages and as many choices, one after the other, are put together in order`, () => {
  const contents = Array.from({ length: MANY }, (_, index) => [message(2 * index), choice(2 * index + 1)]).flat();
  const before = performance.now();
  const { messages, response } = fillCall({}, contents.toReversed());
  expect(performance.now() - before).toBeLessThan(5_000);
  expect(messages).toHaveLength(MANY);
  expect(messages).toMatchObject({ 0: { content: 'm0' }, 1: { content: 'm2' } });
  expect((response as { choices: JsonObject[] }).choices.map(({ index }) => index).slice(0, 3)).toEqual([1, 3, 5]);
  expect((response as { choices: JsonObject[] }).choices).toHaveLength(MANY);
});

test('what tells the whole counts where nothing was said before it, and what is said behind it is added', () => {
  const whole: LogContent = {
    at: null,
    order: 1,
    event: {
      isWhole: true,
      fields: { messages: [{ role: 'user', content: 'all' }], finish_reason: 'stop' },
      notes: [],
    },
  };
  expect(fillCall({}, [message(0), whole])).toMatchObject({ messages: [{ content: 'm0' }], finish_reason: 'stop' });
  expect(fillCall({}, [whole, message(2)]).messages).toMatchObject([{ content: 'all' }, { content: 'm2' }]);
});

test.each([
  ['length', 'incomplete'],
  ['error', 'error'],
])('a choice that ended by %s makes the call %s', (reason, status) => {
  const choices = [{ index: 0, message: { role: 'assistant', content: 'cut' }, finish_reason: reason }];
  const contents = [said(0, { response: { choices } })];
  expect(fillCall({}, contents)).toMatchObject({ finish_reason: reason, status });
  expect(fillCall({ status: 'success' }, contents)).toMatchObject({ status });
  expect(fillCall({ status: 'aborted' }, contents)).toMatchObject({ status: 'aborted' });
});
