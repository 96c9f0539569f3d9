/** A trace of more steps than one page holds. */
import { openPage } from './browser.ts';
import { createTenant, logRequests } from './tenant.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(60_000);

const e2e = useProduct();

beforeAll(async () => {});

test('shows totals over all its steps at once, and loads the steps page by page', async () => {
  const tenant = await createTenant(e2e.product.url, 'Long trace');
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
  const { page, problems } = await openPage(e2e.browser, e2e.product.url);
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
