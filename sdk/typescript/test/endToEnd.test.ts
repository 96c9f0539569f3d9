/** The SDK against the real product: what was recorded is readable a moment later, with nothing of ours in between. */
import { startProduct, type Product } from '../../../tests/support/startProduct';
import { getRequestUrl, PromptLab, trace } from '../src/index';
import { startFakeOpenAI, type FakeOpenAI, type Loose } from './fakeOpenAI';
import { HELLO } from './harness';
import { V6 } from './majors';

let product: Product;
let fake: FakeOpenAI;
beforeAll(async () => {
  [product, fake] = await Promise.all([startProduct(), startFakeOpenAI()]);
}, 120_000);
afterAll(async () => {
  await fake?.close();
  await product?.stop();
});

const read = async (path: string): Promise<Loose> => {
  const response = await fetch(`${product.url}${path}`, { headers: { authorization: `Bearer ${product.apiKey}` } });
  expect(response.status).toBe(200);
  return response.json();
};

test('calls, streams, failures and steps are readable as they were made', async () => {
  const lab = new PromptLab({ apiKey: product.apiKey, baseUrl: product.url, environment: 'test' });
  const client = lab.track(new V6.openai.OpenAI({ apiKey: 'k', baseURL: fake.url, maxRetries: 0 }));
  let traceId = '';
  const answer = await trace('a task', async (t) => {
    traceId = t.id;
    for await (const part of await client.chat.completions.create({ ...HELLO, stream: true })) void part;
    await client.responses.create({ model: 'gpt-4o-mini', input: 'Hi' });
    return client.chat.completions.create({ ...HELLO, prompt_slug: 'end-to-end', tags: { env: 'test' } });
  });
  fake.on('/chat/completions', (_, res) => res.writeHead(429).end('{"error":{"message":"slow down"}}'));
  await client.chat.completions.create(HELLO).catch(() => {});
  expect(await lab.flush()).toEqual({ ok: true, pending: 0 });
  expect(lab.stats()).toMatchObject({ sent: 5, dropped: {} });

  const id = new URL(getRequestUrl(answer) as string).searchParams.get('id');
  expect(await read(`/api/v1/requests/${id}`)).toMatchObject({
    id,
    prompt_slug: 'end-to-end',
    tags: { env: 'test' },
    trace_id: traceId,
    response_content: 'Hello there',
    input_tokens: 11,
    output_tokens: 5,
    messages: HELLO.messages,
    environment: 'test',
  });
  const requests = await read('/api/v1/requests?limit=10');
  expect(requests.map(({ status }: { status: string }) => status)).toEqual(['error', 'success', 'success', 'success']);
  const detail = await read(`/api/v1/traces/${traceId}`);
  expect(detail.requests).toHaveLength(3);
  expect(detail.spans).toMatchObject([{ name: 'a task', status: 'success' }]);
  await lab.shutdown();
}, 30_000);
