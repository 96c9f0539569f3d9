/** The API reference in a real browser: all of it comes from this server, and its calls work. */
import { openPage } from './browser.ts';
import { createTenant, logRequests, type Tenant } from './tenant.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(60_000);

const e2e = useProduct();
let tenant: Tenant;

beforeAll(async () => {
  tenant = await createTenant(e2e.product.url, 'Reader');
  await logRequests(tenant, [
    { model: 'gpt-4o', provider: 'openai', messages: [{ role: 'user', content: 'Hello from the reference' }] },
  ]);
});

test('the reference lists the endpoints, loads nothing from elsewhere, and a call made in it is answered', async () => {
  const { page, problems } = await openPage(e2e.browser, e2e.product.url);
  await page.goto('/reference');
  await page.getByRole('heading', { name: 'PromptLab' }).waitFor();
  for (const path of ['/api/v1/logs', '/api/v1/requests', '/api/v1/stats']) {
    expect(await page.locator(`[data-path="${path}"]`).count()).toBeGreaterThan(0);
  }

  await page.getByRole('button', { name: 'Authorize' }).click();
  await page.locator('#auth-bearer-value').first().fill(tenant.apiKey);
  await page.getByRole('button', { name: 'Apply credentials' }).first().click();
  await page.getByRole('button', { name: 'Close', exact: true }).first().click();

  const listRequests = page.locator('#operations-Reading-listRequests');
  await listRequests.locator('.opblock-summary-control').click();
  await listRequests.getByRole('button', { name: 'Execute' }).waitFor();
  // The example of the table asks for errors.
  await listRequests.locator('tr[data-param-name="status"] select').selectOption('success');
  await listRequests.getByRole('button', { name: 'Execute' }).click();
  await listRequests.locator('.live-responses-table').getByText('Hello from the reference').first().waitFor();
  expect(problems).toEqual([]);
});
