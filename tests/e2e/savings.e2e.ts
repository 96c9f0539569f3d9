/** The Savings page in a real browser: each sum leads to the calls it is made of, on every width and theme. */
import path from 'node:path';
import { openPage } from './browser.ts';
import { createTenant, logRequests } from './tenant.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(120_000);

const e2e = useProduct();
/** Where pictures go, for whoever wants to look at them. */
const PICTURES = process.env.PICTURES;

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const SYSTEM = { role: 'system', content: 'You answer questions about the garden of our customers. '.repeat(120) };
const ask = (content: string, fields: object = {}) => ({
  model: 'gpt-4o',
  provider: 'openai',
  messages: [{ role: 'user', content }],
  input_tokens: 100,
  output_tokens: 20,
  ...fields,
});

test('what was paid twice is summed up, and each row lists its calls', async () => {
  const tenant = await createTenant(e2e.product.url, 'Savings');
  const again = { parameters: { temperature: 0 }, cost_usd: '0.25' };
  // A fixed place within five minutes, so that none of the calls with a prefix falls into the next.
  const start = Math.floor(Date.now() / 300_000) * 300_000 - 3_600_000;
  const prefixed = [1, 2, 3].map((place) =>
    ask('', {
      messages: [SYSTEM, { role: 'user', content: `Which rose is number ${place}?` }],
      input_tokens: 1_500,
      cached_input_tokens: 0,
      started_at: new Date(start + place * 10_000).toISOString(),
    }),
  );
  await logRequests(tenant, [
    ask('When do tulips bloom?', { ...again, started_at: ago(30) }),
    ask('When do tulips bloom?', { ...again, started_at: ago(20) }),
    ask('When do tulips bloom?', { ...again, started_at: ago(10) }),
    ...prefixed,
    ask('A broken one', { status: 'error', error: { type: 'server_error', message: 'Overloaded' }, cost_usd: '0.5' }),
    ask('Write about roses', { trace_id: 't', finish_reason: 'length', cost_usd: '0.125', started_at: ago(9) }),
    ask('Write about roses', { trace_id: 't', cost_usd: '0.125', parameters: { max_tokens: 900 }, started_at: ago(8) }),
  ]);
  const { page, problems } = await openPage(e2e.browser, e2e.product.url);
  await page.goto(`/savings#key=${tenant.apiKey}`);
  const table = (name: string) => page.getByRole('table', { name });
  const row = table('The same request again').getByRole('row', { name: /When do tulips bloom/ });
  await row.getByText('$0.50').waitFor();
  await page.getByText('temperature 0: 2 repeats, $0.50').waitFor();
  await table('Long prefixes without a cache').getByText('Which rose is number 3?').waitFor();
  await table('Failed calls that cost money').getByText('Overloaded').waitFor();
  await table('Answers cut off and asked for again').getByText('Write about roses').waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [360, 768, 1280, 2560]) {
      await page.setViewportSize({ width, height: 900 });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect([width, overflow]).toEqual([width, 0]);
      if (PICTURES) {
        await page.screenshot({ path: path.join(PICTURES, `savings-${width}-${colorScheme}.png`), fullPage: true });
      }
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await row.getByRole('link').click();
  await page.getByText('3 of 3 requests').waitFor();
  expect(new URL(page.url()).searchParams.get('q')).toMatch(/^hash:[\da-f]{32} status:success$/);
  await page.goBack();
  await table('Failed calls that cost money').getByRole('link', { name: 'Overloaded' }).click();
  await page.getByText('1 of 1 request').waitFor();
  // Narrowed, it says so in the address, and nothing is found.
  await page.goto('/savings?q=model:none');
  await page.getByText('None were found.').first().waitFor();
  expect(problems).toEqual([]);
});
