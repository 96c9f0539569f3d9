/** The query bar in a real browser: typed, completed, refused with its reason, and in the address. */
import { openPage } from './browser.ts';
import { createTenant, logRequests } from './tenant.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(60_000);

const e2e = useProduct();

test('a query narrows the list, is completed, says what it cannot read, and is in the address', async () => {
  const tenant = await createTenant(e2e.product.url, 'Asking');
  const log = (fields: object) => ({
    model: 'gpt-4o',
    provider: 'openai',
    messages: [{ role: 'user', content: 'Fast one' }],
    ...fields,
  });
  await logRequests(tenant, [
    log({ latency_ms: 100 }),
    log({ latency_ms: 9_000, messages: [{ role: 'user', content: 'Slow one' }] }),
    log({ model: 'o3', messages: [{ role: 'user', content: 'Thinking one' }] }),
  ]);
  const { page, problems } = await openPage(e2e.browser, e2e.product.url);
  await page.goto(`/#key=${tenant.apiKey}`);
  await page.getByText('Slow one').first().waitFor();

  await page.keyboard.press('/');
  const bar = page.getByLabel('Query', { exact: true });
  await bar.fill('latncy:>2s');
  await bar.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'did you mean `latency`?' }).waitFor();
  expect(page.url()).not.toContain('q=');

  await bar.fill('latency:>2s');
  await bar.press('Enter');
  await page.getByText('Fast one').first().waitFor({ state: 'detached' });
  await page.getByText('Slow one').first().waitFor();
  expect(new URL(page.url()).searchParams.get('q')).toBe('latency:>2s');

  await page.reload();
  await page.getByText('Slow one').first().waitFor();
  expect(await bar.inputValue()).toBe('latency:>2s');
  await page.getByRole('button', { name: 'Clear the query' }).click();
  await page.getByText('Thinking one').first().waitFor();

  await bar.fill('mod');
  await page.getByRole('option', { name: /^model:/ }).click();
  await page.getByRole('option', { name: 'model:o3' }).click();
  expect(await bar.inputValue()).toBe('model:o3 ');
  await bar.press('Enter');
  await page.getByText('Slow one').first().waitFor({ state: 'detached' });
  await page.getByText('Thinking one').first().waitFor();

  // Words are looked for one by one; in one piece is what a pasted sentence is meant to be.
  await bar.fill('one slow');
  await page.getByRole('option', { name: '"one slow" the words in one piece' }).click();
  expect(await bar.inputValue()).toBe('"one slow" ');
  await bar.fill('model:o3');
  await bar.press('Enter');

  // Escape takes back what was typed; then it leaves the bar, and the keys of the list are heard.
  await bar.fill('model:gpt');
  await bar.press('Escape');
  expect(await bar.inputValue()).toBe('model:o3');
  await bar.press('Escape');
  await page.keyboard.press('f');
  await page.getByRole('complementary', { name: 'Facets' }).waitFor();

  await page.goto('/requests?q=latncy:%3E2s');
  await page.getByText(/^Left out: q=latncy:>2s \(.*did you mean `latency`\?/).waitFor();
  expect(problems).toEqual([]);
});
