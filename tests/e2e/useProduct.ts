import type { Browser } from 'playwright-core';
import { type Product, startProduct } from '#tests/support/startProduct';
import { launchBrowser } from './browser.ts';

export interface ProductAndBrowser {
  readonly product: Product;
  readonly browser: Browser;
}

/**
 * The built product and a browser, from before the first test of a file to after its last; what it gives back is filled
 * by then. To be called once, before the file's own `beforeAll`.
 */
export function useProduct(options: Parameters<typeof startProduct>[0] = {}): ProductAndBrowser {
  const started: { product?: Product; browser?: Browser } = {};
  beforeAll(async () => {
    started.product = await startProduct(options);
    started.browser = await launchBrowser();
  });
  afterAll(async () => {
    await started.browser?.close();
    await started.product?.stop();
  });
  return started as ProductAndBrowser; // No test runs before `beforeAll` has ended.
}
