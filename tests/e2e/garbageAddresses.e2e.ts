/** Any address opens the Requests page: what cannot be read is left out, said in one line, and never sent. */
import type { Page } from 'playwright-core';
import { goWithin, openPage } from './browser.ts';
import { createTenant, logRequests } from './tenant.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(120_000);

const e2e = useProduct();
const rows = (page: Page) => page.getByRole('link', { name: /request to/ });

const GARBAGE = [
  'range=2h',
  'status=banana',
  'tag=nocolon',
  'tag=',
  'model=',
  'user_id=',
  'from=yesterday',
  'from=2026-11-10',
  'model=a&model=b',
  'cursor=%3Cx%3E',
  'id=x',
  'foo=bar',
  'limit=7',
  'q=latncy:%3E2s',
  'q=(',
  'q=%22',
  'q=a:(b',
  'q=%00',
  't=2h30',
  't=..',
  't=2026-13-01T00:00Z..',
  't=1e9d',
  'env=%0A',
  `env=${'x'.repeat(300)}`,
  'sort=;drop',
  'sort=-nothing',
  'after=%20%20&before=%0',
  'before=%F0%9F',
  'cols=%3Cscript%3E',
  'density=..',
  'v=%2F..%2F',
  'tab=%2F',
  'step=%00',
  'constructor=1',
  '__proto__=1',
  'toString=x&hasOwnProperty=y',
  'leftOut=x',
  'leftOut[a]=b',
  '%F0%9F=%',
  `q=${'a '.repeat(900)}`,
  'from=2020-01-02T00:00:00Z&to=2020-01-01T00:00:00Z&range=7d',
  'status=banana&tag=nocolon&model=a&model=b&user_id=&from=yesterday&to=2026-11-10&id=x',
  'range=constructor&foo=bar&q=hello&limit=7',
];

test('every address opens the list, and says what of it was left out', async () => {
  expect(GARBAGE.length).toBeGreaterThanOrEqual(40);
  // A list of two rows is one that soon stands.
  const tenant = await createTenant(e2e.product.url, 'Two rows');
  const log = { model: 'gpt-4.1-mini', provider: 'openai', messages: [{ role: 'user', content: 'Hello there' }] };
  await logRequests(tenant, [log, log]);
  const { page, problems } = await openPage(e2e.browser, e2e.product.url);
  await page.goto(`/#key=${tenant.apiKey}`);
  await rows(page).first().waitFor();
  const asked: string[] = [];
  page.on('request', (request) => request.url().includes('/trpc/') && asked.push(decodeURIComponent(request.url())));
  for (const [place, search] of GARBAGE.entries()) {
    // A few are loaded anew. The others come from a page without rows, so that rows are those of this address.
    if (place % 8 === 0 || search.includes('%F0')) await page.goto(`/requests?${search}`);
    else {
      await goWithin(page, '/nowhere');
      await page.getByText('There is no page here').waitFor();
      await goWithin(page, `/requests?${search}`);
    }
    await rows(page).first().waitFor();
    expect([search, await page.getByRole('alert').count()]).toEqual([search, 0]);
  }
  await page.goto('/requests?range=2h&status=error&foo=bar');
  await page.getByText('Left out: foo=bar, range=2h').waitFor();
  expect(page.url()).toContain('?q=status:error');
  await page.getByRole('button', { name: 'Forget what was left out' }).click();
  await page.waitForURL((address) => address.search === '?q=status:error');
  expect(asked.filter((address) => /range|banana|foo|limit=7|leftOut/.test(address))).toEqual([]);
  expect(problems).toEqual([]);
});
