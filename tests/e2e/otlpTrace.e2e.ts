/** What LangChain's instrumentation exported, sent as its exporter sends it, as a reader sees it. */
import { listOtlpFixtures, readOtlpFixture } from '#tests/support/otlpFixtures';
import { openPage } from './browser.ts';
import { createTenant } from './tenant.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(60_000);

const e2e = useProduct();

test('an export of LangChain turns the first-run page live, and reads as an agent with its tool', async () => {
  const tenant = await createTenant(e2e.product.url, 'LangChain');
  const { page, problems } = await openPage(e2e.browser, e2e.product.url, { width: 1440, height: 900 });
  await page.goto(`/#key=${tenant.apiKey}`);
  await page.getByRole('heading', { name: 'Log your first request' }).waitFor();
  const file = listOtlpFixtures().find(({ name }) => name === 'openinference-langchain-py')?.file ?? '';
  const answer = await fetch(`${e2e.product.url}/api/otel/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tenant.apiKey}` },
    body: JSON.stringify(readOtlpFixture(file).traces),
  });
  expect([answer.status, await answer.json()]).toEqual([200, {}]);
  await page
    .getByRole('link', { name: /request to/ })
    .first()
    .waitFor();

  await page.goto('/traces');
  await page.getByRole('link', { name: /trace weather_agent/ }).click();
  await page.getByRole('treeitem', { name: /^weather_agent.*agent/ }).click();
  await page.getByRole('region', { name: 'Totals' }).getByText('weather_agent').waitFor();
  const said = page.getByRole('region', { name: 'Input' });
  await said.getByRole('article', { name: 'User' }).getByText('weather in Paris').waitFor();
  await page.getByRole('treeitem', { name: /^get_weather/ }).click();
  await page.getByRole('region', { name: 'Arguments' }).getByText('Paris').waitFor();
  await page.getByRole('region', { name: 'Result' }).waitFor();

  await page.goto('/settings/data-health');
  const ways = page.getByRole('region', { name: 'By the way it came in' });
  await ways.getByRole('row', { name: /^OpenTelemetry, spans/ }).waitFor();
  expect(problems).toEqual([]);
});
