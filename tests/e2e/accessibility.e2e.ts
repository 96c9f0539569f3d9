/** Every page by the rules of WCAG 2 A and AA (axe), in light and dark, wide and on a phone. */
import fs from 'node:fs';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import type { LogInput } from '#shared/request';
import { openPage } from './browser.ts';
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

const SIZES = [
  { width: 1280, themes: ['light', 'dark'] },
  // The colors are those of the wide page.
  { width: 360, themes: ['light'] },
] as const;

test.each(SIZES)('no page breaks a rule or scrolls sideways at $width px', async ({ width, themes }) => {
  const { page, problems } = await openPage(e2e.browser, e2e.product.url, { width, reducedMotion: 'no-preference' });
  const found: string[] = [];
  const check = async (name: string) =>
    found.push(...(await violations(page, themes)).map((text) => `${name}: ${text}`));
  const goTo = async (address: string, { apiKey }: Tenant) => {
    await page.goto('/favicon.svg');
    await page.evaluate((key) => localStorage.setItem('promptlab.api_key', key), apiKey);
    await page.goto(address);
  };

  await page.goto('/');
  await page.getByRole('button', { name: 'Where do I find a key?' }).click();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').waitFor();
  await check('sign-in');

  await goTo('/requests', empty);
  await page.getByRole('heading', { name: 'Log your first request' }).waitFor();
  await check('first run');
  await page.getByRole('tab', { name: 'OpenTelemetry', exact: true }).click();
  await page.getByText('@opentelemetry/sdk-trace-node@2').waitFor();
  await check('OpenTelemetry');

  await goTo('/requests', busy);
  await page.getByText('3 of 3 requests').waitFor();
  await check('requests');
  await page.getByRole('button', { name: 'All time' }).click();
  await page.getByPlaceholder('25m, 3d').waitFor();
  await check('time');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Columns and density' }).click();
  await page.getByRole('dialog', { name: 'Columns and density' }).waitFor();
  await check('columns');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.getByLabel('Go to', { exact: true }).fill('sort by');
  await page.getByText('Sort by latency').waitFor();
  await check('palette');
  await page.keyboard.press('Escape');
  await page.getByLabel('Go to', { exact: true }).waitFor({ state: 'detached' });
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await check('keys');
  await page.keyboard.press('Escape');
  await page.goto('/requests?model=none');
  await page.getByText('No requests match these filters').waitFor();
  await check('no match');

  for (const list of ['Traces', 'Sessions', 'Users']) {
    await page.goto(`/${list.toLowerCase()}`);
    await page.getByRole('table', { name: list }).waitFor();
    await check(list);
    await page.goto(`/${list.toLowerCase()}?q=model:none`);
    await page.getByText('match these filters').waitFor();
  }
  await page.goto('/traces/trace-1');
  await page.getByRole('treeitem').nth(2).waitFor();
  await check('trace');
  await page.getByRole('treeitem', { name: /^task/ }).click();
  await page.getByRole('region', { name: 'Output' }).waitFor();
  await check('span');
  await page.goto('/traces/trace-1?mode=log');
  await page.getByRole('list', { name: 'Log of the steps' }).getByText('It broke').waitFor();
  await check('log of a trace');
  await page.goto('/sessions/s-1');
  await page.getByRole('article').first().waitFor();
  await check('session');
  await page.goto('/users/u-1');
  await page.getByRole('table', { name: 'Latest traces' }).waitFor();
  await check('user');

  await page.goto('/analytics');
  await page.getByRole('region', { name: 'Latency', exact: true }).locator('.recharts-surface').first().waitFor();
  await page.getByRole('region', { name: 'Top by model', exact: true }).getByRole('link').first().waitFor();
  await check('analytics');
  await page.getByRole('button', { name: 'Requests by status as a table' }).click();
  await check('chart as a table');

  await page.goto('/savings');
  await page.getByRole('heading', { name: 'Failed calls that cost money' }).waitFor();
  await check('savings');
  await page.goto('/releases');
  await page.getByText('Choose two groups').waitFor();
  await check('release compare without releases');
  await page.goto('/releases?by=model');
  await page.getByRole('table', { name: 'Figures' }).waitFor();
  await page.getByRole('button', { name: /^How sure this is/ }).click();
  await page.getByRole('button', { name: /^In CI/ }).click();
  await check('release compare');

  await page.goto('/prices');
  const logged = page.getByRole('region', { name: 'Models that were logged' });
  await logged.getByRole('row', { name: /gpt-4.1-mini/ }).waitFor();
  await page.getByRole('region', { name: 'Built-in prices' }).getByRole('table').waitFor();
  await check('prices');
  await page.getByRole('button', { name: 'Override for gpt-4.1-mini' }).click();
  await page.getByLabel('Cached input').waitFor();
  await check('add price');

  await page.goto('/settings');
  await page.getByRole('button', { name: 'Create key' }).click();
  await page.getByLabel('Log only').waitFor();
  await check('create key');
  await page.goto('/settings/data-health');
  await page.getByRole('list', { name: 'Counts' }).waitFor();
  await check('data health');
  await page.goto('/nowhere');
  await page.getByText('There is no page here').waitFor();
  await check('not found');

  expect(found).toEqual([]);
  expect(problems).toEqual([]);
});

test.each(SIZES)('no part of a request, and no comparison, breaks a rule at $width px', async ({ width, themes }) => {
  const { page, problems } = await openPage(e2e.browser, e2e.product.url, { width, reducedMotion: 'no-preference' });
  const found: string[] = [];
  const check = async (name: string) =>
    found.push(...(await violations(page, themes)).map((text) => `${name}: ${text}`));
  await page.goto(`/#key=${busy.apiKey}`);
  await page.getByText('3 of 3 requests').waitFor();

  for (const model of ['gpt-4.1-mini', 'claude-sonnet-4-5']) {
    await page.goto(`/requests?model=${model}`);
    await page.getByRole('link', { name: new RegExp(model) }).click();
    await page.getByRole('region', { name: 'Conversation' }).waitFor();
    await page.getByRole('article').first().waitFor();
    await check(`request to ${model}`);
  }
  for (const [tab, shown] of [
    ['Params', 'No parameters were logged.'],
    ['Metadata', 'Token usage'],
    ['Raw', 'Request as JSON'],
  ] as const) {
    await page.getByRole('tab', { name: new RegExp(tab) }).click();
    await page.getByText(shown).or(page.getByLabel(shown)).first().waitFor();
    await check(`request, ${tab}`);
  }

  await page.goto(`/compare?ids=${FIRST},${FAILED}`);
  await page.getByRole('region', { name: 'Messages' }).waitFor();
  await check('compare');
  await page.goto(`/requests/${FIRST}`);
  await page.getByRole('article').first().waitFor();
  await check('request as a page');
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Compare with …' }).click();
  await page.getByRole('dialog', { name: 'Compare with' }).waitFor();
  await check('compare with');

  expect(found).toEqual([]);
  expect(problems).toEqual([]);
});

/** What axe objects to, its contrast in each further theme, and a page that is wider than the window. */
async function violations(page: Page, [first, ...further]: readonly Theme[]): Promise<string[]> {
  await page.evaluate(AXE);
  const found = await runAxe(page, ALL_RULES);
  for (const theme of further) {
    await show(page, theme);
    found.push(...(await runAxe(page, ['color-contrast'])).map((text) => `${theme}: ${text}`));
  }
  if (further.length > 0) await show(page, first ?? 'light');
  const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  return isTooWide ? [...found, 'the page scrolls sideways'] : found;
}

async function runAxe(page: Page, runOnly: string[]): Promise<string[]> {
  await settle(page);
  const { violations: broken } = await page.evaluate(
    (only) =>
      (window as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run({
        runOnly: only,
        // All rules run all the same; what passes is not described node by node.
        resultTypes: ['violations'],
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

/** Colors fade in, and axe would measure them half-way. What pulses for ever is not waited for. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    // A change of style starts its transitions with the next frame.
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    const passing = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.all(passing.map((one) => one.finished.catch(() => {})));
  });
}
