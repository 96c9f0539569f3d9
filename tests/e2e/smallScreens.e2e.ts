/** What a page still says where it has little room: on a phone, and in a panel beside a list and its facets. */
import type { Page } from 'playwright-core';
import { openPage, type PageOptions, type Watched } from './browser.ts';
import { createTenant, logRequests, type Tenant } from './tenant.ts';
import { usePage } from './usePage.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(60_000);

const e2e = useProduct();
const PHONE = { width: 360, height: 740 };
const LAPTOP = { width: 1280, height: 800 };
let tenant: Tenant;
const testOnPage = usePage(e2e, { apiKey: () => tenant.apiKey });
const testOnPhone = usePage(e2e, { ...PHONE, apiKey: () => tenant.apiKey });

beforeAll(async () => {
  tenant = await createTenant(e2e.product.url, 'Small screens');
  await logRequests(tenant, [
    {
      model: 'gpt-4o',
      provider: 'openai',
      messages: [{ role: 'user', content: 'A question' }],
      response_content: 'An answer.',
      latency_ms: 4_539,
      ttft_ms: 4_390,
      input_tokens: 12_996,
      cached_input_tokens: 12_000,
      output_tokens: 4_491,
      reasoning_tokens: 4_475,
      cost_usd: '0.0012',
      user_id: 'somebody@example.com',
    },
  ]);
});

async function signedIn(options: PageOptions): Promise<Watched> {
  const watched = await openPage(e2e.browser, e2e.product.url, options);
  await watched.page.goto(`/requests#key=${tenant.apiKey}`);
  await watched.page.getByText('A question').first().waitFor();
  return watched;
}

const facets = (page: Page) => page.getByRole('dialog', { name: 'Facets' });

test('on a phone the facets that were open do not cover the list the next time', async () => {
  const { page, problems } = await signedIn(PHONE);
  await page.getByRole('button', { name: 'Facets' }).click();
  await facets(page).getByRole('button', { name: 'gpt-4o 1' }).waitFor();
  await page.reload();
  await page.getByRole('link', { name: /A question/ }).click();
  await page.getByText('An answer.').last().waitFor();
  expect(await facets(page).count()).toBe(0);
  expect(problems).toEqual([]);
});

test('the facets beside the list are there after a reload', async () => {
  const { page, problems } = await signedIn({ width: 1440, height: 900 });
  await page.getByRole('button', { name: 'Facets' }).click();
  await page.getByRole('complementary', { name: 'Facets' }).waitFor();
  await page.reload();
  await page.getByRole('complementary', { name: 'Facets' }).waitFor();
  expect(problems).toEqual([]);
});

test('the cost of an open request is in view beside the list and its facets', async () => {
  const { page, problems } = await signedIn(LAPTOP);
  await page.getByRole('button', { name: 'Facets' }).click();
  await page.getByRole('complementary', { name: 'Facets' }).waitFor();
  await page.getByRole('link', { name: /A question/ }).click();
  const metrics = page.getByRole('group', { name: 'Metrics' });
  const cost = metrics.getByRole('button', { name: '$0.0012' });
  await cost.waitFor();
  const [around, inside] = [await metrics.boundingBox(), await cost.boundingBox()];
  if (!around || !inside) throw new Error('The metrics are not drawn.');
  expect(inside.x + inside.width).toBeLessThanOrEqual(around.x + around.width);
  expect(inside.width).toBeGreaterThan(40);
  expect(problems).toEqual([]);
});

testOnPage('the box of a column stands beside its name', async ({ page, goTo }) => {
  await goTo('/requests');
  await page.getByRole('button', { name: 'Columns and density' }).click();
  const columns = page.getByRole('group', { name: 'Columns' });
  const [box, name] = [
    await columns.getByRole('checkbox', { name: 'Model' }).boundingBox(),
    await columns.getByText('Model', { exact: true }).boundingBox(),
  ];
  if (!box || !name) throw new Error('The columns are not drawn.');
  expect(name.x).toBeGreaterThanOrEqual(box.x + box.width);
  expect(Math.abs(name.y + name.height / 2 - box.y - box.height / 2)).toBeLessThan(4);
});

testOnPhone('on a phone the page of a user says whose it is', async ({ page, goTo }) => {
  await goTo('/users/somebody@example.com');
  const title = page.getByRole('heading', { level: 1, name: 'somebody@example.com' });
  await title.waitFor();
  expect(await title.evaluate((heading) => heading.clientWidth)).toBeGreaterThan(120);
});

testOnPage(
  'analytics without a request in its time says so, and leads to those of all time',
  async ({ page, goTo }) => {
    await goTo('/analytics?t=2020-01-01T00:00Z..2020-02-01T00:00Z');
    await page.getByRole('heading', { name: 'No requests in this time' }).waitFor();
    expect(await page.getByRole('heading', { name: 'Latency' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Requests of all time' }).click();
    await page.getByText('A question').first().waitFor();
  },
);

testOnPhone('on a phone only the page scrolls, and never the window around it', async ({ page, goTo }) => {
  // What stands last on each, so that all of it is there.
  for (const [path, shown] of [
    ['/requests', page.getByRole('link', { name: /A question/ })],
    ['/traces', page.getByRole('heading', { level: 1, name: 'Traces' })],
    ['/analytics', page.getByRole('region', { name: /^Top by/ }).last()],
    ['/releases?by=prompt', page.getByText('Choose two groups')],
    ['/savings', page.getByRole('heading', { name: 'Failed calls that cost money' })],
    ['/prices', page.getByRole('region', { name: 'Built-in prices' }).getByRole('table')],
    ['/settings', page.getByRole('button', { name: /^Delete key/ }).last()],
  ] as const) {
    await goTo(path);
    await shown.waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBe(PHONE.height);
  }
});

testOnPhone('on a phone an open request says what it is, also where its answer was cut off', async ({ page, goTo }) => {
  await logRequests(tenant, [
    {
      name: 'read invoice',
      model: 'gemini-2.5-flash',
      provider: 'google',
      messages: [{ role: 'user', content: 'An invoice' }],
      response_content: '{ "supplier": "Sierra',
      finish_reason: 'length',
    },
  ]);
  await goTo('/requests?model=gemini-2.5-flash');
  await page.getByRole('link', { name: /An invoice/ }).click();
  const name = page.getByRole('button', { name: 'read invoice' });
  await name.waitFor();
  expect((await name.boundingBox())?.width).toBeGreaterThan(40);
});

testOnPhone('on a phone what is compared is in view, request below request', async ({ page, goTo }) => {
  const ids = ['0190f3c8-0000-7000-8000-00000000c001', '0190f3c8-0000-7000-8000-00000000c002'];
  const log = { model: 'gpt-4o', provider: 'openai', messages: [{ role: 'user', content: 'Which of them?' }] };
  await logRequests(tenant, [
    { ...log, id: ids[0], response_content: 'This one, and no other.' },
    { ...log, id: ids[1], response_content: 'That one, and no other.' },
  ]);
  await goTo(`/compare?ids=${ids.join(',')}`);
  for (const text of ['This', 'That']) {
    const box = await page.getByText(text, { exact: true }).boundingBox();
    expect([text, (box?.x ?? PHONE.width) + (box?.width ?? 0) < PHONE.width]).toEqual([text, true]);
  }
  const wide = await page
    .getByRole('region', { name: /Facts|Messages/ })
    .locator('*')
    .evaluateAll((all) =>
      all.filter(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth + 1),
    );
  expect(wide).toEqual([]);
});

testOnPage('words of which nothing is seen are said to be white space', async ({ page, goTo }) => {
  const id = '0190f3c8-0000-7000-8000-00000000c003';
  await logRequests(tenant, [
    {
      id,
      model: 'gpt-4o',
      provider: 'openai',
      messages: [{ role: 'user', content: ' \n ' }],
      response_content: '\n\n',
    },
  ]);
  await goTo(`/requests/${id}`);
  await page.getByText('White space alone, 3 characters').waitFor();
  await page.getByText('White space alone, 2 characters').waitFor();
});

testOnPhone('on a phone the names of ranked users have room', async ({ page, goTo }) => {
  await goTo('/users?sort=-cost');
  const name = page.getByRole('link', { name: /^user somebody@example.com/ });
  await name.waitFor();
  expect(await name.evaluate(({ firstElementChild: text }) => text?.clientWidth ?? 0)).toBeGreaterThan(100);
});
