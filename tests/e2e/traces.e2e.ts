/** Traces, sessions and users in a real browser: the keys, a thousand steps, what a step was given, what is still running. */
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import type { LogInput } from '#shared/request';
import type { SpanInput } from '#shared/trace';
import { goWithin, openPage } from './browser.ts';
import { createTenant, logRequests, logSpans, type Tenant } from './tenant.ts';
import { timeOfKeys } from './timeOfKeys.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(90_000);

const e2e = useProduct();

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

async function open(tenant: Tenant, address: string, options: Parameters<typeof openPage>[2] = {}) {
  const opened = await openPage(e2e.browser, e2e.product.url, { width: 1440, height: 900, ...options });
  await opened.page.goto(`${address}#key=${tenant.apiKey}`);
  return opened;
}

const aCall = (fields: Partial<LogInput>): LogInput => ({
  model: 'gpt-4.1-mini',
  provider: 'openai',
  messages: [{ role: 'user', content: 'Hi' }],
  response_content: 'Hello.',
  input_tokens: 5,
  output_tokens: 2,
  latency_ms: 40,
  ...fields,
});
const aSpan = (fields: Partial<SpanInput>): SpanInput => ({
  id: randomUUID(),
  trace_id: 'task',
  name: 'step',
  started_at: ago(60_000),
  latency_ms: 50,
  ...fields,
});

const tree = (page: Page) => page.getByRole('tree', { name: 'Steps' });
const selected = async (page: Page) =>
  (await page.locator('[role=treeitem][aria-selected=true]').innerText()).replaceAll(/\s+/g, ' ');

/** An agent: a root, a tool that failed within a step, a call that failed, and a call that did not. */
async function logTask(tenant: Tenant): Promise<void> {
  const root = randomUUID();
  const inner = randomUUID();
  const start = Date.now() - 60_000;
  const at = (ms: number) => new Date(start + ms).toISOString();
  await logSpans(tenant, [
    aSpan({ id: root, name: 'plan restock', kind: 'agent', started_at: at(0), latency_ms: 1_000, input: 'Skarv 45' }),
    aSpan({ id: inner, parent_id: root, name: 'step 1', started_at: at(0), latency_ms: 400 }),
    aSpan({
      parent_id: inner,
      name: 'get_stock',
      kind: 'tool',
      started_at: at(210),
      latency_ms: 150,
      input: { sku: 'Skarv 45' },
      status: 'error',
      error: { type: 'TimeoutError', message: 'upstream timed out' },
      tags: { region: 'eu' },
    }),
  ]);
  await logRequests(tenant, [
    aCall({ trace_id: 'task', parent_id: inner, name: 'decide', started_at: at(0), latency_ms: 200, user_id: 'u-1' }),
    aCall({
      trace_id: 'task',
      parent_id: root,
      name: 'conclude',
      started_at: at(500),
      status: 'error',
      error: { message: 'Overloaded', type: 'overloaded_error' },
    }),
  ]);
}

test('from the list to the failed step by keys alone; steps never leave the page', async () => {
  const tenant = await createTenant(e2e.product.url, 'Keys of traces');
  await logTask(tenant);
  const { page, problems } = await open(tenant, '/requests');
  await page.getByRole('table', { name: 'Requests' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  const list = page.getByRole('table', { name: 'Traces' });
  await list.getByText('plan restock').waitFor();
  expect(await list.getByRole('row').nth(2).innerText()).toContain('5');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');

  // What failed first is looked at first.
  await page.getByRole('heading', { name: 'get_stock' }).waitFor();
  // Where the time went is told at a glance: of the steps with nothing inside, the longest.
  const slowest = page.getByTitle(/^The slowest step: /);
  expect(await slowest.allInnerTexts()).toEqual(['200 ms']);
  expect(await slowest.getAttribute('title')).toBe('The slowest step: 20% of the time');
  expect(await selected(page)).toMatch(/^get_stock.*error.*150 ms/);
  await page.getByRole('region', { name: 'Step details' }).getByText('upstream timed out').waitFor();
  // Of a tool the call, as it would be written.
  await page.getByRole('region', { name: 'Arguments' }).getByText('get_stock({ "sku": "Skarv 45" })').waitFor();
  await page.getByText('region:eu').waitFor();

  await page.keyboard.press('n');
  await page.getByRole('region', { name: 'Request details' }).getByText('Overloaded', { exact: true }).waitFor();
  await page.keyboard.press('Shift+N');
  await page.getByRole('heading', { name: 'get_stock' }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/traces/task');

  // Arrows fold and unfold, as in any tree.
  await tree(page).focus();
  await page.keyboard.press('ArrowLeft');
  expect(await selected(page)).toMatch(/step 1/);
  await page.keyboard.press('ArrowLeft');
  expect(await page.getByRole('treeitem').count()).toBe(3);
  await page.keyboard.press('ArrowRight');
  expect(await page.getByRole('treeitem').count()).toBe(5);
  await page.keyboard.press('Home');
  expect(await selected(page)).toMatch(/plan restock.*4 steps inside/);
  await page.getByRole('region', { name: 'Input' }).getByText('Skarv 45').waitFor();

  // The log, and the same step after a reload.
  await page.keyboard.press('t');
  await page.getByRole('list', { name: 'Log of the steps' }).getByText('upstream timed out').waitFor();
  await page.getByRole('list', { name: 'Log of the steps' }).getByText('decide').click();
  expect(new URL(page.url()).search).toMatch(/mode=log&step=|step=.*&mode=log/);
  await page.reload();
  await page.locator('[aria-current=true]').getByText('decide').waitFor();
  await page.goBack();
  await list.waitFor();
  expect(problems).toEqual([]);
});

test('a drag over the axis zooms the bars, and a double click shows all of the time', async () => {
  const tenant = await createTenant(e2e.product.url, 'Zoom');
  await logTask(tenant);
  const { page } = await open(tenant, '/traces/task');
  const bars = tree(page).locator('[class*=bar]');
  await bars.nth(4).waitFor();
  expect(await bars.count()).toBe(5);
  const axis = await page.getByTitle('Drag to zoom', { exact: false }).boundingBox();
  if (!axis) throw new Error('The axis has no place.');
  const drag = async (from: number, to: number) => {
    await page.mouse.move(axis.x + axis.width * from, axis.y + 10);
    await page.mouse.down();
    await page.mouse.move(axis.x + axis.width * to, axis.y + 10, { steps: 4 });
    await page.mouse.up();
  };
  await drag(0.45, 0.9);
  await page.getByRole('button', { name: 'Show all of the time' }).waitFor();
  // Of the five only the root and the call at the end ran then.
  await page.waitForFunction(() => document.querySelectorAll('[role=tree] [class*=bar]').length === 2);
  await page.mouse.dblclick(axis.x + 20, axis.y + 10);
  await page.waitForFunction(() => document.querySelectorAll('[role=tree] [class*=bar]').length === 5);
  expect(await page.getByRole('button', { name: 'Show all of the time' }).count()).toBe(0);
});

test('a thousand steps: only those in sight are drawn, and they take the keys as sixty do', async () => {
  const tenant = await createTenant(e2e.product.url, 'Long trace');
  const root = randomUUID();
  const parents = Array.from({ length: 30 }, () => randomUUID());
  const start = Date.now() - 3_600_000;
  const at = (ms: number) => new Date(start + ms).toISOString();
  await logSpans(tenant, [
    aSpan({ id: root, trace_id: 'long', name: 'root', started_at: at(0), latency_ms: 2_000 }),
    ...parents.map((id, index) =>
      aSpan({ id, trace_id: 'long', parent_id: root, name: `part ${index}`, started_at: at(1 + index * 40) }),
    ),
  ]);
  const steps = Array.from({ length: 1_000 }, (_, index) =>
    aCall({
      trace_id: 'long',
      name: `call ${index}`,
      parent_id: parents[Math.floor(index / 34)] ?? root,
      started_at: at(2 + index * 1.2),
      ...(index === 997 && { status: 'error', error: { message: 'the last but two' } }),
    }),
  );
  await logRequests(tenant, steps);
  await logRequests(
    tenant,
    Array.from({ length: 60 }, (_, index) =>
      aCall({ trace_id: 'short', name: `call ${index}`, started_at: at(index) }),
    ),
  );
  const { page, problems } = await open(tenant, '/traces/short');
  await page.getByRole('treeitem').nth(20).waitFor();
  await tree(page).focus();
  await page.keyboard.press('End');
  const short = await timeOfKeys(page, 'ArrowUp');
  await goWithin(page, '/traces/long');
  await page.getByRole('region', { name: 'Totals' }).getByText('1,000 model calls').waitFor();
  // One page holds a thousand; the next comes by itself.
  await page.waitForFunction(
    () => document.querySelector<HTMLElement>('[role=tree] > [role=presentation]')?.style.height === `${1_031 * 28}px`,
  );
  expect(await page.getByRole('treeitem').count()).toBeLessThan(120);

  await page.keyboard.press('n');
  await page.getByRole('treeitem', { name: /^call 997/ }).waitFor();
  await tree(page).focus();
  await page.keyboard.press('Home');
  await page.getByRole('treeitem', { name: /^root/ }).waitFor();
  await page.keyboard.press('End');
  await page.getByRole('treeitem', { name: /^call 999/ }).waitFor();
  const long = await timeOfKeys(page, 'ArrowUp');
  await page.getByLabel('Find in the trace').fill('call 55');
  await page.getByRole('treeitem', { name: /^call 550/ }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('[role=treeitem]').length < 30);
  await page.getByLabel('Find in the trace').fill('');
  await page.getByRole('button', { name: 'Collapse all' }).click();
  await page.waitForFunction(() => document.querySelectorAll('[role=treeitem]').length === 1);
  // However fast the machine is: a long trace takes the keys as a short one does.
  expect(long).toBeLessThan(3 * short + 500);
  expect(problems).toEqual([]);
});

test('what is still running is followed until the step around it is there', async () => {
  const tenant = await createTenant(e2e.product.url, 'Followed');
  const root = randomUUID();
  await logRequests(tenant, [aCall({ trace_id: 'live', parent_id: root, name: 'first', started_at: ago(2_000) })]);
  const { page, problems } = await open(tenant, '/traces');
  await page.getByRole('img', { name: 'Running' }).waitFor();
  await goWithin(page, '/traces/live');
  await page.getByText('Running').waitFor();
  await page.getByRole('treeitem', { name: /step around it is missing/ }).waitFor();
  await logRequests(tenant, [aCall({ trace_id: 'live', parent_id: root, name: 'second', started_at: ago(500) })]);
  await page.getByRole('treeitem', { name: /^second/ }).waitFor();
  await logSpans(tenant, [
    aSpan({ id: root, trace_id: 'live', name: 'the whole task', started_at: ago(2_500), latency_ms: 2_400 }),
  ]);
  await page.getByRole('heading', { name: 'the whole task', level: 1 }).waitFor();
  await page.getByText('Running').waitFor({ state: 'detached' });
  // The step that was looked at is still looked at.
  expect(await selected(page)).toMatch(/ first /);
  expect(problems).toEqual([]);
});

test('bars stand out from the page, 3 to 1 at the least, in both themes', async () => {
  const tenant = await createTenant(e2e.product.url, 'Contrast');
  await logTask(tenant);
  const { page } = await open(tenant, '/traces/task');
  await page.getByRole('treeitem').nth(4).waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: 'attached' });
    const ratios = await page.evaluate(() => {
      const luminance = (color: string) => {
        const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => {
          const share = Number(part) / 255;
          return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const surface = getComputedStyle(document.querySelector('[role=tree]') ?? document.body).backgroundColor;
      const colors = [...document.querySelectorAll('[role=tree] [class*=bar]')].map(
        (bar) => getComputedStyle(bar).backgroundColor,
      );
      return [...new Set(colors)].map((color) => {
        const [one, other] = [luminance(color), luminance(surface)];
        return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      });
    });
    expect(ratios).toHaveLength(3);
    for (const ratio of ratios) expect(ratio).toBeGreaterThanOrEqual(3);
  }
});

test('users are ranked by what their requests add up to, and listed as they were seen again', async () => {
  const tenant = await createTenant(e2e.product.url, 'Ranked users');
  const callsOf = (user_id: string, count: number, cost_usd: string, status: 'success' | 'error') =>
    Array.from({ length: count }, () => aCall({ user_id, cost_usd, status }));
  await logRequests(tenant, [
    ...callsOf('often', 5, '0.01', 'success'),
    ...callsOf('dear', 1, '4', 'success'),
    ...callsOf('failing', 2, '0.001', 'error'),
  ]);
  const { page, problems } = await open(tenant, '/users');
  const table = page.getByRole('table', { name: 'Users' });
  const names = async () =>
    (await table.getByRole('link').evaluateAll((links) => links.map((link) => link.dataset.row))).join(' ');
  for (const [title, order] of [
    ['Cost', 'dear often failing'],
    ['Requests', 'often failing dear'],
    ['Errors', 'failing often dear'],
  ] as const) {
    await table.getByRole('button', { name: title }).click();
    await page.getByText(`3 users, the largest by ${title.toLowerCase()};`).waitFor();
    expect(await names()).toBe(order);
    expect(await table.getByRole('columnheader', { name: title }).getAttribute('aria-sort')).toBe('descending');
  }
  expect(await table.getByText(/^Today/).count()).toBe(0);
  // The address holds it, with the filter: reload and Back give the same.
  await page.reload();
  await page.getByText('the largest by errors').waitFor();
  await page.goBack();
  await page.getByText('the largest by requests').waitFor();
  await table.getByRole('button', { name: 'Last seen' }).click();
  await table.getByText(/^Today/).waitFor();
  expect(problems).toEqual([]);
});

test('what a step was given stays text, whatever it says', async () => {
  const tenant = await createTenant(e2e.product.url, 'Hostile steps');
  const attack = '<img src=x onerror="alert(1)"><script>alert(2)</script>![x](https://example.com/x.png)';
  await logSpans(tenant, [
    aSpan({
      trace_id: 'hostile',
      name: attack.slice(0, 80),
      input: attack,
      output: { [attack.slice(0, 60)]: attack, constructor: 1, ['__proto__']: attack },
      metadata: { attack },
      tags: { attack: attack.slice(0, 100) },
      error: { message: attack, type: 'x'.repeat(200) },
    }),
  ]);
  await logRequests(tenant, [
    aCall({ trace_id: 'hostile', session_id: 'h/../?#x', user_id: '%2e%2e/é?#', name: 'call' }),
  ]);
  const { page, problems } = await open(tenant, '/traces');
  page.on('dialog', () => problems.push('a dialog opened'));
  for (const address of ['/traces/hostile', '/traces/hostile?mode=log', '/traces', '/traces/hostile?step=x%00']) {
    // From a page that says none of it.
    await goWithin(page, '/nowhere');
    await page.getByText('There is no page here').waitFor();
    await goWithin(page, address);
    await page.getByText('onerror', { exact: false }).first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  }
  await goWithin(page, '/sessions');
  await page.getByRole('link', { name: /session h\/\.\.\/\?#x/ }).click();
  await page.getByRole('article', { name: 'Assistant' }).getByText('Hello.').waitFor();
  await goWithin(page, '/users');
  await page.getByRole('link', { name: /user %2e%2e\/é\?#/ }).click();
  await page.getByRole('table', { name: 'Latest sessions' }).waitFor();
  expect(problems).toEqual([]);
});

test('a session reads as one conversation, and a user leads to its requests', async () => {
  const tenant = await createTenant(e2e.product.url, 'Conversation');
  const history: { role: string; content: string }[] = [];
  for (const [index, [question, answer]] of [
    ['Where is my parcel?', 'Which order?'],
    ['FR-409109', 'It is on its way.'],
    ['Thanks!', 'You are welcome.'],
  ].entries()) {
    history.push({ role: 'user', content: question ?? '' });
    await logRequests(tenant, [
      aCall({
        session_id: 'chat-1',
        user_id: 'anna',
        messages: [...history],
        response_content: answer ?? '',
        started_at: ago(60_000 - index * 1_000),
      }),
    ]);
    history.push({ role: 'assistant', content: answer ?? '' });
  }
  const { page, problems } = await open(tenant, '/sessions');
  await page.getByRole('table', { name: 'Sessions' }).getByText('Where is my parcel?').waitFor();
  await page.getByRole('link', { name: /session chat-1/ }).click();
  const words = page.getByRole('region', { name: 'Conversation' });
  await words.getByText('You are welcome.').waitFor();
  for (const text of history.map(({ content }) => content))
    expect(await words.getByText(text, { exact: true }).count()).toBe(1);
  expect(await words.getByRole('article').count()).toBe(6);
  await page.getByRole('button', { name: 'anna' }).waitFor();

  await page.keyboard.press('g');
  await page.keyboard.press('u');
  await page.getByRole('link', { name: /user anna/ }).click();
  await page.getByRole('region', { name: 'Totals' }).getByText('requests').waitFor();
  await page.getByRole('link', { name: 'All requests' }).click();
  await page.getByText('3 of 3 requests').waitFor();
  expect(new URL(page.url()).searchParams.get('q')).toBe('user:anna');
  expect(problems).toEqual([]);
});
