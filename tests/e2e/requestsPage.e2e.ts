/** The Requests page: it fits any window, it is driven by keys alone, and it says when it is not live. */
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { HOUR_MS } from '#shared/durations';
import { openPage, type PageOptions, type Watched } from './browser.ts';
import { createTenant, logRequests, type Tenant } from './tenant.ts';
import { usePage } from './usePage.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(120_000);

const e2e = useProduct();
let tenant: Tenant;
const testOnPage = usePage(e2e, { apiKey: () => tenant.apiKey });

const aLog = (index: number, fields: object = {}) => ({
  model: index % 2 === 0 ? 'gpt-4.1-mini' : 'claude-sonnet-4-5',
  provider: index % 2 === 0 ? 'openai' : 'anthropic',
  messages: [{ role: 'user', content: `Question ${index}` }],
  response_content: `Answer ${index}.`,
  latency_ms: 100 + index,
  input_tokens: 5,
  output_tokens: 2,
  started_at: new Date(Date.now() - HOUR_MS - index * 60_000).toISOString(),
  ...fields,
});

beforeAll(async () => {
  tenant = await createTenant(e2e.product.url, 'Explorer');
  await logRequests(
    tenant,
    Array.from({ length: 70 }, (_, index) => aLog(index)),
  );
});

async function signedIn(options: PageOptions = {}, as: Tenant = tenant, address = '/requests'): Promise<Watched> {
  const watched = await openPage(e2e.browser, e2e.product.url, options);
  await watched.page.goto(`${address}#key=${as.apiKey}`);
  await rows(watched.page).first().waitFor();
  return watched;
}

const rows = (page: Page) => page.getByRole('link', { name: /request to/ });
const row = (page: Page, index: number) => page.getByRole('link', { name: new RegExp(`: Question ${index}$`) });
const panel = (page: Page) => page.getByRole('region', { name: 'Request', exact: true });
const searchOf = (page: Page) => new URL(page.url()).searchParams;

test('22 rows fit on a laptop, all columns at 1280 px, and no width scrolls sideways', async () => {
  const { page, problems } = await signedIn({ width: 1440, height: 900 });
  const visible = await page.evaluate(() => {
    const box = document.querySelector('table')?.closest('[aria-busy]')?.getBoundingClientRect();
    return [...document.querySelectorAll('tr:has([data-row])')].filter((one) => {
      const { bottom } = one.getBoundingClientRect();
      return box && bottom <= box.bottom + 0.5;
    }).length;
  });
  expect(visible).toBeGreaterThanOrEqual(22);
  await page.setViewportSize({ width: 1280, height: 800 });
  for (const name of ['Time', 'Model', 'Prompt', 'Latency', 'Tokens', 'Cost']) {
    await page.getByRole('columnheader', { name }).waitFor();
  }
  // Loaded narrow and loaded wide, as the list was just now, and at each width between that a window is drawn to.
  const open = `/requests?id=${await idOfFirst(page)}`;
  for (const [address, widths] of [
    ['/requests', WIDE],
    ['/requests', NARROW],
    [open, NARROW],
    [open, WIDE],
  ] as const) {
    for (const [place, width] of widths.entries()) {
      await page.setViewportSize({ width, height: 800 });
      if (place === 0 && !(address === '/requests' && widths === WIDE)) await page.goto(address);
      await rows(page).first().waitFor({ state: 'attached' });
      expect([width, address, await listWider(page)]).toEqual([width, address, []]);
    }
  }
  expect(problems).toEqual([]);
});

const NARROW = [320, 360, 414, 600, 768, 769, 900];
const WIDE = [1440, 1200, 1199, 1024, 1920, 2560];
const idOfFirst = (page: Page) => rows(page).first().getAttribute('data-row');

/** What is wider than its place, once the page has followed a change of its window. */
const listWider = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    // What is measured in one frame is drawn in the next.
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    return [document.documentElement, ...document.querySelectorAll('[aria-busy], [role=region]')]
      .filter((one) => one.scrollWidth > one.clientWidth + 1)
      .map((one) => `${one.tagName} ${one.className}`);
  });

testOnPage('the list is moved through, opened, read on and closed by keys alone', async ({ page, goTo }) => {
  await page.setViewportSize({ width: 1280, height: 700 });
  await goTo('/requests');
  await rows(page).first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toMatch(/Question 1$/);
  await page.keyboard.press('Enter');
  await panel(page).getByText('Question 1', { exact: true }).waitFor();
  await page.waitForFunction(() => document.title.startsWith('claude-sonnet-4-5 · '));
  for (let step = 0; step < 12; step++) await page.keyboard.press('j');
  await panel(page).getByText('Question 13', { exact: true }).waitFor();
  const place = await row(page, 13).evaluate((link) => link.closest('tr')?.getBoundingClientRect().bottom ?? 0);
  expect(place).toBeGreaterThan(0);
  expect(place).toBeLessThan(700);

  // What is on top closes, and nothing else.
  await page.getByRole('button', { name: 'All time' }).click();
  await page.getByPlaceholder('25m, 3d').waitFor();
  await page.keyboard.press('Escape');
  await page.getByPlaceholder('25m, 3d').waitFor({ state: 'detached' });
  await panel(page).waitFor();
  await page.keyboard.press('Escape');
  await panel(page).waitFor({ state: 'detached' });
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toMatch(/Question 13$/);
  expect(await page.title()).toBe('Requests · PromptLab');

  // At the end the next page comes, and back.
  await row(page, 49).focus();
  await row(page, 49).click();
  await panel(page).getByText('Question 49', { exact: true }).waitFor();
  await page.keyboard.press('j');
  await panel(page).getByText('Question 50', { exact: true }).waitFor();
  expect(searchOf(page).get('after')).not.toBeNull();
  await page.keyboard.press('k');
  await panel(page).getByText('Question 49', { exact: true }).waitFor();

  await page.keyboard.press('Escape');
  await page.keyboard.press('s');
  await page.keyboard.press('l');
  await page.getByRole('columnheader', { name: 'Latency' }).and(page.locator('[aria-sort=descending]')).waitFor();
  await row(page, 69).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).getByText('Write a query').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'detached' });
  await page.keyboard.press('g');
  await page.keyboard.press(',');
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByLabel('Go to', { exact: true }).fill('requests');
  await page.keyboard.press('Enter');
  await rows(page).first().waitFor();
  await page.setViewportSize({ width: 1280, height: 800 });
});

testOnPage(
  'the time is typed in words, stepped and zoomed, Back goes back, and all pages share it',
  async ({ page, goTo }) => {
    await goTo('/requests');
    await rows(page).first().waitFor();
    // What is typed at once is heard by the field, and not as keys of the list behind it.
    await page.getByRole('button', { name: 'All time' }).click();
    await page.locator('input[aria-label="Time"]:focus').waitFor();
    await page.keyboard.type('soon');
    await page.keyboard.press('Enter');
    await page.getByText('Not understood.').waitFor();
    await page.getByPlaceholder('25m, 3d').fill('last 2 hours');
    await page.keyboard.press('Enter');
    await page.waitForURL((address) => address.searchParams.get('t') === '2h');
    await page.getByText(/of 6\d requests|of 5\d requests/).waitFor();
    await page.keyboard.press('=');
    await page.waitForURL((address) => address.searchParams.get('t') === '1h');
    await page.goBack();
    await page.getByRole('button', { name: 'Last 2 hours' }).waitFor();
    await page.keyboard.press('[');
    await page.waitForURL((address) => address.searchParams.get('t')?.includes('..') ?? false);
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    expect(searchOf(page).get('t')).toContain('..');
  },
);

testOnPage(
  'a day of the calendar is one click, and what the list is sorted by stays beside the open request',
  async ({ page, goTo }) => {
    await goTo('/requests');
    await rows(page).first().waitFor();
    await page.getByRole('button', { name: 'All time' }).click();
    await page.getByRole('button', { name: 'Today', exact: true }).click();
    await page.waitForURL((address) => address.searchParams.get('t')?.endsWith('Z..') ?? false);
    await page.getByRole('button', { name: /^Since / }).click();
    expect(await page.getByRole('button', { name: 'Today', exact: true }).getAttribute('aria-pressed')).toBe('true');
    await page.getByRole('button', { name: 'All time', exact: true }).last().click();
    await page.waitForURL((address) => !address.searchParams.has('t'));
    await page.keyboard.press('s');
    await page.keyboard.press('c');
    await page.waitForURL((address) => address.searchParams.get('sort') === '-cost');
    await rows(page).first().click();
    await page.getByRole('region', { name: 'Request details' }).waitFor();
    await page.getByRole('columnheader', { name: 'Model' }).waitFor({ state: 'detached' });
    expect(await page.getByRole('columnheader', { name: 'Cost' }).getAttribute('aria-sort')).toBe('descending');
  },
);

test('an answer that ended at a limit is told from a whole one, in the list and where it is open', async () => {
  const own = await createTenant(e2e.product.url, 'Cut off');
  await logRequests(own, [aLog(0, { finish_reason: 'stop' }), aLog(1, { finish_reason: 'length' })]);
  const { page, problems } = await signedIn({}, own);
  const cut = page.getByRole('link', { name: /, cut off: / });
  expect(await cut.count()).toBe(1);
  await cut.click();
  await page.getByRole('heading', { name: /^Cut off/ }).waitFor();
  expect(problems).toEqual([]);
});

test('the environment is chosen once for all pages', async () => {
  const own = await createTenant(e2e.product.url, 'Environments');
  await logRequests(own, [aLog(0, { environment: 'production' }), aLog(1, { environment: 'staging' })]);
  const { page } = await signedIn({}, own);
  await page.getByLabel('Environment of all pages').selectOption('staging');
  await row(page, 0).waitFor({ state: 'detached' });
  await row(page, 1).waitFor();
  // Each page that is narrowed by it says so.
  for (const name of ['Traces', 'Sessions', 'Users', 'Release compare', 'Savings', 'Analytics']) {
    await page.getByRole('link', { name, exact: true }).click();
    await page.getByRole('heading', { name, exact: true }).waitFor();
    expect(searchOf(page).get('env')).toBe('staging');
    expect(await page.getByLabel('Environment of all pages').inputValue()).toBe('staging');
  }
});

testOnPage(
  'a row is a link: with Ctrl it opens its page in a new tab, and once more from the keyboard in this one',
  async ({ page, goTo }) => {
    await goTo('/requests');
    await rows(page).first().waitFor();
    const [tab] = await Promise.all([
      page.context().waitForEvent('page'),
      row(page, 2).click({ modifiers: ['Control'], position: { x: 5, y: 5 } }),
    ]);
    // The browser began to load the tab before anybody could follow it: a navigation whose end was missed is waited for forever.
    await tab.waitForURL(/\/requests\/[\da-f-]{36}$/, { waitUntil: 'commit' });
    await tab.goto(tab.url());
    await tab.getByText('Question 2', { exact: true }).waitFor();
    await tab.close();
    await row(page, 3).click();
    await panel(page).waitFor();
    await row(page, 3).press('Enter');
    await page.waitForURL(/\/requests\/[\da-f-]{36}$/);
  },
);

test('new requests are held while one is open, counted over no row, and shown by a click anywhere on the count', async () => {
  const own = await createTenant(e2e.product.url, 'Coming in');
  await logRequests(own, [aLog(0), aLog(1)]);
  const { page, problems } = await signedIn({}, own);
  await row(page, 0).click();
  await panel(page).waitFor();
  await logRequests(own, [aLog(-70), aLog(-71)]);
  const count = page.getByRole('button', { name: '2 new requests' });
  await count.first().waitFor({ timeout: 20_000 });
  expect(await count.count()).toBe(2);
  expect(await rows(page).count()).toBe(2);
  // Nothing lies over any part of it.
  const isFree = await count.first().evaluate((button) => {
    const { left, right, top, bottom } = button.getBoundingClientRect();
    const places = [top + 2, (top + bottom) / 2, bottom - 2];
    return places.every((y) => button.contains(document.elementFromPoint((left + right) / 2, y)));
  });
  expect(isFree).toBe(true);
  await count.last().click();
  await row(page, -71).waitFor();
  expect(problems).toEqual([]);
});

testOnPage(
  'it says when the server is away, that it is paused, and that an older page stands still',
  async ({ page, goTo }) => {
    await goTo('/requests');
    await rows(page).first().waitFor();
    await page.getByRole('button', { name: 'Live', exact: true }).waitFor();
    await page.keyboard.press('l');
    await page.getByRole('button', { name: 'Paused' }).waitFor();
    await page.keyboard.press('l');
    await page.context().setOffline(true);
    await page.getByRole('button', { name: /^(Reconnecting|Offline since \d\d:\d\d)$/ }).waitFor({ timeout: 20_000 });
    await page.getByRole('button', { name: /^Offline since \d\d:\d\d$/ }).waitFor({ timeout: 30_000 });
    expect(
      await page
        .getByRole('status')
        .filter({ hasText: /Offline|Reconnecting/ })
        .count(),
    ).toBe(1);
    await page.context().setOffline(false);
    await page.getByRole('button', { name: 'Live', exact: true }).waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Next' }).click();
    const live = page.getByRole('button', { name: 'Not live' });
    await live.waitFor();
    expect(await live.isDisabled()).toBe(true);
    expect(await live.getAttribute('aria-pressed')).toBeNull();
  },
);

test('a range that moves with the clock dims nothing while it is asked anew', async () => {
  const { page } = await openPage(e2e.browser, e2e.product.url);
  await page.clock.install();
  await page.goto(`/requests?t=7d#key=${tenant.apiKey}`);
  await rows(page).first().waitFor();
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        if (target instanceof HTMLElement && target.dataset.stale !== undefined) seen.push(target.className);
      }
    }).observe(document.body, { attributes: true, attributeFilter: ['data-stale'], subtree: true });
  });
  await page.route('**/trpc/**', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.continue();
  });
  const answered = page.waitForResponse((response) => /requests\.list/.test(response.url()));
  await page.clock.fastForward(70_000);
  await (await answered).finished();
  // What dims while it waits has begun to by now, and what was answered is shown.
  await page.waitForTimeout(100);
  expect(await page.evaluate(() => (window as unknown as { seen: string[] }).seen)).toEqual([]);
});

test('text takes its own direction in the list', async () => {
  const own = await createTenant(e2e.product.url, 'Directions');
  await logRequests(own, [aLog(0, { messages: [{ role: 'user', content: 'هل هذا صحيح؟' }] })]);
  const { page } = await signedIn({}, own);
  const direction = await page
    .getByText('هل هذا صحيح؟')
    .evaluate((text) => [text.getAttribute('dir'), getComputedStyle(text).unicodeBidi]);
  expect(direction).toEqual(['auto', 'plaintext']);
});

test('the filters of one organization are not those of the next that signs in', async () => {
  const other = await createTenant(e2e.product.url, 'Next one');
  await logRequests(other, [aLog(0, { id: randomUUID() })]);
  const { page } = await signedIn({}, tenant, '/requests?q=model:gpt-4.1-mini');
  await row(page, 0).waitFor();
  await page.getByRole('button', { name: 'Organization Explorer' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByLabel('API key').fill(other.apiKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('1 of 1 request').waitFor();
  expect(new URL(page.url()).search).toBe('');
});
