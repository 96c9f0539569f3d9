import type { Page } from 'playwright-core';
import { goWithin, openPage, type PageOptions, type Watched } from './browser.ts';
import type { ProductAndBrowser } from './useProduct.ts';

/** A signed-in page that tests of a file use one after the other. */
export interface SharedPage {
  readonly page: Page;
  /** By the router of the page that stands, and from a page that asks for nothing: what is then seen is of `address`. */
  readonly goTo: (address: string) => Promise<void>;
}

interface SharedPageOptions extends PageOptions {
  /** Asked for when the first test begins. */
  readonly apiKey: () => string;
}

/**
 * What declares a test on one signed-in page, for those of a file that leave nothing behind in it: loading a page takes four
 * times as long as going to another address. Whatever the page reports fails the test, and after a failed one the next gets a new
 * page. A test that is about loading opens a page of its own. To be called once, after `useProduct`.
 */
export function usePage(
  e2e: ProductAndBrowser,
  options: SharedPageOptions,
): (name: string, run: (shared: SharedPage) => Promise<void>) => void {
  const { apiKey, ...pageOptions } = options;
  let kept: Watched | undefined;

  async function open(): Promise<Watched> {
    const watched = await openPage(e2e.browser, e2e.product.url, pageOptions);
    e2e.keepOpen(watched.page.context());
    await watched.page.goto(`/nowhere#key=${apiKey()}`);
    await watched.page.getByText('There is no page here').waitFor();
    return watched;
  }

  return (name, run) =>
    test(name, async () => {
      const { page, problems } = kept ?? (await open());
      kept = undefined;
      try {
        await run({ page, goTo: (address) => goAnew(page, address) });
        expect(problems).toEqual([]);
        kept = { page, problems };
      } finally {
        if (!kept) await page.context().close();
      }
    });
}

async function goAnew(page: Page, address: string): Promise<void> {
  await goWithin(page, '/nowhere');
  await page.getByText('There is no page here').waitFor();
  await goWithin(page, address);
}
