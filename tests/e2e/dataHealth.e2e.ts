/** The page that says what came in and what did not: its numbers are those of the lists that it leads to. */
import { openPage } from './browser.ts';
import { createTenant, logRequests, logSpans } from './tenant.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(60_000);

const e2e = useProduct();

test('counts of the week lead to the requests they count, and say what to do', async () => {
  const tenant = await createTenant(e2e.product.url, 'Data health');
  const { page, problems } = await openPage(e2e.browser, e2e.product.url);
  await page.goto(`/#key=${tenant.apiKey}`);
  await page.getByRole('heading', { name: 'Log your first request' }).waitFor();
  await page.goto('/settings');
  await page.getByRole('link', { name: 'open data health' }).click();
  await page.getByRole('heading', { name: 'Nothing came in during the last seven days' }).waitFor();

  const messages = [{ role: 'user', content: 'Hi' }];
  await logRequests(tenant, [
    { model: 'gpt-4.1-mini', provider: 'openai', messages, input_tokens: 5, output_tokens: 2 },
    { model: 'gpt-4.1-mini', provider: 'openai', messages, input_tokens: 5 },
    { model: 'gpt-4.1-mini', provider: 'openai', messages },
    { model: 'a-model-of-ours', provider: 'ours', messages, input_tokens: 5, output_tokens: 2 },
  ]);
  const started_at = new Date().toISOString();
  await logSpans(tenant, [
    { id: '019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4a5c', trace_id: 't', name: 'step', started_at, latency_ms: 1 },
  ]);
  await page.reload();
  const row = (id: string) => page.locator(`[data-finding="${id}"]`);
  await row('requests').getByText('4', { exact: true }).waitFor();
  await row('without_usage').getByText('2', { exact: true }).waitFor();
  await row('without_usage').getByText('What to do:').waitFor();

  for (const [id, count] of [
    ['requests', 4],
    ['without_usage', 2],
    ['without_price', 3],
  ] as const) {
    await page.goto('/settings/data-health');
    expect(await row(id).locator('[class*=count]').innerText()).toBe(String(count));
    await row(id).getByRole('link', { name: 'Show them' }).click();
    await page.getByText(`${count} of ${count} requests`).waitFor();
  }

  // The same by hour, in a table: this hour has them all.
  await page.goto('/settings/data-health');
  const hours = page.getByRole('region', { name: 'Hour by hour' });
  await hours.getByRole('link', { name: '3', exact: true }).first().click();
  await page.getByText('3 of 3 requests').waitFor();
  expect(new URL(page.url()).searchParams.get('q')).toBe('is:unpriced');
  expect(problems).toEqual([]);
});
