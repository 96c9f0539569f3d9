import { setTimeout as sleep } from 'node:timers/promises';

/** Runs `check` until it passes; its last failure is the test's. */
export async function poll(check: () => Promise<void>, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(25);
    }
  }
}
