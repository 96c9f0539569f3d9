/** Two groups of requests side by side, in a real browser. */
import type { Page } from 'playwright-core';
import { createTenant, logRequests, type Tenant } from './tenant.ts';
import { usePage } from './usePage.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(120_000);

const e2e = useProduct();
let tenant: Tenant;
const testOnPage = usePage(e2e, { width: 1440, height: 900, apiKey: () => tenant.apiKey });

beforeAll(async () => {
  tenant = await aTenant('Releases');
});

/** Two releases: the newer one takes twice as long. */
async function aTenant(name: string): Promise<Tenant> {
  const tenant = await createTenant(e2e.product.url, name);
  const now = Date.now();
  await logRequests(
    tenant,
    ['1.4.0', '1.5.0'].flatMap((release, index) =>
      Array.from({ length: 150 }, (_, n) => ({
        model: n % 3 ? 'gpt-4o' : 'o3',
        provider: 'openai',
        messages: [{ role: 'user' as const, content: `Question ${n}` }],
        response_content: `Answer ${n}`,
        release,
        environment: n % 2 ? 'production' : 'staging',
        started_at: new Date(now - (2 - index) * 86_400_000 - n * 60_000).toISOString(),
        latency_ms: (600 + ((n * 37) % 500)) * (index + 1),
        input_tokens: 10,
        output_tokens: 2,
        finish_reason: 'stop',
        ...(n % 10 === 2
          ? { status: 'error' as const, error: { type: 'rate_limit_error', message: 'Slow down' } }
          : {}),
      })),
    ),
  );
  return tenant;
}

const figures = (page: Page) => page.getByRole('table', { name: 'Figures' });
const group = (page: Page, letter: 'A' | 'B') =>
  page.getByRole('group', { name: 'Groups' }).getByLabel(new RegExp(`^${letter}, `));

testOnPage(
  'the two latest releases are compared, the newer one is judged, and each figure leads to its requests',
  async ({ page, goTo }) => {
    await goTo('/requests');
    await page.getByText('Question 3').first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await page.getByRole('heading', { name: 'Release compare' }).waitFor();
    const latency = figures(page).getByRole('row', { name: /^Latency p50/ });
    await latency.getByText('Worse').waitFor();
    expect(await group(page, 'A').inputValue()).toBe('1.4.0');
    expect(await group(page, 'B').inputValue()).toBe('1.5.0');
    expect(await latency.innerText()).toMatch(/\+(9\d|10\d)%/);
    await figures(page)
      .getByRole('row', { name: /^Failed/ })
      .getByText('No difference seen')
      .waitFor();
    await page
      .getByRole('status')
      .getByText(/^Latency p50/)
      .waitFor();

    await figures(page)
      .getByRole('row', { name: /^Failed/ })
      .getByRole('link')
      .nth(1)
      .click();
    await page.waitForURL((url) => url.searchParams.get('q') === 'release:1.5.0 status:error');
    await page.getByText('15 of 15 requests').waitFor();
    expect(new URL(page.url()).searchParams.get('a')).toBeNull();
    await page.goBack();
    await latency.getByText('Worse').waitFor();

    await page.getByRole('button', { name: 'Swap A and B' }).click();
    await page.waitForURL((url) => url.searchParams.get('a') === '1.5.0' && url.searchParams.get('b') === '1.4.0');
    await latency.getByText('Better').waitFor();
  },
);

testOnPage(
  'groups are chosen from what there is, typed, or queries; a filter narrows both, and a link shows the same',
  async ({ page, goTo }) => {
    await goTo('/releases?by=env');
    await figures(page)
      .getByRole('row', { name: /^Latency p50/ })
      .getByText('No difference seen')
      .waitFor();
    await page.getByLabel('Compare', { exact: true }).selectOption('model');
    await page.waitForURL((url) => url.searchParams.get('by') === 'model');
    await group(page, 'B').click();
    await page.getByRole('option', { name: /^o3/ }).click();
    // It was A: the two change places.
    await page.waitForURL((url) => url.searchParams.get('a') === 'gpt-4o' && url.searchParams.get('b') === 'o3');
    await figures(page).waitFor();
    await page.getByLabel('Query', { exact: true }).fill('release:1.5.0');
    await page.getByLabel('Query', { exact: true }).press('Enter');
    await page.getByRole('region', { name: 'B, o3' }).getByText('50 requests').waitFor();

    await page.getByLabel('Compare', { exact: true }).selectOption('query');
    await page.getByText('Choose two groups').waitFor();
    await group(page, 'A').fill('latency:<1s');
    await group(page, 'B').fill('nothing:here');
    await group(page, 'B').press('Enter');
    await page.getByText(/is not a field/).waitFor();
    await group(page, 'B').fill('latency:>=1s');
    await group(page, 'B').press('Enter');
    await page.getByRole('region', { name: 'B, latency:>=1s' }).waitFor();
    await page.reload();
    await page
      .getByRole('region', { name: 'B, latency:>=1s' })
      .getByText(/requests/)
      .waitFor();

    await page.getByLabel('Compare', { exact: true }).selectOption('period');
    await page.getByRole('region', { name: 'B, Last 7 days' }).getByText('150 requests').waitFor();
    await page.getByText('No request was found of').waitFor();
  },
);

testOnPage('the step of CI is what a shell takes', async ({ page, goTo }) => {
  await goTo('/releases?a=1.4.0&b=1.5.0');
  await page.getByRole('button', { name: /^In CI/ }).click();
  const step = await page.getByLabel('A step of CI').innerText();
  expect(step).toContain(`--data-urlencode 'b=1.5.0'`);
  const parameters = new URLSearchParams(
    [...step.matchAll(/--data-urlencode '([^=]+)=([^']*)'/g)].map(([, name = '', value = '']) => [name, value]),
  );
  const answer = await fetch(`${tenant.url}/api/v1/compare?${parameters}`, {
    headers: { authorization: `Bearer ${tenant.apiKey}` },
  });
  expect(answer.status).toBe(409);
  expect(((await answer.json()) as { failed: string[] }).failed).toEqual(['latency_p95>20%']);

  // What narrows the page narrows the step too.
  await goTo('/releases?a=1.4.0&b=1.5.0&env=staging');
  await page.getByRole('button', { name: /^In CI/ }).click();
  expect(await page.getByLabel('A step of CI').innerText()).toContain(`--data-urlencode 'environment=staging'`);
});
