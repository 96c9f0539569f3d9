/** Saved views, selection, export and suggestions in a real browser. */
import fs from 'node:fs';
import { goWithin, openPage, type Watched } from './browser.ts';
import { createTenant, logRequests, type Tenant } from './tenant.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(90_000);

const e2e = useProduct();

const log = (fields: object) => ({
  model: 'gpt-4o',
  provider: 'openai',
  messages: [{ role: 'user', content: 'Fast one' }],
  response_content: 'Yes.',
  latency_ms: 100,
  ...fields,
});

async function signedIn(name: string, logs: object[], path = '/requests'): Promise<Watched & { tenant: Tenant }> {
  const tenant = await createTenant(e2e.product.url, name);
  await logRequests(tenant, logs as never);
  const watched = await openPage(e2e.browser, e2e.product.url, { width: 1440, height: 900 });
  await watched.page.goto(`${path}#key=${tenant.apiKey}`);
  await watched.page.getByRole('table', { name: 'Requests' }).waitFor();
  return { ...watched, tenant };
}

const many = (count: number, model: string) =>
  Array.from({ length: count }, (_, n) =>
    log({ model, messages: [{ role: 'user', content: `Question ${n} for ${model}` }] }),
  );

test('a view is saved, shown, edited, made the default, renamed and deleted', async () => {
  const { page, problems } = await signedIn(
    'Viewing',
    [log({}), log({ model: 'o3', messages: [{ role: 'user', content: 'Deep one' }] })],
    '/requests?q=model%3Ao3&sort=-latency',
  );
  await page.getByText('Fast one').first().waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Save view' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save view' });
  await dialog.getByLabel('Name').fill('Deep <b>ones</b>');
  await dialog.getByRole('button', { name: 'Save' }).click();
  const views = page.getByRole('group', { name: 'Saved views' });
  const link = views.getByRole('link', { name: /Deep <b>ones<\/b>/ });
  await link.waitFor();
  expect(await link.getAttribute('aria-current')).toBe('page');
  const { searchParams } = new URL(page.url());
  expect([searchParams.get('q'), searchParams.get('sort'), searchParams.get('v')]).toEqual([
    'model:o3',
    '-latency',
    expect.stringMatching(/^[\da-f-]{36}$/),
  ]);

  // Another query is a deviation; what was saved comes back.
  const bar = page.getByLabel('Query', { exact: true });
  await bar.fill('model:gpt-4o');
  await bar.press('Enter');
  await page.getByText('Fast one').first().waitFor();
  await views.getByText('edited').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Deep one').first().waitFor();
  await views.getByText('edited').waitFor({ state: 'detached' });

  // A link that names the view alone.
  await goWithin(page, '/nowhere');
  await page.getByText('There is no page here').waitFor();
  await goWithin(page, `/requests?v=${searchParams.get('v')}`);
  await page.getByText('Deep one').first().waitFor();
  await page.waitForURL(/q=model(%3A|:)o3/);

  await views.getByRole('button', { name: /^Change the view/ }).click();
  await page.getByRole('menuitem', { name: 'Open the page with it' }).click();
  await views.getByLabel('Default').waitFor();
  await page.goto('/requests');
  await page.waitForURL(/v=/);
  await page.getByText('Deep one').first().waitFor();

  await views.getByRole('button', { name: /^Change the view/ }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  const rename = page.getByRole('dialog', { name: 'Rename view' });
  await rename.getByLabel('Name').fill('Deep');
  await rename.getByRole('button', { name: 'Save' }).click();
  await views.getByRole('link', { name: 'Deep', exact: false }).waitFor();
  await views.getByRole('button', { name: 'Change the view Deep', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog', { name: 'Delete view' }).getByRole('button', { name: 'Delete view' }).click();
  await views.waitFor({ state: 'detached' });
  expect(problems).toEqual([]);
});

test('values that requests have are suggested with their number, also those that are not in view', async () => {
  const { page, problems } = await signedIn('Suggesting', [
    log({ model: 'rare-model', tags: { team: 'support' } }),
    ...many(60, 'often'),
  ]);
  const bar = page.getByLabel('Query', { exact: true });
  await bar.click();
  await bar.fill('model:ra');
  await page.getByRole('option', { name: 'model:rare-model 1 request' }).click();
  await bar.press('Enter');
  await page.getByText('Fast one').first().waitFor();
  await bar.fill('tag.');
  await page.getByRole('option', { name: /tag\.team:/ }).click();
  await page.getByRole('option', { name: 'tag.team:support 1 request' }).click();
  await bar.fill('is:');
  await page.getByRole('option', { name: /is:slow/ }).waitFor();
  await bar.fill('latency:');
  await page.getByRole('option', { name: /latency:1s\.\.5s/ }).waitFor();
  // The query that is applied narrows no suggestions: another value could not be chosen in its place.
  await page.goto(`${e2e.product.url}/savings?q=model:often`);
  await bar.fill('model:ra');
  await page.getByRole('option', { name: 'model:rare-model 1 request' }).waitFor();
  expect(problems).toEqual([]);
});

test('rows are selected by keys and clicks, exported, deleted; all that match are deleted as a job with the exact count', async () => {
  const { page, problems } = await signedIn('Selecting', [...many(3, 'kept'), ...many(70, 'old')]);
  const bar = page.getByRole('toolbar', { name: 'Selected requests' }).or(page.getByLabel('Selected requests')).first();
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await bar.getByText('1 selected').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Shift+X');
  await bar.getByText('3 selected').waitFor();
  await bar.getByRole('button', { name: 'Export', exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'JSONL, everything that was logged' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^promptlab-requests-.*\.jsonl$/);
  expect(
    fs
      .readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\n'),
  ).toHaveLength(3);
  await page.getByText(/^3 requests, /).waitFor();

  await bar.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete 3 requests' }).click();
  await page.getByText('3 requests deleted').waitFor();
  await page.getByText('70 requests').first().waitFor();

  await goWithin(page, '/requests?q=model%3Aold');
  await page.getByText('for kept').first().waitFor({ state: 'detached' });
  await page.getByRole('table', { name: 'Requests' }).waitFor();
  await page.keyboard.press('*');
  await bar.getByText('50 selected').waitFor();
  await bar
    .getByRole('button', { name: /^Select all 6\d matching$/ })
    .or(bar.getByRole('button', { name: /^Select all 70 matching$/ }))
    .click();
  await bar.getByRole('button', { name: 'Delete' }).click();
  const confirm = page.getByRole('dialog').getByRole('button', { name: /^Delete \d+ requests$/ });
  const count = /\d+/.exec((await confirm.textContent()) ?? '')?.[0];
  await confirm.click();
  await page.getByText(`${count} requests deleted`).waitFor();
  await page.goto('/requests');
  await page.getByText('for kept').first().waitFor();
  expect(await page.getByText('for old').count()).toBe(0);
  expect(problems).toEqual([]);
});

test('what the list shows is exported with its filter and columns, and a refusal is said', async () => {
  const { page, problems } = await signedIn(
    'Exporting',
    [log({ model: '=1+1' }), log({ model: 'o3' })],
    '/requests?q=model%3A%22%3D1%2B1%22',
  );
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByText('Export 1 request', { exact: true }).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'CSV, the columns shown' }).click(),
  ]);
  const lines = fs
    .readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\r\n');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toBe(
    'id,status,started_at,model,input_preview,output_preview,prompt_slug,prompt_version,latency_ms,input_tokens,output_tokens,cost_usd',
  );
  expect(lines[1]).toContain(",'=1+1,");
  await page.getByText(/^1 request, /).waitFor();

  await page.route('**/api/v1/requests/export*', (route) =>
    route.fulfill({ status: 503, json: { error: { message: 'Too many exports.' } } }),
  );
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('menuitem', { name: 'OpenAI fine-tuning, answered chats' }).click();
  await page.getByText('Too many exports.').waitFor();
  expect(problems).toEqual([]);
});

test('while nothing is new, the page asks with less than 1 kB; what is new appears, and so does that a row is gone', async () => {
  const { page, problems, tenant } = await signedIn('Polling', many(30, 'shown'));
  await page.getByText('30 requests').first().waitFor();
  const answers: { url: string; bytes: number }[] = [];
  page.on('requestfinished', (request) => {
    void request
      .sizes()
      .then(({ responseBodySize, responseHeadersSize }) =>
        answers.push({ url: request.url(), bytes: responseBodySize + responseHeadersSize }),
      )
      // Of one that was on its way as the page closed.
      .catch(() => {});
  });
  await page.waitForTimeout(11_500);
  const polls = answers.filter(({ url }) => url.includes('requests.newer'));
  expect(polls.length).toBeGreaterThanOrEqual(2);
  for (const { url, bytes } of answers) expect([url, bytes < 1_000]).toEqual([url, true]);

  await logRequests(tenant, [log({ messages: [{ role: 'user', content: 'Brand new' }] })] as never);
  await page.getByText('Brand new').first().waitFor();
  await page.getByText('31 requests').first().waitFor();
  expect(problems).toEqual([]);
});
