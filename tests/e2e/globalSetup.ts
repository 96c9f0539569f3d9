/** What all files share: the browser, unpacked before several want it at the same time, and one running product. */
import chromium from '@sparticuz/chromium';
import { type Product, startProduct } from '#tests/support/startProduct';
import { shareProduct } from './sharedProduct.ts';
import { ADMIN_TOKEN } from './tenant.ts';

declare global {
  // eslint-disable-next-line no-var -- `globalThis` has no other way to be typed
  var __e2eProduct: Product | undefined;
}

export default async function globalSetup(): Promise<void> {
  if (!process.env.CHROME_PATH) await chromium.executablePath();
  // Many wrong keys come from one address, each meant by its own test.
  globalThis.__e2eProduct = await startProduct({
    env: { FAILED_ATTEMPTS_PER_MINUTE: '1000000', PROMPTLAB_ADMIN_TOKEN: ADMIN_TOKEN },
  });
  shareProduct(globalThis.__e2eProduct);
}
