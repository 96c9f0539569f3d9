import type { Browser, BrowserContext } from 'playwright-core';
import { type Product, startProduct } from '#tests/support/startProduct';
import { launchBrowser } from './browser.ts';
import { type SharedProduct, sharedProduct } from './sharedProduct.ts';
import { ADMIN_TOKEN } from './tenant.ts';

/** What the tests of a file run on. */
export interface ProductAndBrowser<Running extends SharedProduct = SharedProduct> {
  readonly product: Running;
  readonly browser: Browser;
  /** Its pages are not closed after each test. */
  readonly keepOpen: (context: BrowserContext) => void;
}

/**
 * The built product and a browser, from before the first test of a file to after its last; what it gives back is filled
 * by then. Pages are closed after each test. The product is the one of all files, in which each test makes its own
 * organization; with options it is one of this file's own. To be called once, before the file's own `beforeAll`.
 */
export function useProduct(): ProductAndBrowser;
export function useProduct(options: Parameters<typeof startProduct>[0]): ProductAndBrowser<Product>;
export function useProduct(options?: Parameters<typeof startProduct>[0]): ProductAndBrowser {
  const kept = new Set<BrowserContext>();
  const started: Partial<ProductAndBrowser> & { product?: SharedProduct; browser?: Browser } = {
    keepOpen: (context) => kept.add(context),
  };
  let own: Product | undefined;
  beforeAll(async () => {
    if (options) {
      own = await startProduct({ ...options, env: { ...options.env, PROMPTLAB_ADMIN_TOKEN: ADMIN_TOKEN } });
    }
    started.product = own ?? sharedProduct();
    started.browser = await launchBrowser();
  });
  // A page that stays open goes on asking and painting beside every test that comes after.
  afterEach(async () => {
    const used = started.browser?.contexts().filter((context) => !kept.has(context)) ?? [];
    await Promise.all(used.map((context) => context.close()));
  });
  afterAll(async () => {
    await started.browser?.close();
    await own?.stop();
  });
  return started as ProductAndBrowser; // No test runs before `beforeAll` has ended.
}
