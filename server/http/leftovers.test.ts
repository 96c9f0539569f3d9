import { Leftovers } from './leftovers.ts';

const MEGABYTE = 1024 * 1024;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function aServer() {
  const state = { used: 0, collected: 0 };
  const leftovers = new Leftovers({ used: () => state.used, collect: () => state.collected++ });
  return { state, leftovers };
}

test('what large bodies leave behind is collected once, and when none is being read any more', () => {
  const { state, leftovers } = aServer();
  state.used = 20 * MEGABYTE;
  for (let body = 0; body < 40; body++) leftovers.note(MEGABYTE);
  jest.advanceTimersByTime(5_000);
  expect(state.collected).toBe(0);
  state.used = 1_000;
  jest.advanceTimersByTime(5_000);
  expect(state.collected).toBe(1);
});

test('few bytes are left to the collector', () => {
  const { state, leftovers } = aServer();
  for (let body = 0; body < 1_000; body++) leftovers.note(10_000);
  jest.advanceTimersByTime(5_000);
  expect(state.collected).toBe(0);
});

test('of bodies of some megabytes each what is left behind is collected before the next is read', () => {
  const { state, leftovers } = aServer();
  state.used = 30 * MEGABYTE;
  leftovers.note(10 * MEGABYTE);
  jest.advanceTimersByTime(200);
  expect(state.collected).toBe(0);
  leftovers.note(10 * MEGABYTE);
  jest.advanceTimersByTime(1);
  expect(state.collected).toBe(1);
});
