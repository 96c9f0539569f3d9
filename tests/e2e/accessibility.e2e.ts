/** Every page by the rules of WCAG 2 A and AA (axe), in light and dark, wide and on a phone. */
import fs from 'node:fs';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Locator, Page } from 'playwright-core';
import type { LogInput } from '#shared/request';
import { goWithin, openPage } from './browser.ts';
import { createTenant, logRequests, logSpans, type Tenant } from './tenant.ts';
import { useProduct } from './useProduct.ts';

// Generous: on a busy machine axe takes a second or two for each page.
jest.setTimeout(150_000);

// Evaluated and not added as a script: the Content Security Policy of the product would refuse that.
const AXE = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
type Theme = 'light' | 'dark';
const ALL_RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const e2e = useProduct();
let busy: Tenant;
let empty: Tenant;

beforeAll(async () => {
  busy = await createTenant(e2e.product.url, 'Busy');
  empty = await createTenant(e2e.product.url, 'Empty');
  await logRequests(busy, LOGS);
  const root = '019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4a5c';
  const span = { trace_id: 'trace-1', started_at: new Date().toISOString(), latency_ms: 20, user_id: 'u-1' };
  await logSpans(busy, [
    { ...span, id: root, name: 'task', kind: 'agent', input: 'a question', output: { found: [1, 2] } },
    { ...span, id: root.replace('5c', '5d'), name: 'tool', parent_id: root, error: { message: 'It broke' } },
  ]);
});

const FIRST = '00000000-0000-4000-8000-000000000001';
const FAILED = '00000000-0000-4000-8000-000000000002';
const LOGS: LogInput[] = [
  {
    id: FIRST,
    model: 'gpt-4.1-mini',
    provider: 'openai',
    messages: [
      { role: 'system', content: 'Be brief. '.repeat(300) },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Weather?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } },
        ],
      },
      {
        role: 'assistant',
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: '{"temp":-3}' },
    ],
    tools: [
      {
        type: 'function',
        function: { name: 'weather', description: 'Weather of a city', parameters: { type: 'object' } },
      },
    ],
    response_content: 'Cold.',
    latency_ms: 900,
    input_tokens: 120,
    output_tokens: 8,
    parameters: { temperature: 0.2 },
    metadata: { build: { sha: 'abc' } },
    tags: { env: 'prod', team: 'a', region: 'eu' },
    prompt_slug: 'weather',
    trace_id: 'trace-1',
    user_id: 'u-1',
    session_id: 's-1',
  },
  {
    id: FAILED,
    model: 'claude-sonnet-4-5',
    provider: 'anthropic',
    messages: [{ role: 'user', content: 'Hi' }],
    status: 'error',
    error: { message: 'Overloaded', type: 'overloaded_error', http_status: 529 },
  },
  { model: 'o4-mini', provider: 'azure', messages: [{ role: 'user', content: 'Hi' }], status: 'incomplete' },
];

const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 800 };

interface Checked {
  readonly page: Page;
  readonly problems: string[];
  /** Looks at the page in every size and theme, in each of which `shown` is there. */
  readonly check: (name: string, shown: Locator) => Promise<void>;
  readonly found: string[];
}

async function openChecked(): Promise<Checked> {
  const { page, problems } = await openPage(e2e.browser, e2e.product.url, WIDE);
  const found: string[] = [];
  const check = async (name: string, shown: Locator) => {
    await shown.waitFor();
    found.push(...(await violations(page)).map((text) => `${name}: ${text}`));
    await page.setViewportSize(PHONE);
    await shown.waitFor();
    found.push(...(await violationsOnPhone(page)).map((text) => `${name} on a phone: ${text}`));
    await page.setViewportSize(WIDE);
    await shown.waitFor();
  };
  return { page, problems, check, found };
}

test('no page breaks a rule or scrolls sideways', async () => {
  const { page, problems, check, found } = await openChecked();
  const goTo = (address: string) => goWithin(page, address);
  const signIn = async ({ apiKey }: Tenant) => {
    await page.evaluate((key) => localStorage.setItem('promptlab.api_key', key), apiKey);
    await page.goto('/requests');
  };
  const dialog = (name: string) => page.getByRole('dialog', { name });

  await page.goto('/');
  await page.getByRole('button', { name: 'Where do I find a key?' }).click();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await check('sign-in', page.getByRole('alert'));

  await signIn(empty);
  await check('first run', page.getByRole('heading', { name: 'Log your first request' }));
  await page.getByRole('tab', { name: 'OpenTelemetry', exact: true }).click();
  await check('OpenTelemetry', page.getByText('@opentelemetry/sdk-trace-node@2'));

  await signIn(busy);
  await check('requests', page.getByText('3 of 3 requests'));
  await page.getByRole('button', { name: 'All time' }).click();
  await check('time', page.getByPlaceholder('25m, 3d'));
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Columns and density' }).click();
  await check('columns', dialog('Columns and density'));
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.getByLabel('Go to', { exact: true }).fill('sort by');
  await check('palette', page.getByText('Sort by latency'));
  await page.keyboard.press('Escape');
  await page.getByLabel('Go to', { exact: true }).waitFor({ state: 'detached' });
  await page.keyboard.press('?');
  await check('keys', dialog('Keys'));
  await page.keyboard.press('Escape');
  await goTo('/requests?model=none');
  await check('no match', page.getByText('No requests match these filters'));

  for (const list of ['Traces', 'Sessions', 'Users']) {
    await goTo(`/${list.toLowerCase()}`);
    await check(list, page.getByRole('table', { name: list }).getByRole('row').nth(1));
    await goTo(`/${list.toLowerCase()}?q=model:none`);
    await page.getByText('match these filters').waitFor();
  }
  await goTo('/traces/trace-1');
  await check('trace', page.getByRole('treeitem').nth(2));
  await page.getByRole('treeitem', { name: /^task/ }).click();
  await check('span', page.getByRole('region', { name: 'Output' }));
  await goTo('/traces/trace-1?mode=log');
  await check('log of a trace', page.getByRole('list', { name: 'Log of the steps' }).getByText('It broke'));
  await goTo('/sessions/s-1');
  await check('session', page.getByRole('article').first());
  await goTo('/users/u-1');
  await check('user', page.getByRole('table', { name: 'Latest traces' }));

  await goTo('/analytics');
  await page.getByRole('region', { name: 'Latency', exact: true }).locator('.recharts-surface').first().waitFor();
  await check('analytics', page.getByRole('region', { name: 'Top by model', exact: true }).getByRole('link').first());
  await page.getByRole('button', { name: 'Requests by status as a table' }).click();
  await check('chart as a table', page.getByRole('region', { name: 'Requests by status' }).getByRole('table'));

  await goTo('/savings');
  await check('savings', page.getByRole('heading', { name: 'Failed calls that cost money' }));
  await goTo('/releases');
  await check('release compare without releases', page.getByText('Choose two groups'));
  await goTo('/releases?by=model');
  await page.getByRole('table', { name: 'Figures' }).waitFor();
  await page.getByRole('button', { name: /^How sure this is/ }).click();
  await page.getByRole('button', { name: /^In CI/ }).click();
  await check('release compare', page.getByLabel('A step of CI'));

  await goTo('/prices');
  const logged = page.getByRole('region', { name: 'Models that were logged' });
  await logged.getByRole('row', { name: /gpt-4.1-mini/ }).waitFor();
  await check('prices', page.getByRole('region', { name: 'Built-in prices' }).getByRole('table'));
  await page.getByRole('button', { name: 'Override for gpt-4.1-mini' }).click();
  await check('add price', page.getByLabel('Cached input'));
  await page.keyboard.press('Escape');

  await goTo('/settings');
  await page.getByRole('button', { name: 'Create key' }).click();
  await check('create key', page.getByLabel('Log only'));
  await page.keyboard.press('Escape');
  await goTo('/settings/data-health');
  await check('data health', page.getByRole('list', { name: 'Counts' }));
  await goTo('/nowhere');
  await check('not found', page.getByText('There is no page here'));

  expect(found).toEqual([]);
  expect(problems).toEqual([]);
});

test('no part of a request, and no comparison, breaks a rule', async () => {
  const { page, problems, check, found } = await openChecked();
  await page.goto(`/requests?model=gpt-4.1-mini#key=${busy.apiKey}`);

  for (const model of ['gpt-4.1-mini', 'claude-sonnet-4-5']) {
    await goWithin(page, `/requests?model=${model}`);
    await page.getByRole('link', { name: new RegExp(model) }).click();
    await page.getByRole('region', { name: 'Conversation' }).waitFor();
    await check(`request to ${model}`, page.getByRole('article').first());
  }
  for (const [tab, shown] of [
    ['Params', 'No parameters were logged.'],
    ['Metadata', 'Token usage'],
    ['Raw', 'Request as JSON'],
  ] as const) {
    await page.getByRole('tab', { name: new RegExp(tab) }).click();
    await check(`request, ${tab}`, page.getByText(shown).or(page.getByLabel(shown)).first());
  }

  await goWithin(page, `/compare?ids=${FIRST},${FAILED}`);
  await check('compare', page.getByRole('region', { name: 'Messages' }));
  await goWithin(page, `/requests/${FIRST}`);
  await check('request as a page', page.getByRole('article').first());
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Compare with …' }).click();
  await check('compare with', page.getByRole('dialog', { name: 'Compare with' }));

  expect(found).toEqual([]);
  expect(problems).toEqual([]);
});

/** What axe objects to in the light, its contrast in the dark, and a page that is wider than the window. */
async function violations(page: Page): Promise<string[]> {
  const found = await runAxe(page, ALL_RULES);
  await show(page, 'dark');
  found.push(...(await runAxe(page, ['color-contrast'])).map((text) => `dark: ${text}`));
  await show(page, 'light');
  return [...found, ...(await listTooWide(page))];
}

/** In one theme: the colors are those of the wide page. */
async function violationsOnPhone(page: Page): Promise<string[]> {
  return [...(await runAxe(page, ALL_RULES)), ...(await listTooWide(page))];
}

async function listTooWide(page: Page): Promise<string[]> {
  const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  return isTooWide ? ['the page scrolls sideways'] : [];
}

async function runAxe(page: Page, runOnly: string[]): Promise<string[]> {
  await settle(page);
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
  const { violations: broken } = await page.evaluate(
    (only) =>
      (window as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run({
        runOnly: only,
        // All rules run all the same; what passes is not described node by node.
        resultTypes: ['violations'],
        // No rule of these asks for the text of style sheets or the length of a film, which axe would load.
        preload: false,
      }),
    runOnly,
  );
  return broken.map(
    ({ id, nodes }) =>
      `${id} at ${nodes.map((node) => `${String(node.target)} (${node.failureSummary ?? ''})`).join('; ')}`,
  );
}

async function show(page: Page, colorScheme: Theme): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: 'attached' });
}

/** Colors fade in, and what is asked anew is dimmed: axe would measure them half-way. What pulses for ever is not waited for. */
async function settle(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('[data-stale]') === null);
  await page.evaluate(async () => {
    // A change of style starts its transitions with the next frame.
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    const passing = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.all(passing.map((one) => one.finished.catch(() => {})));
  });
}
