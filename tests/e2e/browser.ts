/** A real Chromium for the end-to-end tests, and pages that write down whatever should not have happened. */
import chromium from '@sparticuz/chromium';
import { chromium as playwright, type Browser, type Page } from 'playwright-core';

/** A new browser, which the caller closes. `CHROME_PATH` names another than the one that comes with the tests. */
export async function launchBrowser(): Promise<Browser> {
  return playwright.launch({
    executablePath: process.env.CHROME_PATH ?? (await chromium.executablePath()),
    // The sandbox needs rights that containers and root do not have; the pages are our own.
    // Letters keep the places that the font gives them, as on the screens of our readers.
    args: ['--no-sandbox', '--disable-gpu', '--no-zygote', '--font-render-hinting=none'],
  });
}

/** A page, and what went wrong in it so far. */
export type Watched = {
  readonly page: Page;
  /** Console errors (a violated Content Security Policy is one), thrown errors, and requests to other hosts. */
  readonly problems: string[];
};

/** Default: light, without motion, 1280 × 800. */
export type PageOptions = {
  colorScheme?: 'light' | 'dark';
  /** What moves is drawn sixty times a second, without a graphics card: it is seen by the files that ask for it. */
  reducedMotion?: 'reduce' | 'no-preference';
  width?: number;
  height?: number;
};

/** A page of its own session: nothing is stored that another test left. */
export async function openPage(browser: Browser, url: string, options: PageOptions = {}): Promise<Watched> {
  const { colorScheme = 'light', reducedMotion = 'reduce', width = 1280, height = 800 } = options;
  const context = await browser.newContext({ baseURL: url, colorScheme, reducedMotion, viewport: { width, height } });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const problems: string[] = [];
  page.on('console', (message) => {
    // A refused call is part of some tests; the browser reports it by itself.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      problems.push(`console: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => problems.push(`thrown: ${error.message}`));
  page.on('request', (request) => {
    const address = request.url();
    if (!address.startsWith(url) && !address.startsWith('data:')) problems.push(`foreign request: ${address}`);
  });
  return { page, problems };
}

/** To another address of the page that stands, as Back goes there: the same router, and a third of the time of loading it. */
export async function goWithin(page: Page, address: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, address);
}
