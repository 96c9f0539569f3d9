/** Deleting in a real browser: one request from its panel, and all that match a filter as a job. */
import { openPage } from './browser.ts';
import { createTenant, logRequests } from './tenant.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(60_000);

const e2e = useProduct();

const logs = (count: number, model: string) =>
  Array.from({ length: count }, (_, index) => ({
    model,
    provider: 'openai',
    messages: [{ role: 'user', content: `Question ${index} for ${model}` }],
    response_content: 'Answer.',
  }));

test('one request is deleted from its panel, all of a model by the filter, and Settings shows the exact count', async () => {
  const tenant = await createTenant(e2e.product.url, 'Tidy');
  await logRequests(tenant, [...logs(12, 'kept-model'), ...logs(30, 'old-model')]);
  const { page, problems } = await openPage(e2e.browser, e2e.product.url);
  await page.goto(`/#key=${tenant.apiKey}`);
  await page.getByRole('navigation', { name: 'Main' }).waitFor();

  await page.goto('/requests?model=old-model');
  await page.getByRole('link', { name: /Question 3 for old-model/ }).click();
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete request' }).click();
  await page.getByRole('dialog', { name: 'Delete request' }).getByRole('button', { name: 'Delete request' }).click();
  await page.getByText('Request deleted').waitFor();

  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: 'Delete 29 requests' }).click();
  await page.getByText('Deleting. Settings shows how far it is.').waitFor();
  await page.goto('/settings');
  const job = page.getByRole('listitem', { name: 'Delete requests, done' });
  await job.getByText('29 deleted').waitFor();
  await job.getByText('q model:old-model').waitFor();

  await page.goto('/requests');
  await page.getByText('Question 3 for kept-model').first().waitFor();
  expect(await page.getByText('old-model').count()).toBe(0);
  expect(problems).toEqual([]);
});
