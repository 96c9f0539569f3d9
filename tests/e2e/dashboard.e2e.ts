/** The dashboard of the built product in a real browser: what a newcomer does, in the order of their first hour. */
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { goWithin, openPage, type Watched } from './browser.ts';
import { callThroughSdk, createTenant, logRequests, type Tenant } from './tenant.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(60_000);

const e2e = useProduct();
/** With all that moves, as most readers have it. */
const openMoving = (): Promise<Watched> => openPage(e2e.browser, e2e.product.url, { reducedMotion: 'no-preference' });

/** What does not move is drawn once: for what no motion changes. */
async function openStill(address: string, { apiKey }: Tenant): Promise<Watched> {
  const watched = await openPage(e2e.browser, e2e.product.url);
  await watched.page.goto(`${address}#key=${apiKey}`);
  return watched;
}

async function signIn(page: Page, tenant: Tenant): Promise<void> {
  await page.goto('/');
  await enterKey(page, tenant);
}

/** On the page that asks for it. */
async function enterKey(page: Page, { apiKey }: Tenant): Promise<void> {
  await page.getByLabel('API key').fill(apiKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
}

const aLog = (fields: object) => ({
  model: 'gpt-4.1-mini',
  provider: 'openai',
  messages: [{ role: 'user', content: 'Hi' }],
  response_content: 'Hello.',
  latency_ms: 100,
  input_tokens: 5,
  output_tokens: 2,
  ...fields,
});

test('a wrong key is refused in words, the right one opens the dashboard, sign-out forgets it', async () => {
  const tenant = await createTenant(e2e.product.url, 'Doors');
  const { page, problems } = await openMoving();
  await page.goto('/');
  await page.getByLabel('API key').fill('pl_live_wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').filter({ hasText: 'not known here' }).waitFor();

  await enterKey(page, tenant);
  await page.getByRole('button', { name: 'Organization Doors' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to PromptLab' }).waitFor();
  expect(await page.evaluate(() => localStorage.getItem('promptlab.api_key'))).toBeNull();
  expect(problems).toEqual([]);
});

test('the first-run link signs in, also where the sign-in page is open already, and leaves no key in the address', async () => {
  const { page, problems } = await openMoving();
  await page.goto(`/#key=${e2e.product.apiKey}`);
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  expect(page.url()).not.toContain(e2e.product.apiKey);
  await page.getByRole('button', { name: /^Organization / }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to PromptLab' }).waitFor();
  // Only the fragment changes: the page is not loaded anew.
  await page.goto(`/#key=${e2e.product.apiKey}`);
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  expect(page.url()).not.toContain(e2e.product.apiKey);
  await page.goBack();
  expect(page.url()).not.toContain(e2e.product.apiKey);
  expect(problems).toEqual([]);
});

test('an empty organization is shown how to log, and turns live when the SDK logs a call', async () => {
  const tenant = await createTenant(e2e.product.url, 'First run');
  const { page, problems } = await openMoving();
  await signIn(page, tenant);
  await page.getByRole('heading', { name: 'Log your first request' }).waitFor();
  const snippet = await page.getByLabel('TypeScript that logs calls').innerText();
  expect(snippet).toContain(`apiKey: '${tenant.apiKey}'`);
  expect(snippet).toContain(`baseUrl: '${e2e.product.url}'`);

  await callThroughSdk(tenant, 'What is a flask?');
  await page.getByRole('link', { name: /request to gpt-4o-mini/ }).click();
  const drawer = page.getByRole('region', { name: 'Request', exact: true });
  await drawer.getByRole('article', { name: 'System' }).getByText('You answer in one sentence.').waitFor();
  await drawer.getByRole('article', { name: 'User' }).getByText('What is a flask?', { exact: true }).waitFor();
  await drawer.getByRole('article', { name: 'Assistant' }).getByText('What is a flask?').waitFor();
  for (const fact of ['e2e-question', 'e2e-trace', 'env:e2e']) await drawer.getByText(fact).waitFor();
  await page.getByRole('region', { name: 'Totals' }).getByText('Total requests').waitFor();
  expect(problems).toEqual([]);
});

test('a filter narrows list and totals, survives a reload, and Back undoes it', async () => {
  const tenant = await createTenant(e2e.product.url, 'Filters');
  await logRequests(tenant, [
    aLog({ tags: { env: 'prod' } }),
    aLog({ tags: { env: 'prod' }, model: 'gpt-4.1' }),
    aLog({ tags: { env: 'test' }, status: 'error', error: { message: 'Too many calls', http_status: 429 } }),
  ]);
  const { page, problems } = await openMoving();
  await signIn(page, tenant);
  const rows = page.getByRole('link', { name: /request to/ });
  const count = async (expected: number) => {
    await page.getByText(`${expected} of ${expected} request`).waitFor();
    expect(await rows.count()).toBe(expected);
  };
  await count(3);
  await rows.last().click();
  const open = page.getByRole('region', { name: 'Request', exact: true });
  await open.getByRole('button', { name: 'env:prod' }).click();
  await page.getByRole('menuitem', { name: 'Filter for' }).click();
  await count(2);
  expect(page.url()).toContain('q=tag.env:prod');
  // What was being read stays open.
  await open.waitFor();
  await page.getByRole('menu').waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await open.waitFor({ state: 'detached' });
  await page.reload();
  await count(2);
  await goWithin(page, '/requests?status=error');
  await count(1);
  await page.getByText('1 error (100%)').waitFor();
  await page.goBack();
  await count(2);
  await goWithin(page, '/requests?model=none');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await count(3);
  expect(problems).toEqual([]);
});

test('rows are paged, and a shared link opens the same request', async () => {
  const tenant = await createTenant(e2e.product.url, 'Pages');
  await logRequests(
    tenant,
    Array.from({ length: 60 }, (_, index) => aLog({ messages: [{ role: 'user', content: `Question ${index}` }] })),
  );
  const { page } = await openMoving();
  await signIn(page, tenant);
  await page.getByText('50 of 60 requests').waitFor();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('10 of 60 requests').waitFor();
  await page.reload();
  await page.getByText('10 of 60 requests').waitFor();
  await page.getByRole('button', { name: 'Previous' }).click();
  await page.getByText('50 of 60 requests').waitFor();

  await page
    .getByRole('link', { name: /request to/ })
    .first()
    .click();
  await page.getByRole('region', { name: 'Request', exact: true }).waitFor();
  const shared = page.url();
  const words = await page.getByRole('article', { name: 'User' }).innerText();
  await page.keyboard.press('j');
  await page.waitForURL((address) => address.href !== shared);
  await page.keyboard.press('Escape');
  await page.getByRole('region', { name: 'Request', exact: true }).waitFor({ state: 'detached' });
  await page.goto(shared);
  expect(await page.getByRole('article', { name: 'User' }).innerText()).toBe(words);
});

test('the words of a model stay words: nothing is rendered and nothing is fetched', async () => {
  const tenant = await createTenant(e2e.product.url, 'Hostile');
  const trap = '<img src="https://evil.example/a.png" onerror="alert(1)"> **!** ![x](https://evil.example/b.png)';
  await logRequests(tenant, [
    aLog({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: trap },
            { type: 'image_url', image_url: { url: 'https://evil.example/c.png' } },
          ],
        },
      ],
      response_content: trap,
    }),
  ]);
  const { page, problems } = await openStill('/requests', tenant);
  await page.getByRole('link', { name: /request to/ }).click();
  // HTML is the text it is, and a picture of Markdown a chip.
  const answer = page.getByRole('article', { name: 'Assistant' });
  await answer.getByText('<img src="https://evil.example/a.png" onerror="alert(1)">').waitFor();
  await answer.getByTitle('Not loaded, since PromptLab fetches nothing: https://evil.example/b.png').waitFor();
  await page.getByRole('button', { name: /Words are shown as/ }).click();
  await page.getByRole('menuitemradio', { name: 'Text' }).click();
  await answer.getByText(trap).waitFor();
  await page.getByText('evil.example', { exact: true }).waitFor();
  await page.getByRole('tab', { name: 'Raw' }).click();
  await page.getByRole('tree').waitFor();
  expect(await page.locator('img').count()).toBe(0);
  expect(problems).toEqual([]);
});

test('a key is created, shown once and usable, and deleted for good', async () => {
  const tenant = await createTenant(e2e.product.url, 'Keys');
  const { page, problems } = await openMoving();
  await signIn(page, tenant);
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Create key' }).click();
  await page.getByLabel('Name').fill('production api');
  await page.getByLabel('Log only').check();
  await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click();
  const secret = await page.getByTestId('new-key').innerText();
  await page.getByRole('button', { name: 'I have stored it' }).click();
  await page.getByText('production api').waitFor();
  expect(await page.content()).not.toContain(secret);
  await logRequests({ ...tenant, apiKey: secret }, [aLog({})]);

  await page.getByRole('button', { name: 'Delete key production api' }).click();
  await page.getByRole('dialog').getByText('production api').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete key' }).click();
  await page.getByText('Key “production api” deleted').waitFor();
  await expect(logRequests({ ...tenant, apiKey: secret }, [aLog({})])).rejects.toThrow('401');

  await page.getByRole('button', { name: 'Delete key Test key' }).click();
  await page.getByRole('button', { name: 'Delete key and sign out' }).click();
  await page.getByText('You deleted “Test key”').waitFor();
  expect(problems).toEqual([]);
});

test('a key that may only log is told so, and a key deleted elsewhere leads back to the door', async () => {
  const tenant = await createTenant(e2e.product.url, 'Scopes');
  const { page } = await openMoving();
  await signIn(page, tenant);
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Create key' }).click();
  await page.getByLabel('Name').fill('writer');
  await page.getByLabel('Log only').check();
  await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click();
  const writer = await page.getByTestId('new-key').innerText();

  const other = await openMoving();
  await other.page.goto('/');
  await other.page.getByLabel('API key').fill(writer);
  await other.page.getByRole('button', { name: 'Sign in' }).click();
  await other.page.getByText('may only write logs').waitFor();
  await enterKey(other.page, tenant);

  await page.getByRole('button', { name: 'I have stored it' }).click();
  await page.getByRole('button', { name: 'Delete key Test key' }).click();
  await page.getByRole('button', { name: 'Delete key and sign out' }).click();
  await other.page.getByRole('link', { name: 'Settings' }).click();
  await other.page.getByText('This API key is no longer valid').waitFor();
});

test('a part of the page that does not arrive is said, not left blank', async () => {
  const { page } = await openMoving();
  await page.route(/SignInPage.*\.js/, (route) => route.abort());
  await page.goto('/');
  await page.getByRole('heading', { name: 'A part of this page could not be loaded' }).waitFor();
  await page.unroute(/SignInPage.*\.js/);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'Sign in to PromptLab' }).waitFor();
});

test('a caller who names everything as JavaScript names its own breaks no page', async () => {
  const tenant = await createTenant(e2e.product.url, 'Words');
  const headers = { authorization: `Bearer ${tenant.apiKey}`, 'content-type': 'application/json' };
  const { page, problems } = await openStill('/nowhere', tenant);
  for (const word of ['__proto__', 'constructor', 'toString']) {
    const id = randomUUID();
    const named = `{"${word}":"${word}"}`;
    const log = {
      ...aLog({ id, model: word, provider: word, trace_id: word, prompt_slug: word, finish_reason: word }),
      messages: [{ role: word, content: 'the words', name: word }],
      tools: [{ type: word, name: word }],
      response: { choices: [{ message: { role: word, content: 'the answer' } }] },
    };
    const body = `${JSON.stringify(log).slice(0, -1)},"tags":${named},"parameters":${named},"metadata":{"a":${named}}}`;
    expect((await fetch(`${e2e.product.url}/api/v1/logs`, { method: 'POST', headers, body })).status).toBe(201);

    await goWithin(page, `/requests?id=${id}&${word}=1&range=${word}&status=${word}`);
    const panel = page.getByRole('region', { name: 'Request details' });
    await panel.getByText('the words').waitFor();
    await panel.getByText('the answer').waitFor();
    await page.getByRole('button', { name: `${word}:${word}` }).waitFor();
    await goWithin(page, `/traces/${word}`);
    await panel.waitFor({ state: 'detached' });
    await page.getByText(word).first().waitFor();
  }
  expect(problems).toEqual([]);
});

test('a message of 20,000 parts opens at once, and shows them step by step', async () => {
  const tenant = await createTenant(e2e.product.url, 'Parts');
  const content = Array.from({ length: 20_000 }, (_, index) => ({ type: 'text', text: `part ${index}.` }));
  const id = randomUUID();
  await logRequests(tenant, [aLog({ id, messages: [{ role: 'user', content }] })]);
  const { page, problems } = await openStill(`/requests?id=${id}`, tenant);
  const panel = page.getByRole('article', { name: 'User' });
  await panel.getByText('part 39.', { exact: true }).waitFor();
  expect(await panel.getByText(/^part \d+\.$/).count()).toBe(40);
  await panel.getByRole('button', { name: 'Show 200 of 19,960 more parts' }).click();
  await panel.getByText('part 239.', { exact: true }).waitFor();
  expect(await panel.getByText(/^part \d+\.$/).count()).toBe(240);
  expect(problems).toEqual([]);
});
