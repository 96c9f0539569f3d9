/**
 * `npm run screenshot`: takes the pictures of the README and of `docs/images/` from the running product, filled with the
 * demo: every page, in light and dark.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { launchBrowser } from '#tests/e2e/browser';
import { findLink } from '#tests/support/signInByLink';
import { startProduct } from '#tests/support/startProduct';

const root = path.resolve(import.meta.dirname, '..');
const images = path.join(root, 'docs', 'images');

/** What a page shows, and what is done there before the picture is taken. */
interface Picture {
  readonly name: string;
  readonly path: string;
  readonly prepare?: (page: Page) => Promise<void>;
}

const openFirst = (selector: string) => async (page: Page) => {
  await page.locator(selector).first().click();
  await page.waitForLoadState('networkidle');
};

const PICTURES: readonly Picture[] = [
  { name: 'requests', path: '/requests' },
  { name: 'request', path: '/requests?q=prompt%3Acode-review', prepare: openFirst('main a[href*="/requests/"]') },
  { name: 'search', path: '/requests?q=jacket' },
  { name: 'traces', path: '/traces' },
  { name: 'trace', path: '/traces', prepare: openFirst('main a[href*="/traces/"]') },
  { name: 'sessions', path: '/sessions' },
  { name: 'session', path: '/sessions', prepare: openFirst('main a[href*="/sessions/"]') },
  { name: 'users', path: '/users' },
  { name: 'analytics', path: '/analytics' },
  { name: 'savings', path: '/savings' },
  { name: 'releases', path: '/releases?by=prompt' },
  { name: 'prices', path: '/prices' },
  { name: 'settings', path: '/settings' },
];

const product = await startProduct();
try {
  const demo = execFileSync(process.execPath, ['dist/demo.js', '--requests', '4000'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PROMPTLAB_DATA_DIR: product.dataDir, PORT: new URL(product.url).port },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
  await page.goto(findLink(demo)?.link ?? '');
  await page.getByRole('table').first().waitFor();
  fs.mkdirSync(images, { recursive: true });
  for (const picture of PICTURES) {
    await page.goto(new URL(picture.path, product.url).href);
    await page.waitForLoadState('networkidle');
    await picture.prepare?.(page);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(800); // Colors fade, and charts draw themselves.
      await page.screenshot({ path: path.join(images, `${picture.name}-${colorScheme}.png`) });
      process.stdout.write(`docs/images/${picture.name}-${colorScheme}.png\n`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  }
  await browser.close();
  fs.copyFileSync(path.join(images, 'request-light.png'), path.join(root, 'docs', 'dashboard.png'));
} finally {
  await product.stop();
}
