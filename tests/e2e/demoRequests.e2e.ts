/** The demo as one reads it: in each of its requests the answer is in sight at once, below a head of a few lines. */
import { z } from 'zod';
import { generateDemo } from '#demo/demoRequests';
import { goWithin, openPage } from './browser.ts';
import { createTenant, logRequests, type Tenant } from './tenant.ts';
import { useProduct } from './useProduct.ts';

jest.setTimeout(240_000);

const e2e = useProduct();
const REQUESTS = 400;
/** Opened one by one by `j`; of those beyond, one of each kind. */
const STEPS = 15;

let tenant: Tenant;

beforeAll(async () => {
  tenant = await createTenant(e2e.product.url, 'Demo');
  const items = [...generateDemo({ requests: REQUESTS, days: 5, now: new Date(), seed: 1 })];
  const logs = items.flatMap((item) => ('log' in item ? [item.log] : []));
  for (let at = 0; at < logs.length; at += 100) await logRequests(tenant, logs.slice(at, at + 100));
}, 120_000);

const Listed = z.array(
  z.object({
    id: z.string(),
    status: z.string(),
    prompt_slug: z.string().nullable(),
    endpoint: z.string().nullable(),
    output_preview: z.string().nullable(),
  }),
);

/** One of each prompt, end and kind of answer. */
async function oneOfEachKind(): Promise<string[]> {
  const kinds = new Map<string, string>();
  for (let offset = 0; offset < REQUESTS; offset += 200) {
    const answer = await fetch(`${e2e.product.url}/api/v1/requests?payload=false&limit=200&offset=${offset}`, {
      headers: { authorization: `Bearer ${tenant.apiKey}` },
    });
    for (const { id, prompt_slug, endpoint, status, output_preview } of Listed.parse(await answer.json())) {
      const kind = [prompt_slug, endpoint, status, output_preview === null].join(' ');
      if (!kinds.has(kind)) kinds.set(kind, id);
    }
  }
  return [...kinds.values()];
}

/** Its role and its first line; of a failed call the error, which is what one looks for. Runs in the page. */
function isAnswerSeen(): boolean {
  const body = document.querySelector('section[aria-label="Conversation"]')?.closest('[role=region]');
  const found = document.querySelector('[aria-label="Error"]') ?? document.querySelector('[data-answer-start]');
  if (!body || !found) return false;
  const frame = body.getBoundingClientRect();
  const start = found.getBoundingClientRect();
  const isBelowTop = start.top >= frame.top;
  return isBelowTop && start.top + Math.min(48, start.height) <= Math.min(frame.bottom, window.innerHeight);
}

function headHeight(): number {
  const body = document.querySelector('section[aria-label="Conversation"]')?.closest('[role=region]');
  const detail = body?.parentElement;
  return body && detail ? body.getBoundingClientRect().top - detail.getBoundingClientRect().top : -1;
}

test('the beginning of the answer is in sight at 1440 × 900 without scrolling, in every request', async () => {
  const { page, problems } = await openPage(e2e.browser, e2e.product.url, { width: 1440, height: 900 });
  await page.goto(`/requests#key=${tenant.apiKey}`);
  const wrong: string[] = [];
  let seen = 0;
  const look = async () => {
    seen += 1;
    const id = page.url();
    // What is loaded late may still move it for a moment.
    await page
      .waitForFunction(isAnswerSeen, undefined, { timeout: 3_000 })
      .catch(() => wrong.push(`${id}: not in sight`));
    const head = await page.evaluate(headHeight);
    if (head < 0 || head > 130) wrong.push(`${id}: ${head} px before the conversation`);
  };

  await page
    .getByRole('link', { name: /request to/ })
    .first()
    .click();
  const conversation = page.getByRole('region', { name: 'Conversation' });
  await conversation.waitFor();
  await look();
  for (let step = 1; step < STEPS; step += 1) {
    const before = page.url();
    await page.keyboard.press('j');
    await page.waitForURL((address) => address.href !== before);
    await conversation.waitFor();
    await look();
  }
  for (const id of await oneOfEachKind()) {
    // From a page without a conversation, so that the one that is seen is of this request.
    await goWithin(page, '/nowhere');
    await conversation.waitFor({ state: 'detached' });
    await goWithin(page, `/requests?id=${id}`);
    await conversation.waitFor();
    await look();
  }
  expect(wrong).toEqual([]);
  expect(seen).toBeGreaterThan(STEPS + 10);
  expect(problems).toEqual([]);
});
