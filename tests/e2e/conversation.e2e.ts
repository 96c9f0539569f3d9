/** What was said, as the page shows it: the forms of each provider, digits, letters and directions as they were sent. */
import { randomUUID } from 'node:crypto';
import type { JsonValue } from '#shared/primitives';
import { watchMainThread } from './mainThread.ts';
import { openPage } from './browser.ts';
import { createTenant, logRequests, type Tenant } from './tenant.ts';
import { type SharedPage, usePage } from './usePage.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(60_000);

const e2e = useProduct();
let tenant: Tenant;
const testOnPage = usePage(e2e, { apiKey: () => tenant.apiKey });

beforeAll(async () => {
  tenant = await createTenant(e2e.product.url, 'Words');
});

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

/** The log as text, which keeps the digits that JavaScript would lose. */
async function logText(fields: string): Promise<string> {
  const id = randomUUID();
  const body = `{"id":"${id}","model":"gpt-4o-mini","provider":"openai",${fields}}`;
  const headers = { authorization: `Bearer ${tenant.apiKey}`, 'content-type': 'application/json' };
  const answer = await fetch(`${e2e.product.url}/api/v1/logs`, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(await answer.text());
  return id;
}

/** Beside the list of those of a model: a list that was shown a moment ago is not asked for again. */
async function open({ page, goTo }: SharedPage, id: string, model = 'm') {
  await goTo(`/requests?model=${model}&id=${id}`);
  const conversation = page.getByRole('region', { name: 'Conversation' });
  await conversation.getByRole('article').first().waitFor();
  return conversation;
}

testOnPage('numbers are shown and copied with the digits they were sent with', async (shared) => {
  const { page } = shared;
  const id = await logText(
    `"messages":[{"role":"user","content":"Refund"},
      {"role":"tool","tool_call_id":"c0","content":"{\\"balance\\":10.50,\\"order\\":107505301260286117}"}],
     "response":{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":
      {"name":"refund","arguments":{"order":107505301260286117,"amount":10.50,"ratio":1.0}}}]},
     "metadata":{"order":9223372036854775807,"nested":{"wei":19876543210987654321}},
     "parameters":{"seed":-9054686819491029395,"temperature":1.0}`,
  );
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: e2e.product.url });
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  const conversation = await open(shared, id);
  const call = conversation.getByRole('article').last();
  // The parts of a message come after its head.
  for (const digits of ['107505301260286117', '10.50', '1.0']) {
    await call.filter({ hasText: digits }).waitFor();
  }
  expect(await conversation.getByRole('article', { name: 'Tool result' }).innerText()).toContain('"balance": 10.50');
  await call.getByRole('button', { name: 'Copy message' }).click();
  await call.getByRole('button', { name: 'Copied' }).waitFor();
  expect(await copied()).toContain('"order": 107505301260286117,\n  "amount": 10.50,\n  "ratio": 1.0');

  const panel = page.getByRole('region', { name: 'Request details' });
  await page.getByRole('tab', { name: /Metadata/ }).click();
  const metadata = panel.getByRole('region', { name: 'Metadata' });
  await metadata.getByText('19876543210987654321').waitFor();
  expect(await metadata.innerText()).toContain('9223372036854775807');
  await page.getByRole('tab', { name: /Params/ }).click();
  const parameters = await panel.getByRole('region', { name: 'Parameters' }).innerText();
  expect(parameters).toContain('-9054686819491029395');
  expect(parameters).toContain('1.0');

  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Copy JSON' }).click();
  await page.getByText('JSON copied').waitFor();
  expect(await copied()).toMatch(
    /"wei": 19876543210987654321[^]*"order": 9223372036854775807|9223372036854775807[^]*19876543210987654321/,
  );

  await page.getByRole('tab', { name: 'Raw' }).click();
  const tree = panel.getByRole('tree');
  await tree.getByRole('treeitem').filter({ hasText: 'response:' }).last().waitFor();
  await page.getByLabel('Search in the JSON').fill('107505301260286117');
  await panel.getByText(/^1 of [23]$/).waitFor();
  expect(await tree.innerText()).toContain('107505301260286117');
  await page.getByLabel('Search in the JSON').fill('');
  // Until then the way to the match is held open.
  await panel.getByText(/^1 of [23]$/).waitFor({ state: 'detached' });
  await tree.getByRole('treeitem').first().focus();
  await page.keyboard.press('ArrowLeft');
  expect(await tree.getByRole('treeitem').count()).toBe(1);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  expect(
    await tree
      .getByRole('treeitem')
      .nth(1)
      .evaluate((row) => row === document.activeElement),
  ).toBe(true);
});

testOnPage(
  'pictures that are held in a message are shown, an SVG and one that lies elsewhere are named',
  async (shared) => {
    const id = randomUUID();
    const content: JsonValue = [
      { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
      { type: 'image_url', image_url: { url: 'data:image/svg+xml;base64,PHN2Zy8+' } },
      { type: 'image_url', image_url: { url: 'https://elsewhere.test/a.png' } },
      { type: 'image_url', image_url: { url: '[base64 image/webp, 12345 bytes, hash 1f2e]' } },
    ];
    await logRequests(tenant, [
      { id, model: 'm', provider: 'p', messages: [{ role: 'user', content }], response_content: 'Dots.' },
    ]);
    const conversation = await open(shared, id);
    expect(await conversation.locator('img').count()).toBe(2);
    expect(
      await conversation
        .locator('img')
        .first()
        .evaluate((image: HTMLImageElement) => image.naturalWidth),
    ).toBe(1);
    for (const words of ['image/png · 70 B', 'image/svg+xml · 6 B', 'elsewhere.test', 'image/webp · 12 kB']) {
      await conversation.getByText(words).first().waitFor();
    }
  },
);

testOnPage('each paragraph takes its own direction, in the list as in the detail', async (shared) => {
  const { page } = shared;
  const id = randomUUID();
  const text = 'الأمر npm install يثبّت الحزم (v2.0).\n\nIt reads package.json.';
  await logRequests(tenant, [
    {
      id,
      model: 'two-directions',
      provider: 'p',
      messages: [
        { role: 'system', content: text },
        { role: 'user', content: text },
      ],
      response_content: text,
    },
  ]);
  const conversation = await open(shared, id, 'two-directions');
  const sides = await conversation
    .getByRole('article')
    .last()
    .evaluate((article) => {
      const block = [...article.querySelectorAll('[dir="auto"]')].at(-1)?.firstChild as Text;
      const left = (letter: string) => {
        const range = document.createRange();
        range.setStart(block, block.data.indexOf(letter));
        range.setEnd(block, block.data.indexOf(letter) + 1);
        return range.getBoundingClientRect().left;
      };
      return { arabic: left('ا') > left('v2'), english: left('It') < left('package') };
    });
  expect(sides).toEqual({ arabic: true, english: true });
  // Instructions are folded to a line that begins with a count in English.
  await page.getByRole('article', { name: 'System' }).locator('bdi', { hasText: 'الأمر npm install' }).waitFor();
  const preview = page.getByRole('table', { name: 'Requests' }).getByText('الأمر npm install').first();
  expect(await preview.getAttribute('dir')).toBe('auto');
});

test('5 MB of messages open in under a second of work, and no tab of them freezes the page', async () => {
  const id = randomUUID();
  const words = 'Some words of a long history. '.repeat(6_000);
  const messages = Array.from({ length: 28 }, (_, index) => ({ role: 'user', content: `${index} ${words}` }));
  const answer = `Long. ${'And longer. '.repeat(20_000)}`;
  await logRequests(tenant, [
    { id, model: 'm', provider: 'p', messages, response_content: answer, name: 'large', tags: { size: 'large' } },
    { model: 'm', provider: 'p', messages: [{ role: 'user', content: 'small' }], name: 'small' },
  ]);
  // A page of its own, in which nothing of other tests is done beside it.
  const { page, problems } = await openPage(e2e.browser, e2e.product.url);
  await page.goto(`/requests#key=${tenant.apiKey}`);
  await page.getByText('Long. And longer.').first().waitFor();
  let stop = await watchMainThread(e2e.browser, page);
  const start = Date.now();
  await page.getByRole('link', { name: /27 Some words/ }).click();
  const conversation = page.getByRole('region', { name: 'Conversation' });
  await conversation.getByText('Long. And longer.').first().waitFor();
  // On the clock other tests count too, which run beside this one; the work of the page is measured without them.
  expect(Date.now() - start).toBeLessThan(4_000);
  const opening = await stop();
  expect(opening.busyMs).toBeLessThan(1_000);
  expect(opening.longestMs).toBeLessThan(200);

  stop = await watchMainThread(e2e.browser, page);
  await page.getByRole('tab', { name: 'Raw' }).click();
  await page.getByRole('tree').waitFor();
  await page.getByLabel('Search in the JSON').fill('27 Some words');
  await page.getByText(/^1 of \d$/).waitFor();
  await page.getByRole('tab', { name: /Metadata/ }).click();
  await page.getByRole('region', { name: 'Tags' }).waitFor();
  await page.getByRole('tab', { name: 'Conversation' }).click();
  await conversation
    .getByRole('button', { name: /^Show 100,000 more of/ })
    .first()
    .click();
  await conversation.getByRole('button', { name: 'Show the end' }).first().click();
  expect((await stop()).longestMs).toBeLessThan(200);
  expect(problems).toEqual([]);
});

testOnPage('tags and references of HTML in Markdown are read as they were written', async (shared) => {
  const words =
    '<thinking>easy</thinking>\n\n**Because** &lt;so&gt; &amp; `&quot;` it is.\n\n```xml\n<a href="x">y</a>\n```';
  const id = await logText(`"messages":[{"role":"user","content":"Why?"}],"response_content":${JSON.stringify(words)}`);
  const answer = (await open(shared, id)).getByRole('article').last();
  await answer.locator('strong', { hasText: 'Because' }).waitFor(); // It is rendered.
  for (const part of ['<thinking>easy</thinking>', '&lt;so&gt; &amp; &quot; it is.', '<a href="x">y</a>']) {
    expect(await answer.innerText()).toContain(part);
  }
});

testOnPage(
  'Markdown keeps each letter: backslashes, addresses below the text, and what stands behind a fence',
  async (shared) => {
    const text = [
      '# Mean',
      '\\(x^2\\) is \\*no emphasis\\*, [doc](https://docs.test/a\\_b)',
      '[ref]: https://ref.test "Title"',
      '```python title="main.py"\nprint(1)\n```',
    ].join('\n\n');
    const id = await logText(`"messages":[{"role":"user","content":${JSON.stringify(text)}}]`);
    const conversation = await open(shared, id);
    await conversation.locator('pre').waitFor(); // It is rendered.
    const words = await conversation.innerText();
    for (const kept of ['\\(x^2\\)', '\\*no emphasis\\*', '[ref]: https://ref.test "Title"', 'python title="main.py"'])
      expect(words).toContain(kept);
    expect(await conversation.getByRole('link', { name: 'doc' }).getAttribute('href')).toBe('https://docs.test/a_b');
  },
);

testOnPage('an item of a list begins beside its number, also where it holds paragraphs', async (shared) => {
  const id = await logText(
    `"messages":[{"role":"user","content":"1. First item\\n\\n   More of it\\n\\n2. Second item\\n\\n   - inner\\n"}]`,
  );
  const conversation = await open(shared, id);
  const item = conversation.getByRole('listitem').filter({ hasText: 'First item' });
  const words = item.getByText('First item');
  await words.waitFor();
  const [outer, inner] = [await item.boundingBox(), await words.boundingBox()];
  expect(inner?.y).toBe(outer?.y);
});

testOnPage('a request leads to its trace by a link, and a trace not to itself', async (shared) => {
  const { page } = shared;
  const trace = `job#9/100% ${randomUUID()}`;
  const id = await logText(`"messages":[{"role":"user","content":"Hi"}],"trace_id":${JSON.stringify(trace)}`);
  await open(shared, id);
  await page.getByRole('link', { name: 'Open trace' }).click();
  await page.waitForURL((url) => decodeURIComponent(url.pathname) === `/traces/${trace}`);
  await page.getByRole('treeitem').first().waitFor(); // The page of the trace is there, and no longer that of the list.
  await page.getByRole('region', { name: 'Conversation' }).getByText('Hi').waitFor();
  expect(await page.getByRole('link', { name: 'Open trace' }).count()).toBe(0);
});
