/** What the Requests page costs over the wire: the budget of its files, and of a page that only waits. */
import { openPage } from './browser.ts';
import { createTenant, logRequests } from './tenant.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(60_000);

const e2e = useProduct();

test('the Requests page sends at most 220 kB of scripts and 25 kB of styles, and asks for session and list at once', async () => {
  const tenant = await createTenant(e2e.product.url, 'Weight');
  await logRequests(
    tenant,
    Array.from({ length: 50 }, (_, index) => ({
      model: 'gpt-4o',
      provider: 'openai',
      messages: [{ role: 'user', content: `Question ${index} `.repeat(20) }],
    })),
  );
  const { page, problems } = await openPage(e2e.browser, e2e.product.url);
  await page.goto('/favicon.svg');
  await page.evaluate((key) => localStorage.setItem('promptlab.api_key', key), tenant.apiKey);
  const sent: { kind: string; bytes: number; address: string; encoding: string | undefined }[] = [];
  page.on('requestfinished', (request) => {
    void (async () => {
      const { responseBodySize } = await request.sizes();
      const encoding = (await request.response())?.headers()['content-encoding'];
      sent.push({ kind: request.resourceType(), bytes: responseBodySize, address: request.url(), encoding });
    })();
  });
  await page.goto('/requests');
  await page.getByText('50 of 50 requests').waitFor();
  await page.waitForTimeout(500);
  const sum = (kind: string) => sent.filter((one) => one.kind === kind).reduce((total, { bytes }) => total + bytes, 0);
  process.stdout.write(`Requests page: ${sum('script')} B of scripts, ${sum('stylesheet')} B of styles\n`);
  expect(sum('script')).toBeGreaterThan(50_000);
  expect(sum('script')).toBeLessThanOrEqual(220_000);
  // Many small files are asked for one by one, and compress worse (client/firstChunks.ts).
  expect(sent.filter(({ kind }) => kind === 'script').length).toBeLessThanOrEqual(45);
  expect(sum('stylesheet')).toBeLessThanOrEqual(25_000);

  const calls = sent.filter(({ address }) => address.includes('/trpc/'));
  const first = calls.find(({ address }) => address.includes('requests.list'));
  expect(first?.address).toContain('session.get');
  expect(first?.encoding).toBe('gzip');
  expect(problems).toEqual([]);
});
