/** Signing in by a link, in a real browser and below a path: one click for a newcomer, and no way to push others out. */
import type { Page } from 'playwright-core';
import { findLink } from '#tests/support/signInByLink';
import { openPage } from './browser.ts';
import { createTenant, type Tenant } from './tenant.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(60_000);

const e2e = useProduct({ keepLink: true, env: { BASE_PATH: '/tools/lab' } });
let own: Tenant;
let other: Tenant;

beforeAll(async () => {
  own = await createTenant(e2e.product.url, 'Own');
  other = await createTenant(e2e.product.url, 'Other');
});

const link = (secret: string) => `${e2e.product.url}/#key=${secret}`;
const storedKey = (page: Page) => page.evaluate(() => localStorage.getItem('promptlab.api_key'));
const navigation = (page: Page) => page.getByRole('navigation', { name: 'Main' });
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Sign in to another organization?' });

async function openSignedIn(): Promise<{ page: Page; problems: string[] }> {
  const opened = await openPage(e2e.browser, e2e.product.url);
  await opened.page.goto(link(own.apiKey));
  await navigation(opened.page).waitFor();
  return opened;
}

test('the link of the first start signs in once, and its code is neither a key nor in the address', async () => {
  const found = findLink(e2e.product.output());
  expect(found?.link).toBe(link(found?.code ?? ''));
  const { page, problems } = await openPage(e2e.browser, e2e.product.url);
  await page.goto(found?.link ?? '');
  await navigation(page).waitFor();
  await page.getByRole('button', { name: 'Organization My organization' }).waitFor();
  expect(page.url()).toBe(`${e2e.product.url}/requests`);
  expect(await storedKey(page)).toMatch(/^pl_live_[0-9A-Za-z]{43}$/);
  expect(e2e.product.output()).not.toContain(await storedKey(page));
  expect(problems).toEqual([]);

  const again = await openPage(e2e.browser, e2e.product.url);
  await again.page.goto(found?.link ?? '');
  await again.page.getByText('This sign-in link was opened before').waitFor();
  expect(await storedKey(again.page)).toBeNull();
});

test('a link to another organization names both, and leaves the session until its owner switches', async () => {
  const { page, problems } = await openSignedIn();
  await page.goto(link(other.apiKey));
  await dialog(page).getByText('You are signed in to Own. This link signs you in to Other instead').waitFor();
  expect(await storedKey(page)).toBe(own.apiKey);
  expect(page.url()).not.toContain(other.apiKey);
  // The key that the browser is about to forget is shown nowhere else.
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await dialog(page).getByRole('button', { name: 'Copy its key' }).click();
  await page.getByText('Key of Own copied').waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(own.apiKey);
  await dialog(page).getByRole('button', { name: 'Stay in Own' }).click();
  await dialog(page).waitFor({ state: 'detached' });
  expect(await storedKey(page)).toBe(own.apiKey);

  await page.goto(link(other.apiKey));
  await dialog(page).getByRole('button', { name: 'Sign in to Other' }).click();
  await page.getByRole('button', { name: 'Organization Other' }).waitFor();
  expect(await storedKey(page)).toBe(other.apiKey);
  expect(problems).toEqual([]);
});

test('a link that was sent by the page of a stranger asks too', async () => {
  const { page } = await openSignedIn();
  // Nothing of ours is open any more, as after a click on a foreign page.
  await page.goto('about:blank');
  await page.goto(link(other.apiKey));
  await dialog(page).getByText('You are signed in to Own.').waitFor();
  await page.reload();
  await navigation(page).waitFor();
  expect(await storedKey(page)).toBe(own.apiKey);
});

test('a link that opens nothing says so and leaves the session, be it a key or a code', async () => {
  const { page } = await openSignedIn();
  for (const secret of [`pl_live_${'0'.repeat(43)}`, `once-${'x'.repeat(43)}`]) {
    await page.goto(link(secret));
    const refused = page.getByRole('dialog', { name: 'This link does not sign you in' });
    await refused.getByText('You stay signed in to Own.').waitFor();
    await refused.getByRole('button', { name: 'Stay in Own' }).click();
    await refused.waitFor({ state: 'detached' });
    expect(await storedKey(page)).toBe(own.apiKey);
  }
});

test('a session whose key is gone is no session: the link signs in without a question', async () => {
  const { page } = await openPage(e2e.browser, e2e.product.url);
  await page.goto(e2e.product.url);
  await page.evaluate(() => localStorage.setItem('promptlab.api_key', `pl_live_${'1'.repeat(43)}`));
  await page.goto('about:blank');
  await page.goto(link(own.apiKey));
  await page.getByRole('button', { name: 'Organization Own' }).waitFor();
  expect(await storedKey(page)).toBe(own.apiKey);
});
