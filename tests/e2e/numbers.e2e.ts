/** Facets, the strip over time and the numbers of the list, in a real browser. */
import type { Page } from 'playwright-core';
import { openPage, type PageOptions } from './browser.ts';
import { createTenant, logRequests, type Tenant } from './tenant.ts';
import { usePage } from './usePage.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(120_000);

const e2e = useProduct();
let tenant: Tenant;
const testOnPage = usePage(e2e, { width: 1440, height: 900, apiKey: () => tenant.apiKey });

beforeAll(async () => {
  tenant = await aTenant('Numbers');
});

/** Twelve hours of requests of two models, the third of them failed. */
async function aTenant(name: string): Promise<Tenant> {
  const tenant = await createTenant(e2e.product.url, name);
  await logRequests(
    tenant,
    Array.from({ length: 60 }, (_, n) => ({
      model: n % 3 ? 'gpt-4o' : 'o3',
      provider: 'openai',
      messages: [{ role: 'user' as const, content: `Question ${n}` }],
      response_content: `Answer ${n}`,
      started_at: new Date(Date.now() - n * 12 * 60_000 - 5_000).toISOString(),
      latency_ms: 100 * (n + 1),
      input_tokens: 10,
      output_tokens: 2,
      ...(n % 10 === 2 ? { status: 'error' as const, error: { type: 'rate_limit_error', message: 'Slow down' } } : {}),
      ...(n % 2 ? { prompt_slug: 'greet', environment: 'production' } : { tags: { team: 'search' } }),
    })),
  );
  return tenant;
}

async function open(tenant: Tenant, options: PageOptions = {}) {
  const watched = await openPage(e2e.browser, e2e.product.url, { width: 1440, height: 900, ...options });
  await watched.page.goto(`/requests#key=${tenant.apiKey}`);
  await watched.page.getByText('Question 3').first().waitFor();
  return watched;
}

/** By their key, once: where one test has opened them they stay open. */
async function showFacets(page: Page): Promise<void> {
  const facets = page.getByRole('complementary', { name: 'Facets' });
  if ((await facets.count()) === 0) await page.keyboard.press('f');
  await facets.waitFor();
}

const queryOf = (page: Page) => new URL(page.url()).searchParams.get('q');
const bar = (page: Page) => page.getByLabel('Query', { exact: true });
const facet = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const number = (page: Page, title: string) =>
  page
    .getByLabel('Totals')
    .locator('span', { hasText: new RegExp(`^${title}`) })
    .first();

testOnPage('facets count, write into the query, and follow what is written there', async ({ page, goTo }) => {
  await goTo('/requests');
  await page.getByText('Question 3').first().waitFor();
  await showFacets(page);
  const models = facet(page, 'Model');
  await models.getByRole('button', { name: 'gpt-4o 40' }).click();
  await page.waitForURL((url) => url.searchParams.get('q') === 'model:gpt-4o');
  // What is asked of the model is left out of its own counts, so that a second one can be chosen.
  await models.getByRole('button', { name: 'o3 20' }).click();
  await page.waitForURL((url) => url.searchParams.get('q') === 'model:(gpt-4o OR o3)');
  expect(await bar(page).inputValue()).toBe('model:(gpt-4o OR o3)');
  await models.getByRole('button', { name: 'o3 20' }).click({ modifiers: ['Alt'] });
  await page.waitForURL((url) => url.searchParams.get('q') === 'model:o3');
  await number(page, 'Total requests').getByText('20', { exact: true }).waitFor();

  await bar(page).fill('-status:error');
  await bar(page).press('Enter');
  await facet(page, 'Status').getByRole('button', { name: 'Leave out error', pressed: true }).waitFor();
  expect(await models.getByRole('button', { pressed: true }).count()).toBe(0);
  await facet(page, 'Status').getByRole('button', { name: 'Leave out error' }).click();
  await page.waitForURL((url) => url.searchParams.get('q') === null);

  await facet(page, 'tag.team').getByRole('button', { name: 'search 30' }).click();
  await page.waitForURL((url) => url.searchParams.get('q') === 'tag.team:search');
  await facet(page, 'Error type').getByRole('button', { name: 'rate_limit_error 6' }).click();
  await page.waitForURL((url) => url.searchParams.get('q') === 'tag.team:search error.type:rate_limit_error');
  await page.goBack();
  await page.waitForURL((url) => url.searchParams.get('q') === 'tag.team:search');
});

testOnPage('a range is two fields, of which a wrong one asks for nothing', async ({ page, goTo }) => {
  await goTo('/requests');
  await page.getByText('Question 3').first().waitFor();
  await showFacets(page);
  const least = page.getByLabel('Latency from');
  await least.fill('soon');
  await least.press('Enter');
  expect(queryOf(page)).toBeNull();
  await least.fill('5s');
  await least.press('Enter');
  await page.waitForURL((url) => url.searchParams.get('q') === 'latency:>=5s');
  await number(page, 'Total requests').getByText('11', { exact: true }).waitFor();
  await bar(page).fill('latency:>=1s latency:<=2s');
  await bar(page).press('Enter');
  await page.waitForFunction(
    () => (document.querySelector('[aria-label="Latency to"]') as HTMLInputElement | null)?.value === '2s',
  );
  await number(page, 'Total requests').getByText('11', { exact: true }).waitFor();
});

testOnPage(
  'the strip shows what happened when; keys and a drag narrow the time, and Back returns',
  async ({ page, goTo }) => {
    await goTo('/requests');
    await page.getByText('Question 3').first().waitFor();
    const strip = page.getByRole('region', { name: 'Over time' });
    const bars = strip.getByRole('slider');
    await strip.getByText('→').waitFor();
    await bars.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('t')?.includes('..') ?? false);
    await page.goBack();
    await page.waitForURL((url) => url.searchParams.get('t') === null);

    const box = await bars.boundingBox();
    if (!box) throw new Error('The bars are not there.');
    await page.mouse.move(box.x + box.width * 0.1, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.9, box.y + 10, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL((url) => url.searchParams.get('t')?.includes('..') ?? false);

    await strip.getByRole('combobox').selectOption('p95');
    await strip.getByRole('button', { name: 'As a table' }).click();
    await strip.getByRole('table').getByText(/p95/).first().waitFor();
  },
);

testOnPage('the numbers are those of the list', async ({ page, goTo }) => {
  await goTo('/requests');
  await page.getByText('Question 3').first().waitFor();
  for (const q of ['', 'model:o3', 'latency:>=5s', 'tag.team:search']) {
    await bar(page).fill(q);
    await bar(page).press('Enter');
    const answer = await fetch(`${tenant.url}/api/v1/stats?q=${encodeURIComponent(q)}`, {
      headers: { authorization: `Bearer ${tenant.apiKey}` },
    });
    const totals = (await answer.json()) as { requests: number; total_tokens: number };
    await number(page, 'Total requests').getByText(String(totals.requests), { exact: true }).waitFor();
    await number(page, 'Total tokens').getByText(String(totals.total_tokens), { exact: true }).waitFor();
    await number(page, 'Avg latency').waitFor();
  }
});

testOnPage('the charts of Analytics say what the list says, and lead to it', async ({ page, goTo }) => {
  await goTo('/requests');
  await page.getByText('Question 3').first().waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await page.getByRole('heading', { name: 'Analytics' }).waitFor();
  const chart = page.getByRole('region', { name: 'Requests by model', exact: true });
  await chart.getByRole('button', { name: 'Requests by model as a table' }).click();
  const cells = await chart.getByRole('cell').allInnerTexts();
  expect(cells.reduce((total, cell) => total + Number(cell), 0)).toBe(60);
  await page.getByRole('region', { name: 'Latency', exact: true }).getByText('p95').first().waitFor();
  await page.getByRole('region', { name: 'Top by model' }).getByRole('link', { name: /^o3/ }).click();
  await page.waitForURL((url) => url.pathname.endsWith('/requests') && url.searchParams.get('q') === 'model:o3');
  await number(page, 'Total requests').getByText('20', { exact: true }).waitFor();
});

test('on a phone the facets are a sheet from below', async () => {
  const { page, problems } = await openPage(e2e.browser, e2e.product.url, { width: 390, height: 844 });
  await page.goto(`/requests#key=${tenant.apiKey}`);
  await page.getByRole('button', { name: 'Facets' }).click();
  const sheet = page.getByRole('dialog', { name: 'Facets' });
  await sheet.getByRole('button', { name: 'gpt-4o 40' }).click();
  await page.waitForURL((url) => url.searchParams.get('q') === 'model:gpt-4o');
  expect(problems).toEqual([]);
});

if (process.env.PICTURES) {
  test.each(['light', 'dark'] as const)('pictures in %s', async (colorScheme) => {
    const { page } = await open(await aTenant(`Pictures ${colorScheme}`), { colorScheme });
    await page.keyboard.press('f');
    await facet(page, 'Model').waitFor();
    await page.getByRole('region', { name: 'Over time' }).getByText('→').waitFor();
    await page.waitForTimeout(800);
    await page.screenshot({ path: `${process.env.PICTURES}/numbers-${colorScheme}.png` });
    await page.goto('/analytics');
    await page.getByRole('region', { name: 'Latency', exact: true }).waitFor();
    await page.waitForTimeout(1_000);
    await page.screenshot({ path: `${process.env.PICTURES}/analytics-${colorScheme}.png`, fullPage: true });
    expect(page.url()).toContain('/analytics');
  });
}
