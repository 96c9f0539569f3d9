import { StandingQueue } from './standingQueue.ts';

/** Calls that wait in one queue, of which one is served every `serviceMs`; a refused one comes back at once. */
function simulate({ callers, serviceMs, ms }: { callers: number; serviceMs: number; ms: number }) {
  const queue = new StandingQueue();
  const line: number[] = [];
  const waits: { at: number; ms: number }[] = [];
  let refused = 0;
  let outside = callers;
  for (let now = 0; now < ms; now += serviceMs) {
    // All that are outside come at once; of those refused some come again in the same moment.
    for (let call = outside; call > 0; call--) {
      const oldestWaitMs = now - (line[0] ?? now);
      if (line.length > 0 && queue.refuses({ oldestWaitMs, waiting: line.length }, now)) refused++;
      else {
        line.push(now);
        outside--;
      }
    }
    const since = line.shift();
    if (since === undefined) continue;
    outside++;
    waits.push({ at: now, ms: now - since });
    queue.noteServed({ waitedMs: now - since, isLast: line.length === 0 }, now);
  }
  return {
    refused,
    longestFrom: (from: number) => Math.max(...waits.filter(({ at }) => at > from).map((wait) => wait.ms)),
  };
}

test('a crowd that comes again as soon as it was refused waits for a moment only, and not in waves', () => {
  const { refused, longestFrom } = simulate({ callers: 1_000, serviceMs: 1, ms: 20_000 });
  expect(refused).toBeGreaterThan(1_000);
  // The first second is a burst to be served; what came in it takes another.
  expect(longestFrom(0)).toBeGreaterThan(900);
  expect(longestFrom(2_500)).toBeLessThan(150);
});

test('as many as can be served are never refused, however long they have waited', () => {
  const { refused } = simulate({ callers: 40, serviceMs: 1, ms: 20_000 });
  expect(refused).toBe(0);
});

test('two seconds after the last refusal a burst is served whole again', () => {
  const queue = new StandingQueue();
  for (let now = 0; now <= 1_200; now += 10) queue.noteServed({ waitedMs: 200, isLast: false }, now);
  expect(queue.refuses({ oldestWaitMs: 200, waiting: 50 }, 1_200)).toBe(true);
  queue.noteServed({ waitedMs: 10, isLast: true }, 1_210);
  expect(queue.refuses({ oldestWaitMs: 5, waiting: 50 }, 3_100)).toBe(true);
  expect(queue.isRemembered(5_000)).toBe(true);
  expect(queue.isRemembered(5_200)).toBe(false);
  expect(queue.refuses({ oldestWaitMs: 500, waiting: 50 }, 5_200)).toBe(false);
});

test('who was refused is let in with one call at least', () => {
  const queue = new StandingQueue();
  for (let now = 0; now <= 1_200; now += 600) queue.noteServed({ waitedMs: 700, isLast: false }, now);
  expect(queue.refuses({ oldestWaitMs: 700, waiting: 3 }, 1_200)).toBe(true);
  expect(queue.refuses({ oldestWaitMs: 0, waiting: 0 }, 2_000)).toBe(false);
});
