/** A trace of more steps than one page holds. */
import type { Browser } from 'playwright-core';
import { startProduct, type Product } from '#tests/support/startProduct';
import { launchBrowser, openPage } from './browser.ts';
import { createTenant, logRequests } from './tenant.ts';

jest.setTimeout(60_000);

let product: Product;
let browser: Browser;

beforeAll(async () => {
  product = await startProduct();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

test('shows totals over all its steps at once, and loads the steps page by page', async () => {
  const tenant = await createTenant(product.url, 'Long trace');
  const steps = Array.from({ length: 1_030 }, (_, index) => ({
    model: 'gpt-4.1-mini',
    provider: 'openai',
    messages: [{ role: 'user', content: 'Hi' }],
    trace_id: 'long',
    name: `step ${index}`,
    input_tokens: 5,
    output_tokens: 2,
    started_at: new Date(Date.now() - 3_600_000 + index).toISOString(),
  }));
  await logRequests(tenant, steps.slice(0, 1_000));
  await logRequests(tenant, steps.slice(1_000));
  const { page, problems } = await openPage(browser, product.url);
  await page.goto('/');
  await page.getByLabel('API key').fill(tenant.apiKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await page.goto('/traces/long');
  await page.getByRole('region', { name: 'Totals' }).getByText('1,030 model calls').waitFor();
  expect(await page.getByRole('list', { name: 'Steps' }).getByRole('listitem').count()).toBe(1_000);
  await page.getByRole('button', { name: /^Load more steps/ }).click();
  await page.getByText('step 1029').waitFor();
  expect(await page.getByRole('list', { name: 'Steps' }).getByRole('listitem').count()).toBe(1_030);
  expect(await page.getByRole('button', { name: /^Load more steps/ }).count()).toBe(0);
  expect(problems).toEqual([]);
});
