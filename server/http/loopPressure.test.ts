import { LoopPressure } from './loopPressure.ts';

test('writes late in a long turn of the event loop are refused, those of the next turn are not', async () => {
  let now = 0;
  const pressure = new LoopPressure(() => now);
  pressure.check();
  now = 299;
  pressure.check();
  now = 300;
  expect(() => pressure.check()).toThrow(expect.objectContaining({ code: 'overloaded', status: 503 }));
  await new Promise((resolve) => setImmediate(resolve));
  pressure.check();
});
