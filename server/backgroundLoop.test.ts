import { BackgroundLoop } from './backgroundLoop.ts';

const NEVER_MS = 1e8;

/** A loop that pauses without end after each turn, and what it has done. */
function aLoop({ onTurn = async () => {} }: { onTurn?: (loop: BackgroundLoop) => Promise<void> } = {}) {
  const seen = { turns: 0 };
  const loop: BackgroundLoop = new BackgroundLoop(async () => {
    seen.turns++;
    await onTurn(loop);
    await loop.pause(NEVER_MS);
  });
  return { loop, seen };
}

test('it begins once, takes a turn when it is woken, and none after it was stopped', async () => {
  const { loop, seen } = aLoop();
  loop.start();
  loop.start();
  await Promise.resolve();
  expect(seen.turns).toBe(1);
  loop.wake();
  await new Promise(setImmediate);
  expect(seen.turns).toBe(2);
  await loop.stop();
  loop.wake();
  await new Promise(setImmediate);
  expect(seen.turns).toBe(2);
});

test('stopped during a turn, it ends with that turn and does not pause first', async () => {
  let finish = () => {};
  const { loop, seen } = aLoop({ onTurn: () => new Promise((resolve) => (finish = resolve)) });
  loop.start();
  const stopped = loop.stop();
  expect(loop.isStopping).toBe(true);
  finish();
  await stopped;
  expect(seen.turns).toBe(1);
});

test('stopped before it began, it never begins', async () => {
  const { loop, seen } = aLoop();
  await loop.stop();
  loop.start();
  await loop.stop();
  expect(seen.turns).toBe(0);
});
