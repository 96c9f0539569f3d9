/** One request: what is seen at once, what each value offers, and what it is compared with. */
import { randomUUID } from 'node:crypto';
import type { LogInput } from '#shared/request';
import { createTenant, logRequests, type Tenant } from './tenant.ts';
import { type SharedPage, usePage } from './usePage.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(90_000);

const e2e = useProduct();
let tenant: Tenant;

beforeAll(async () => {
  tenant = await createTenant(e2e.product.url, 'Detail');
});

const testOnPage = usePage(e2e, { apiKey: () => tenant.apiKey });

const aLog = (fields: Partial<LogInput> = {}): LogInput => ({
  model: 'gpt-4.1',
  provider: 'openai',
  messages: [{ role: 'user', content: 'Hello there' }],
  response_content: 'Hello.',
  ...fields,
});

async function log(fields: Partial<LogInput>): Promise<string> {
  const id = randomUUID();
  await logRequests(tenant, [aLog({ id, ...fields })]);
  return id;
}

async function open({ page, goTo }: SharedPage, id: string) {
  await goTo(`/requests/${id}`);
  const conversation = page.getByRole('region', { name: 'Conversation' });
  await conversation.waitFor();
  return conversation;
}

testOnPage('a call and its result are one card, also where Anthropic gives the result as the user', async (shared) => {
  const id = await log({
    messages: [
      { role: 'user', content: 'Stock?' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'get_stock', input: { sku: 'a' } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'three pieces' }] },
    ],
  });
  const conversation = await open(shared, id);
  expect(await conversation.getByRole('article').count()).toBe(3);
  const call = conversation.getByRole('article', { name: 'Assistant' }).first();
  expect(await call.innerText()).toMatch(/get_stock\(.*three pieces/s);
  expect(await conversation.getByRole('article', { name: 'User' }).count()).toBe(1);
});

testOnPage('reasoning that is not disclosed is a line of the answer, with its tokens', async (shared) => {
  const { page } = shared;
  const id = await log({
    model: 'o3',
    endpoint: 'responses',
    response_content: null,
    reasoning_tokens: 1_813,
    output_tokens: 1_900,
    input_tokens: 10,
    response: {
      output: [
        { type: 'reasoning', id: 'r', summary: [] },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Forty-two.' }] },
      ],
    },
  });
  const conversation = await open(shared, id);
  const answer = conversation.getByRole('article', { name: 'Assistant' });
  expect(await answer.count()).toBe(1);
  expect(await answer.innerText()).toContain('Reasoning · 1,813 tokens, not disclosed by the provider');
  await page.getByText('10 → 87 + 1,813 thinking tokens').waitFor();
});

testOnPage('an embedding has numbers and no missing answer', async (shared) => {
  const { page } = shared;
  const id = await log({
    model: 'text-embedding-3-small',
    endpoint: 'embeddings',
    messages: 'some words',
    response_content: null,
    input_tokens: 14,
    response: { data: [{ embedding: Array.from({ length: 768 }, () => 0.1) }] },
  });
  const conversation = await open(shared, id);
  await conversation.getByText('Embedding: 768 numbers').waitFor();
  await page.getByText('14 tokens', { exact: true }).waitFor();
  expect(await page.getByText(/No answer|tokens not reported|→ –/).count()).toBe(0);
});

testOnPage('a text that was cut says how long it was, and an error of many lines leaves room', async (shared) => {
  const { page } = shared;
  const cut = await log({ messages: [{ role: 'user', content: 'x'.repeat(1_080_000) }] });
  const failed = await log({
    status: 'error',
    response_content: null,
    error: {
      message: Array.from({ length: 40 }, (_, line) => `at line ${line}`).join('\n'),
      type: 'Boom',
      code: 'E1',
    },
  });
  await open(shared, cut);
  await page.getByText('Cut when it was logged: it had 1,080,000 characters').waitFor();
  await page.getByRole('button', { name: 'Show 100,000 more of 1,000,0' }).first().waitFor();
  await open(shared, failed);
  const error = page.getByRole('group', { name: 'Error' });
  await error.getByText('at line 5').waitFor();
  expect(await error.getByText('at line 6').count()).toBe(0);
  await error.getByRole('button', { name: 'Boom' }).click();
  await page.getByRole('menuitem', { name: 'Filter for' }).click();
  await page.waitForURL(/q=error\.type%3ABoom|q=error\.type:Boom/);
});

testOnPage(
  'a request that is not there leads back to the list; an open one names the tab of the browser',
  async (shared) => {
    const { page, goTo } = shared;
    const id = await log({ name: 'answer mail' });
    await goTo(`/requests/${randomUUID()}`);
    await page.getByText('This request is not here').waitFor();
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Back to requests' }).click();
    await page
      .getByRole('link', { name: /request to/ })
      .first()
      .waitFor();
    await open(shared, id);
    expect(await page.title()).toMatch(/^answer mail · .*\d\d:\d\d:\d\d.* · PromptLab$/);
  },
);

testOnPage('each value filters for itself, leaves itself out, is copied, and opens what it names', async (shared) => {
  const { page } = shared;
  const trace = `trace-${randomUUID()}`;
  const id = await log({ trace_id: trace, user_id: 'Jo Doe', tags: { 'odd key': 'a:b' } });
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: e2e.product.url });
  const query = () => new URL(page.url()).searchParams.get('q');
  await open(shared, id);
  await page.getByRole('button', { name: 'Jo Doe' }).first().click();
  await page.getByRole('menuitem', { name: 'Filter for' }).click();
  await page.waitForURL(/\/requests\?/);
  expect(query()).toBe('user:"Jo Doe"');
  await open(shared, id);
  await page.getByRole('button', { name: 'odd key:a:b' }).click();
  await page.getByRole('menuitem', { name: 'Filter out' }).click();
  await page.waitForURL(/\/requests\?/);
  expect(query()).toBe('-tag."odd key":a:b');
  await open(shared, id);
  await page.getByRole('button', { name: trace }).first().click();
  await page.getByRole('menuitem', { name: 'Copy' }).click();
  await page.getByText('Trace copied').waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(trace);
  await page.getByRole('button', { name: trace }).first().click();
  await page.getByRole('menuitem', { name: 'Open trace' }).click();
  await page.waitForURL(new RegExp(`/traces/${trace}`));
});

testOnPage('an answer of JSON is a tree that is checked against what was asked for', async (shared) => {
  const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
  const parameters = { response_format: { type: 'json_schema', json_schema: { name: 's', schema } } };
  const good = await log({ parameters, response_content: '{"n":107505301260286117}' });
  const bad = await log({ parameters, response_content: '{"n":"many"}' });
  const slow = await log({
    parameters: {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 's', schema: { type: 'array', items: { type: 'string', pattern: '^(a+)+$' } } },
      },
    },
    response_content: JSON.stringify([`${'a'.repeat(40)}!`]),
  });
  const conversation = await open(shared, good);
  await conversation.getByText('fits its schema').waitFor();
  await conversation.getByRole('treeitem').filter({ hasText: 'n:107505301260286117' }).waitFor();
  await open(shared, bad);
  await conversation.getByText('1 fault by its schema').click();
  await conversation.getByText('/n', { exact: true }).waitFor();
  // A pattern that never ends holds up nothing.
  await open(shared, slow);
  await conversation.getByText('The schema takes too long to check.').waitFor();
});

testOnPage('Markdown is rendered, its links open apart, and columns keep their shape', async (shared) => {
  const id = await log({
    messages: [
      { role: 'user', content: 'Item        Qty   Price\nTent          1   299.00\nStove         2    49.50' },
    ],
    response_content:
      '# Title\n\n- **bold** item\n- [docs](https://docs.example/x)\n- [bad](javascript:alert(1))\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nlet a = 1;\n```',
  });
  const conversation = await open(shared, id);
  const answer = conversation.getByRole('article', { name: 'Assistant' });
  await answer.locator('strong').getByText('bold').waitFor();
  expect(await answer.locator('table td').count()).toBe(2);
  const link = answer.getByRole('link', { name: 'docs' });
  expect(await link.getAttribute('rel')).toBe('noopener noreferrer nofollow');
  expect(await link.getAttribute('target')).toBe('_blank');
  expect(await answer.getByRole('link').count()).toBe(1);
  const font = await conversation
    .getByText('Tent          1')
    .evaluate((element) => getComputedStyle(element).fontFamily);
  expect(font).toMatch(/mono/i);
});

/** A tenth of a second of silence. */
function silence(): string {
  const samples = 800;
  const wav = Buffer.alloc(44 + samples);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + samples, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(8_000, 24);
  wav.writeUInt32LE(8_000, 28);
  wav.writeUInt16LE(1, 32);
  wav.writeUInt16LE(8, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(samples, 40);
  wav.fill(128, 44);
  return wav.toString('base64');
}

testOnPage('a sound that a message holds is played here', async (shared) => {
  const id = await log({
    messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: silence(), format: 'wav' } }] }],
  });
  const conversation = await open(shared, id);
  const duration = await conversation.locator('audio').evaluate(
    (sound: HTMLAudioElement) =>
      new Promise<number>((resolve, reject) => {
        if (sound.readyState > 0) resolve(sound.duration);
        sound.onloadedmetadata = () => resolve(sound.duration);
        sound.onerror = () => reject(new Error(sound.error?.message ?? 'refused'));
      }),
  );
  expect(duration).toBeCloseTo(0.1, 2);
});

testOnPage('the call is copied, and what it cost is made up of what was used', async (shared) => {
  const { page } = shared;
  const id = await log({ model: 'gpt-5-mini', input_tokens: 946, output_tokens: 358, reasoning_tokens: 317 });
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: e2e.product.url });
  await open(shared, id);
  await page.keyboard.press('Shift+Y');
  await page.getByRole('menuitem', { name: 'Copy as curl' }).click();
  await page.getByText('curl copied').waitFor();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  expect(command).toMatch(/^curl "\$\{OPENAI_BASE_URL:-https:\/\/api\.openai\.com\/v1\}\/chat\/completions"/);
  expect(command).toContain('"content": "Hello there"');
  await page.getByRole('button', { name: '$0.00095' }).click();
  const formula = page.getByRole('dialog').getByRole('table', { name: 'How the cost is made up' });
  expect(await formula.innerText()).toMatch(/946 × \$0\.25\/M.*358 × \$2\/M.*Total.*\$0\.0009525/s);
});

testOnPage(
  'in a comparison what was sent is cut where it is long, so that the answers are in sight',
  async ({ page, goTo }) => {
    const long = (word: string) => `${`${word} is what this line is about.\n`.repeat(60)}`;
    const ids = await Promise.all(
      ['Snow', 'Rain'].map((word) =>
        log({ messages: [{ role: 'user', content: long(word) }], response_content: `${word} it is.` }),
      ),
    );
    await goTo(`/compare?ids=${ids.join(',')}`);
    const answer = page.getByRole('heading', { name: 'Answer' });
    await answer.waitFor();
    const whole = page.getByRole('button', { name: /^Show all of it/ });
    const before = (await answer.boundingBox())?.y ?? 0;
    await whole.click();
    await whole.waitFor({ state: 'detached' });
    expect((await answer.boundingBox())?.y ?? 0).toBeGreaterThan(before + 200);
  },
);

testOnPage('requests are compared word by word, with what each took more or less', async (shared) => {
  const { page, goTo } = shared;
  const slug = `compare-${randomUUID().slice(0, 8)}`;
  const first = await log({
    prompt_slug: slug,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'What is a flask?' },
    ],
    response_content: 'A small bottle.',
    latency_ms: 2_000,
    parameters: { temperature: 0.2 },
  });
  const second = await log({
    prompt_slug: slug,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'What is a large flask?' },
    ],
    response_content: 'A large bottle.',
    latency_ms: 1_000,
    parameters: { temperature: 0.7 },
  });
  await open(shared, first);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Compare with …' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /A large bottle/ })
    .click();
  await page.waitForURL(new RegExp(`/compare\\?ids=${first}(,|%2C)${second}`));
  const facts = page.getByRole('region', { name: 'Facts' });
  await facts.getByText('−1.00 s (−50%)').waitFor();
  await facts.getByRole('row', { name: /parameter temperature 0\.2 0\.7/ }).waitFor();
  const messages = page.getByRole('region', { name: 'Messages' });
  await messages.getByRole('button', { name: /system the same, 9 characters/i }).waitFor();
  await messages.locator('ins').first().waitFor();
  expect((await messages.locator('ins').allInnerTexts()).map((text) => text.trim())).toEqual(['large', 'large']);
  expect((await messages.locator('del').allInnerTexts()).map((text) => text.trim())).toContain('small');
  await goTo(`/compare?ids=${first}`);
  await page.getByText('Two to four requests are compared.').waitFor();
  await goTo(`/compare?ids=nonsense,${second}`);
  await page.getByText('Two to four requests are compared.').waitFor();
});

testOnPage('the next request is there before one steps to it', async ({ page, goTo }) => {
  await logRequests(
    tenant,
    Array.from({ length: 3 }, (_, index) => aLog({ model: 'stepped', response_content: `Answer ${index}` })),
  );
  await goTo('/requests?q=model:stepped');
  const rows = page.getByRole('link', { name: /request to stepped/ });
  await rows.first().click();
  const conversation = page.getByRole('region', { name: 'Conversation' });
  await conversation.waitFor();
  await page.waitForLoadState('networkidle');
  // Without a network nothing can be asked for: what is shown was there before. The one after it is asked for then.
  const shown = await conversation.innerText();
  await page.context().setOffline(true);
  await page.keyboard.press('j');
  await page.waitForFunction((before) => {
    const now = document.querySelector<HTMLElement>('section[aria-label="Conversation"]');
    return now !== null && now.innerText !== before;
  }, shown);
  await page.context().setOffline(false);
});
