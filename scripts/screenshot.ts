/** `npm run screenshot`: takes the picture of the README from the running product, filled with the demo. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { launchBrowser } from '#tests/e2e/browser';
import { findLink } from '#tests/support/signInByLink';
import { startProduct } from '#tests/support/startProduct';

const root = path.resolve(import.meta.dirname, '..');
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
  await page.getByRole('row').nth(4).click();
  await page.getByRole('dialog').waitFor();
  await page.waitForTimeout(600); // The drawer slides in.
  await page.screenshot({ path: path.join(root, 'docs', 'dashboard.png') });
  await browser.close();
} finally {
  await product.stop();
}
