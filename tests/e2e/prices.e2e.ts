/** The Prices page in a real browser: a model without a price gets one, and what is stored gets its cost. */
import path from 'node:path';
import { PRICE_LIST_VERSION } from '#server/pricing/priceList';
import { goWithin, openPage } from './browser.ts';
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
  await goWithin(page, '/prices');
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

test('built-in rates stand beside those of the organization, and the list is searched', async () => {
  const tenant = await createTenant(e2e.product.url, 'Side by side');
  await logRequests(tenant, [
    {
      model: 'gpt-4o',
      provider: 'openai',
      messages: [{ role: 'user', content: 'Hi' }],
      input_tokens: 9,
      output_tokens: 9,
    },
    { model: 'flux-pro', provider: 'fal', endpoint: 'images.generate', messages: 'A cat', output_images: 3 },
  ]);
  const { page, problems } = await openPage(e2e.browser, e2e.product.url);
  const picture = async (name: string) => {
    if (PICTURES) await page.screenshot({ path: path.join(PICTURES, `${name}.png`), fullPage: true });
  };
  await page.goto(`/prices#key=${tenant.apiKey}`);
  const logged = page.getByRole('region', { name: 'Models that were logged' });
  await logged
    .getByRole('row', { name: /gpt-4o/ })
    .getByText('Built-in: $2.50 input · $10 output · $1.25 cached')
    .waitFor();
  const source = logged.getByRole('link', { name: 'source: prices of OpenAI, in a new tab' });
  expect(await source.getAttribute('href')).toMatch(/^https:.*openai/);

  // An override begins with what it takes the place of.
  await page.getByRole('button', { name: 'Override for gpt-4o' }).click();
  expect(await page.getByLabel('Output', { exact: true }).inputValue()).toBe('10');
  await page.getByLabel('Input', { exact: true }).fill('2');
  await page.getByRole('button', { name: 'Save price' }).click();
  await logged.getByText('Yours, gpt-4o: $2 input · $10 output').waitFor();
  await logged.getByText('Built-in, not used: $2.50 input').waitFor();

  await page.getByRole('button', { name: 'Add price for flux-pro' }).click();
  await page.getByRole('button', { name: /^More rates/ }).click();
  await page.getByLabel('Image made').fill('0.04');
  await page.getByRole('button', { name: 'Save price' }).click();
  await logged.getByText('Yours, flux-pro: $0.04 an image').waitFor();
  await page.getByRole('button', { name: 'See what would change' }).click();
  await page.getByRole('button', { name: /^Change \d/ }).click();
  await page.getByText(/requests? changed:/).waitFor();
  await picture('prices-side');

  const list = page.getByRole('region', { name: 'Built-in prices' });
  await list
    .getByRole('status')
    .filter({ hasText: /^50 of / })
    .waitFor();
  await list.getByRole('searchbox').fill('anthropic sonnet-4-5');
  await list
    .getByRole('row', { name: /^claude-sonnet-4-5/ })
    .getByText('above 200,000 input tokens')
    .waitFor();
  await list.getByRole('searchbox').fill('no such model');
  await list.getByText('0 models').waitFor();

  // The cost of images is explained where it is shown.
  await logged.getByRole('link', { name: 'flux-pro' }).click();
  await page.getByRole('table', { name: 'Requests' }).getByRole('link').first().click();
  await page.getByTitle('$0.12: how it is made up').click();
  await page.getByRole('row', { name: 'Images 3 × $0.04 $0.12' }).waitFor();
  await page.getByText(/^By your organization's price of flux-pro, saved on/).waitFor();
  await picture('prices-explained');
  expect(problems).toEqual([]);
});

test('after a newer list the page offers to price again', async () => {
  const tenant = await createTenant(e2e.product.url, 'Newer list');
  const { page, problems } = await openPage(e2e.browser, e2e.product.url);
  // The product runs one list: that another came before is what its answer says here.
  await page.route('**/trpc/**prices.builtin**', async (route) => {
    const response = await route.fetch();
    const text = (await response.text()).replaceAll(
      '"outdated_version":null',
      '"outdated_version":"genai-prices@0.0.1"',
    );
    await route.fulfill({ response, body: text });
  });
  await page.goto(`/prices#key=${tenant.apiKey}`);
  await page.getByText('The built-in prices have changed').waitFor();
  await page.getByText(`were priced by genai-prices@0.0.1; ${PRICE_LIST_VERSION} counts now`).waitFor();
  expect(problems).toEqual([]);
});
