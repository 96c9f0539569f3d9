/** The analytics page: its numbers, what leads to the list, zooming and what is taken along, in a real browser. */
import fs from 'node:fs';
import type { Page } from 'playwright-core';
import { DAY_MS } from '#shared/durations';
import { openPage } from './browser.ts';
import { createTenant, logRequests, type Tenant } from './tenant.ts';
import { type SharedPage, usePage } from './usePage.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(120_000);

const e2e = useProduct();
let tenant: Tenant;
const testOnPage = usePage(e2e, { width: 1440, height: 900, apiKey: () => tenant.apiKey });

beforeAll(async () => {
  tenant = await aTenant('Analytics');
});

/** Forty days with three requests each. */
async function aTenant(name: string): Promise<Tenant> {
  const tenant = await createTenant(e2e.product.url, name);
  const now = Date.now();
  await logRequests(
    tenant,
    Array.from({ length: 120 }, (_, n) => ({
      model: n % 3 ? 'gpt-4o' : 'o3',
      provider: 'openai',
      messages: [{ role: 'user' as const, content: `Question ${n}` }],
      response_content: `Answer ${n}`,
      started_at: new Date(now - Math.floor(n / 3) * DAY_MS - ((n % 3) + 1) * 3_600_000).toISOString(),
      latency_ms: 1_000 + 10 * n,
      ttft_ms: 500,
      stream: true,
      input_tokens: 100,
      cached_input_tokens: 25,
      output_tokens: 60,
      cost_usd: '0.0123456789',
      user_id: `user-${n % 4}`,
      tags: { team: n % 2 ? 'search' : 'orders' },
      ...(n % 10 === 2 ? { status: 'error' as const, error: { type: 'rate_limit_error', message: 'Slow down' } } : {}),
    })),
  );
  return tenant;
}

/** The page over `time`, drawn. */
async function open({ page, goTo }: SharedPage, time: string): Promise<void> {
  await goTo(`/analytics?t=${time}`);
  // The first page of all loads the charts and waits for the sums.
  await chartOf(page, 'Latency').locator('.recharts-line').first().waitFor({ timeout: 30_000 });
}

const chartOf = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const tileOf = (page: Page, title: string) =>
  page.getByRole('region', { name: 'Totals' }).getByRole('link', { name: new RegExp(`^${title}`) });
const searchOf = (page: Page) => new URL(page.url()).searchParams;

testOnPage('the totals are those of the Requests page to the last digit, and lead to its rows', async (shared) => {
  const { page, goTo } = shared;
  await open(shared, '60d');
  const exact: string[] = [];
  for (const title of ['Total requests', 'Total tokens', 'Avg latency', 'Cost'])
    exact.push((await tileOf(page, title).first().getAttribute('title')) ?? '');
  await goTo('/requests?t=60d');
  const totals = page.getByLabel('Totals');
  const found: string[] = [];
  for (const title of ['Total requests', 'Total tokens', 'Avg latency', 'Cost'])
    found.push(
      (await totals
        .locator('span[title]', { hasText: new RegExp(`^${title}`) })
        .first()
        .getAttribute('title')) ?? '',
    );
  expect(exact).not.toContain('');
  expect(exact).toEqual(found);
  expect(exact[0]).toBe('120');
  await goTo('/analytics?t=60d');
  await tileOf(page, 'Error rate').click();
  await page.waitForURL((url) => url.pathname.endsWith('/requests') && url.searchParams.get('q') === 'status:error');
});

testOnPage('tiles say how they differ from the time before, and which time that is', async (shared) => {
  const { page } = shared;
  await open(shared, '20d');
  // Three a day in both times.
  await tileOf(page, 'Total requests').getByText('no change').waitFor();
  await page.getByText(/Changes are against .* – .*\./).waitFor();
  await page.getByLabel('Compare').selectOption('off');
  await page.waitForURL((url) => url.searchParams.get('vs') === 'off');
  await tileOf(page, 'Total requests').getByText('no change').waitFor({ state: 'detached' });
});

testOnPage('dragging over a chart zooms all of them, and Back returns', async (shared) => {
  const { page } = shared;
  await open(shared, '30d');
  const plot = chartOf(page, 'Requests by model').locator('.recharts-surface').first();
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  if (!box) throw new Error('There is no chart.');
  await page.mouse.move(box.x + box.width * 0.5, box.y + 80);
  // One cursor: each chart tells what it was at that moment.
  for (const name of ['Requests by status', 'Latency', 'Cost by model'])
    await chartOf(page, name).locator('.recharts-tooltip-wrapper').first().waitFor();
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 80, { steps: 4 });
  await page.mouse.move(box.x + box.width * 0.7, box.y + 80, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL((url) => /\.\./.test(url.searchParams.get('t') ?? ''));
  const [from = '', to = ''] = (searchOf(page).get('t') ?? '').split('..');
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  expect(days).toBeGreaterThan(3);
  expect(days).toBeLessThan(12);
  await tileOf(page, 'Total requests')
    .getByText(String(Math.round(days) * 3), { exact: true })
    .waitFor();
  await page.goBack();
  await page.waitForURL((url) => url.searchParams.get('t') === '30d');
});

testOnPage('a bucket without requests is zero where it is counted and a gap where nothing is known', async (shared) => {
  const { page } = shared;
  await open(shared, '60d');
  const rowsOf = async (name: string) => {
    await chartOf(page, name)
      .getByRole('button', { name: `${name} as a table` })
      .click();
    await chartOf(page, name).getByRole('row').nth(2).waitFor();
    return chartOf(page, name).getByRole('row').allInnerTexts();
  };
  expect((await rowsOf('Tokens'))[2]?.split('\t').slice(1)).toEqual(['0', '0', '0', '0']);
  expect((await rowsOf('Latency'))[2]?.split('\t').slice(1)).toEqual(['–', '–', '–']);
});

testOnPage('values of any field are told apart, and each number leads to its requests', async (shared) => {
  const { page } = shared;
  await open(shared, '60d');
  const byTeam = page.getByLabel('Group by').locator('option', { hasText: 'Tag team' });
  await byTeam.waitFor({ state: 'attached' });
  await page.getByLabel('Group by').selectOption('tag.team');
  await page.waitForURL((url) => url.searchParams.get('by') === 'tag.team');
  const chart = chartOf(page, 'Requests by tag team');
  await chart.getByRole('link', { name: 'search', exact: true }).click();
  await page.waitForURL((url) => url.pathname.endsWith('/requests') && url.searchParams.get('q') === 'tag.team:search');
  await page.goBack();
  // A key is called by its name.
  await page.getByLabel('Group by').selectOption('key');
  await page
    .getByRole('region', { name: 'Top by API key', exact: true })
    .getByRole('link', { name: 'Test key' })
    .waitFor();
  const users = page.getByRole('region', { name: 'Top by user', exact: true });
  await users.scrollIntoViewIfNeeded();
  await users.getByRole('button', { name: 'Cost' }).click();
  await users.getByRole('link', { name: 'user-1' }).click();
  await page.waitForURL((url) => url.searchParams.get('q') === 'user:user-1');
});

testOnPage('a chart is taken along as numbers and as a picture', async (shared) => {
  const { page } = shared;
  await open(shared, '60d');
  const save = async (name: string) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      chartOf(page, 'Requests by model').getByRole('button', { name }).click(),
    ]);
    return fs.readFileSync(await download.path());
  };
  const lines = (await save('Requests by model as CSV')).toString().trim().split('\r\n');
  expect(lines[0]).toBe('start,gpt-4o,o3');
  const sum = lines.slice(1).reduce(
    (total, line) =>
      total +
      line
        .split(',')
        .slice(1)
        .reduce((a, b) => a + Number(b), 0),
    0,
  );
  expect(sum).toBe(120);
  const picture = await save('Requests by model as a picture');
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  expect(picture.length).toBeGreaterThan(5_000);
  expect(picture.readUInt32BE(16)).toBeGreaterThan(800);
  if (process.env.PICTURES) fs.writeFileSync(`${process.env.PICTURES}/chart.png`, picture);
});

testOnPage('on a phone nothing is wider than the page', async (shared) => {
  const { page, goTo } = shared;
  // Drawn as narrow as it is, and not made narrow.
  await goTo('/nowhere');
  await page.setViewportSize({ width: 360, height: 740 });
  await open(shared, '60d');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await page.setViewportSize({ width: 1440, height: 900 });
});

if (process.env.PICTURES) {
  test.each([
    ['light', 1440],
    ['dark', 1440],
    ['light', 360],
    ['dark', 2560],
  ] as const)('pictures in %s at %s px', async (colorScheme, width) => {
    const height = width < 400 ? 4_400 : width > 2_000 ? 1_200 : 2_300;
    const { page } = await openPage(e2e.browser, e2e.product.url, { colorScheme, width, height });
    await page.goto(`/analytics?t=30d#key=${tenant.apiKey}`);
    await chartOf(page, 'Latency').locator('.recharts-line').first().waitFor();
    await page.waitForTimeout(1_500);
    await page.screenshot({ path: `${process.env.PICTURES}/analytics-${colorScheme}-${width}.png`, fullPage: true });
    expect(page.url()).toContain('/analytics');
  });
}
