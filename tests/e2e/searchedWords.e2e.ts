/** What was searched for, in an open request: marked, counted, and shown also where it is folded. */
import path from 'node:path';
import { openPage } from './browser.ts';
import { createTenant, logRequests } from './tenant.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(120_000);

const e2e = useProduct();
const PICTURES = process.env.PICTURES;

test('words of a search are marked in the open request, across bold letters, in folded messages and in JSON', async () => {
  const tenant = await createTenant(e2e.product.url, 'Searched');
  const history = Array.from({ length: 12 }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: index === 4 ? 'The zanzibar order was late.' : `Message ${index}`,
  }));
  await logRequests(tenant, [
    {
      model: 'gpt-4o',
      provider: 'openai',
      messages: [
        { role: 'system', content: 'Never speak of ZANZIBAR.' },
        ...history,
        { role: 'user', content: 'What of it?' },
      ],
      response_content: '# Answer\n\nThe **zanz**ibar order: `zanzibar-1`.\n\n| place |\n|---|\n| Zanzibar |\n',
    },
  ]);
  const { page, problems } = await openPage(e2e.browser, e2e.product.url);
  const marked = () =>
    page.evaluate(() => {
      const found: string[] = [];
      CSS.highlights.get('searched-words')?.forEach((range) => {
        if (range instanceof Range) found.push(range.toString());
      });
      return found;
    });
  await page.goto(`/requests?q=zanzibar#key=${tenant.apiKey}`);
  await page.getByRole('table', { name: 'Requests' }).getByRole('link').first().click();
  await page.getByRole('status').filter({ hasText: '5 places: zanzibar' }).waitFor();
  expect(await marked()).toEqual(['ZANZIBAR', 'zanzibar', 'zanzibar', 'zanzibar', 'Zanzibar']);
  if (PICTURES) await page.screenshot({ path: path.join(PICTURES, 'searched-words.png') });

  await page.getByRole('button', { name: 'Next place' }).click();
  await page.getByText('Never speak of ZANZIBAR.').waitFor();
  await page.getByRole('button', { name: 'Previous place' }).click();

  // What is opened later is marked too, and nothing is left over from a search that ended.
  await page.getByRole('tab', { name: 'Raw' }).click();
  await page
    .getByRole('status')
    .filter({ hasText: /\d+ places?: zanzibar/ })
    .waitFor();
  await page.getByRole('tab', { name: 'Conversation' }).click();
  await page.getByRole('status').filter({ hasText: '5 places: zanzibar' }).waitFor();
  await page.goto('/requests');
  await page.getByRole('table', { name: 'Requests' }).getByRole('link').first().click();
  await page.getByRole('article', { name: 'User' }).getByText('What of it?').waitFor();
  expect(await marked()).toEqual([]);
  expect(problems).toEqual([]);
});
