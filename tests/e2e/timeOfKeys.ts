import type { Page } from 'playwright-core';

/** Milliseconds for thirty presses of a key in the tree of a page, each drawn before the next. */
export function timeOfKeys(page: Page, key: 'ArrowUp' | 'ArrowDown'): Promise<number> {
  return page.evaluate(async (pressed) => {
    const begun = performance.now();
    for (let press = 0; press < 30; press += 1) {
      document
        .querySelector('[role=tree]')
        ?.dispatchEvent(new KeyboardEvent('keydown', { key: pressed, bubbles: true }));
      await new Promise(requestAnimationFrame);
    }
    return performance.now() - begun;
  }, key);
}
