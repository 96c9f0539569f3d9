/** The Prices page in a real browser: a model without a price gets one, and what is stored gets its cost. */
import path from 'node:path';
import { openPage } from './browser.ts';
import { createTenant, logRequests } from './tenant.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(120_000);

const e2e = useProduct();
/** Where pictures go, for whoever wants to look at them. */
const PICTURES = process.env.PICTURES;

test('a model without a price gets one; a dry run says what would change, and it is changed', async () => {
  const tenant = await createTenant(e2e.product.url, 'Pricing');
  const log = (fields: object) => ({
    model: 'my-llama-70b',
    provider: 'vllm',
    messages: [{ role: 'user', content: 'Hello' }],
    input_tokens: 1_000_000,
    output_tokens: 500_000,
    ...fields,
  });
  await logRequests(tenant, [
    log({}),
    log({}),
    log({ cost_usd: '9' }),
    log({ model: 'gpt-4o', provider: 'openai', input_tokens: 946, output_tokens: 358 }),
  ]);
  const { page, problems } = await openPage(e2e.browser, e2e.product.url);
  const picture = async (name: string) => {
    if (PICTURES) await page.screenshot({ path: path.join(PICTURES, `${name}.png`) });
  };
  await page.goto(`/prices#key=${tenant.apiKey}`);
  await page.getByText('1 without a price').waitFor();
  await picture('prices-1');

  await page.getByRole('button', { name: 'Add price for my-llama-70b' }).click();
  await page.getByRole('combobox', { name: 'Model' }).fill('my-llama-*');
  await page.getByRole('status').filter({ hasText: '1 model that was logged, 3 requests: my-llama-70b' }).waitFor();
  await page.getByRole('button', { name: 'Save price' }).click();
  await page.getByRole('alert').filter({ hasText: 'Give at least one rate' }).waitFor();
  await page.getByLabel('Input', { exact: true }).fill('2');
  await page.getByLabel('Output', { exact: true }).fill('4.00');
  await picture('prices-2');
  await page.getByRole('button', { name: 'Save price' }).click();
  await page.getByRole('row', { name: /^my-llama-\* vllm/ }).waitFor();
  await page.getByText('Each has a price.').waitFor();

  await page.getByRole('button', { name: 'See what would change' }).click();
  await page.getByText('2 requests would change: unknown → $8.00.').waitFor();
  await picture('prices-3');
  await page.getByRole('button', { name: 'Change 2 requests' }).click();
  await page.getByText('2 requests changed: unknown → $8.00.').waitFor();

  // The cost is explained where it is shown.
  await page.getByRole('link', { name: 'my-llama-70b' }).click();
  await page.getByText('Hello').first().waitFor();
  await page.goto('/prices');
  await page.getByRole('button', { name: 'Delete the price of my-llama-*' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete price' }).click();
  await page.getByText('1 without a price').waitFor();
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await picture(`prices-${width}`);
  }
  expect(problems).toEqual([]);
});
