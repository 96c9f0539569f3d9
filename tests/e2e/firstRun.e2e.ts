/** The first-run page, for those who want to look before they write code. */
import type { Page } from 'playwright-core';
import { openPage } from './browser.ts';
import { createTenant, type Tenant } from './tenant.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(60_000);

const e2e = useProduct();

/** The page as a new organization sees it. */
async function openFirstRun(tenant: Tenant): Promise<{ page: Page; problems: string[] }> {
  const opened = await openPage(e2e.browser, e2e.product.url);
  await opened.page.goto(`/#key=${tenant.apiKey}`);
  await opened.page.getByRole('heading', { name: 'Log your first request' }).waitFor();
  return opened;
}

async function countRequests({ apiKey }: Tenant, query = ''): Promise<number> {
  const headers = { authorization: `Bearer ${apiKey}` };
  const answer = await fetch(`${e2e.product.url}/api/v1/stats${query}`, { headers });
  return ((await answer.json()) as { requests: number }).requests;
}

test('demo data is loaded from the browser, with traces, and can be deleted by its tag', async () => {
  const tenant = await createTenant(e2e.product.url, 'Demo data');
  const { page, problems } = await openFirstRun(tenant);
  await page.getByRole('button', { name: 'Load demo data' }).click();
  await page.getByText('Demo data is loaded').waitFor({ timeout: 50_000 });
  await page
    .getByRole('link', { name: /request to/ })
    .first()
    .waitFor();
  expect(await countRequests(tenant)).toBe(1_000);
  expect(await countRequests(tenant, '?q=tag.demo:yes')).toBe(1_000);
  expect(await countRequests(tenant, '?q=has:trace')).toBeGreaterThan(100);
  expect(problems).toEqual([]);
});

test('a test request stands beside it, and the text for a coding agent holds no key', async () => {
  const tenant = await createTenant(e2e.product.url, 'Test request');
  const { page, problems } = await openFirstRun(tenant);
  await page.getByRole('tab', { name: 'Coding agent' }).click();
  const text = await page.getByLabel('Text for a coding agent').innerText();
  expect(text).toContain(e2e.product.url);
  expect(text).not.toContain(tenant.apiKey);
  await page.getByRole('button', { name: 'Send a test request' }).click();
  await page.getByRole('link', { name: /request to test-model/ }).waitFor();
  expect(await countRequests(tenant)).toBe(1);
  expect(problems).toEqual([]);
});

test('OpenTelemetry has a guide for each instrumentation, with the address and the key of the reader', async () => {
  const tenant = await createTenant(e2e.product.url, 'OpenTelemetry');
  const { page, problems } = await openFirstRun(tenant);
  await page.getByRole('tab', { name: 'OpenTelemetry', exact: true }).click();
  const names = page.getByRole('tablist', { name: 'What you use' }).getByRole('tab');
  await names.first().waitFor();
  expect(await names.count()).toBe(14);
  for (const name of await names.allInnerTexts()) {
    await page.getByRole('tab', { name, exact: true }).click();
    const panel = page.getByRole('tabpanel', { name, exact: true });
    const words = await panel.innerText();
    expect(words).toContain(tenant.apiKey);
    expect(words).toContain(e2e.product.url);
    // Around the code, what is code is set as such.
    expect((await panel.locator('p').allInnerTexts()).join('')).not.toContain('`');
  }
  // On a phone the same as a list.
  await page.setViewportSize({ width: 360, height: 740 });
  await page.getByRole('combobox', { name: 'What you use' }).or(page.getByLabel('What you use')).first().click();
  await page.getByRole('option', { name: 'LangChain Python' }).click();
  await page.getByText('langchain-openai').waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  expect(problems).toEqual([]);
});
