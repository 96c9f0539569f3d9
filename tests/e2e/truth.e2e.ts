/** What the dashboard must not say or lose: zero for unknown, the time of hidden reasoning, a secret by a key press. */
import { goWithin, openPage, type Watched } from './browser.ts';
import { createTenant, logRequests, type Tenant } from './tenant.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(60_000);

const e2e = useProduct();

async function signedIn(tenant: Tenant, address = '/requests'): Promise<Watched> {
  const watched = await openPage(e2e.browser, e2e.product.url);
  await watched.page.goto(`${address}#key=${tenant.apiKey}`);
  await watched.page.getByRole('navigation', { name: 'Main' }).waitFor();
  return watched;
}

const aLog = (fields: object = {}) => ({
  model: 'gpt-4.1',
  provider: 'openai',
  messages: [{ role: 'user', content: 'Hello there' }],
  ...fields,
});

test('what was not reported is unknown, and the words of an unknown cost say what is missing', async () => {
  const tenant = await createTenant(e2e.product.url, 'Unknown');
  await logRequests(tenant, [
    aLog({ status: 'error', error: { message: 'boom' } }),
    aLog({ model: 'my-own', input_tokens: 5, output_tokens: 5, status: 'success' }),
  ]);
  const { page, problems } = await signedIn(tenant, '/requests?status=error');
  const totals = page.getByRole('region', { name: 'Totals' });
  await totals.getByText('not reported', { exact: true }).first().waitFor();
  await totals.getByText('1 request of unknown cost').waitFor();
  expect(await totals.innerText()).not.toContain('$0.00');
  await page.getByTitle('The cost is not known: no tokens reported').waitFor();
  await page.getByRole('link', { name: /Hello there/ }).click();
  await page.getByRole('button', { name: 'cost unknown: no tokens reported' }).waitFor();

  await goWithin(page, '/requests?model=my-own');
  await page.getByTitle('The cost is not known: no price for this model').waitFor();
  await goWithin(page, '/requests?model=none-such');
  await totals.getByText('no requests').first().waitFor();
  expect(await totals.innerText()).not.toContain('all requests priced');
  expect(problems).toEqual([]);
});

test('tokens a second leave hidden reasoning out of the time after the first token', async () => {
  const tenant = await createTenant(e2e.product.url, 'Speed');
  await logRequests(tenant, [
    aLog({ latency_ms: 3_200, ttft_ms: 2_890, output_tokens: 358, reasoning_tokens: 317, stream: true }),
  ]);
  const { page } = await signedIn(tenant);
  await page.getByRole('link', { name: /Hello there/ }).click();
  await page.getByRole('tab', { name: /Metadata/ }).click();
  await page.getByText('112 tokens/s').waitFor();
});

test('a key that is shown once stays until its button is pressed', async () => {
  const tenant = await createTenant(e2e.product.url, 'Secret');
  const { page, problems } = await signedIn(tenant, '/settings');
  await page.getByRole('button', { name: 'Create key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Once');
  await dialog.getByRole('button', { name: 'Create key' }).click();
  await page.getByTestId('new-key').waitFor();
  await page.keyboard.press('Escape');
  await page.mouse.click(5, 5);
  await page.waitForTimeout(500);
  await page.getByTestId('new-key').waitFor();
  expect(await dialog.getByRole('button', { name: 'Close' }).count()).toBe(0);
  await dialog.getByRole('button', { name: 'I have stored it' }).click();
  await page.getByTestId('new-key').waitFor({ state: 'detached' });
  expect(problems).toEqual([]);
});
