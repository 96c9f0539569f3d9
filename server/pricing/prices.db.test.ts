/** Prices of organizations over HTTP: set, used by the next log, explained, and applied to what is stored. */
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { Job } from '#shared/job';
import { PRICE_LIMITS, type RepriceResult } from '#shared/price';
import { aLogInput } from '#tests/support/factories';
import { expectContract, expectError } from '#tests/support/expectContract';
import { expectExactRollups } from '#tests/support/rollups';
import { startTestApp, type TestApp } from '#tests/support/testApp';
import { PRICE_LIST_DATE, PRICE_LIST_VERSION } from './priceList.ts';

let app: TestApp;
beforeEach(async () => {
  app = await startTestApp();
});
afterEach(() => app.stop());

const OWN = { provider: 'vllm', model: 'my-llama', input_tokens: 1_000, output_tokens: 100 };
const NO_TOKENS = { input_tokens: null, output_tokens: null };
const log = async (fields: object, key = app.orgA.key) =>
  (await app.call('POST', '/api/v1/logs', { body: aLogInput(fields), key })).body;
const setPrice = async (body: object, key = app.orgA.key) => app.call('POST', '/api/v1/prices', { body, key });
const explain = async (id: string) => (await app.call('GET', `/api/v1/requests/${id}/cost`)).body;
const totals = async () => (await app.call('GET', '/api/v1/stats')).body;

async function reprice(body: object): Promise<Job & { result: RepriceResult }> {
  const created = await app.call('POST', '/api/v1/prices/reprice', { body });
  expectContract('repriceRequests', created);
  for (let tries = 0; tries < 200; tries++) {
    const { body: job } = await app.call('GET', `/api/v1/jobs/${created.body.id}`);
    if (job.finished_at !== null) return job;
    await sleep(50);
  }
  throw new Error('The job did not end within 10 s.');
}

test('the next log gets the price; a change is a new version; what is deleted does not count', async () => {
  expect(await log(OWN)).toMatchObject({ cost_usd: null, cost_status: 'no_price', price_version: null });
  const set = await setPrice({ model: 'my-*', rates: { input: '2', output: 4 }, note: 'our machines' });
  expectContract('createPrice', set);
  const { id } = set.body;
  expect(await log(OWN)).toMatchObject({ cost_usd: '0.0024', cost_source: 'custom', price_version: `${id}@1` });
  expect(await log(OWN, app.orgB.key)).toMatchObject({ cost_usd: null });

  const body = { model: 'my-*', rates: { input: '20' } };
  const changed = await app.call('PUT', `/api/v1/prices/${id}`, { body });
  expectContract('savePrice', changed);
  expect(changed.body).toMatchObject({ id, version: 2, note: null });
  expect(await log(OWN)).toMatchObject({ cost_usd: '0.02', price_version: `${id}@2` });
  expect((await app.call('GET', '/api/v1/prices')).body).toEqual([changed.body]);

  expect((await app.call('DELETE', `/api/v1/prices/${id}`)).body).toEqual({ success: true });
  expect(await log(OWN)).toMatchObject({ cost_usd: null });
  expectError(await app.call('DELETE', `/api/v1/prices/${id}`), 'not_found');
  expectError(await app.call('PUT', `/api/v1/prices/${id}`, { body }), 'not_found');
  await expectExactRollups(app);
});

test('batches are priced as single logs are', async () => {
  await setPrice({ model: 'my-*', rates: { input: '2' } });
  await app.call('POST', '/api/v1/logs', { body: { logs: [aLogInput(OWN), aLogInput(OWN)] } });
  expect(await totals()).toMatchObject({ requests: 2, cost_usd: '0.004', unpriced_requests: 0 });
});

test('an organization may have so many prices', async () => {
  await app.deps.db.query(
    `INSERT INTO prices (org_id, id, version, model, rates, tiers, created_at)
     SELECT $1, gen_random_uuid(), 1, 'm' || n, '{"input":"1"}', '[]', now() FROM generate_series(1, ${PRICE_LIMITS.prices}) n`,
    [app.orgA.id],
  );
  expectError(await setPrice({ model: 'x', rates: { input: 1 } }), 'conflict');
  expect((await setPrice({ model: 'x', rates: { input: 1 } }, app.orgB.key)).status).toBe(201);
});

test('a cost is explained line by line', async () => {
  const fields = { model: 'gpt-5-mini', input_tokens: 946, output_tokens: 358, reasoning_tokens: 317 };
  const { id, cost_usd } = await log({ ...fields, provider: 'openai' });
  const explained = await explain(id);
  expect(explained).toMatchObject({ cost_usd, cost_source: 'builtin', cost_status: 'priced', missing: null });
  expect(explained.computed).toEqual({
    lines: [
      { what: 'input', quantity: 946, per: 1_000_000, rate_usd: '0.25', amount_usd: '0.0002365' },
      { what: 'output', quantity: 358, per: 1_000_000, rate_usd: '2', amount_usd: '0.000716' },
    ],
    share: null,
    total_usd: '0.0009525',
    is_stored: true,
    price: {
      source: 'builtin',
      provider: 'openai',
      model: 'gpt-5-mini',
      version: PRICE_LIST_VERSION,
      dated: '2026-09-23',
      valid_from: null,
      source_url: expect.stringContaining('openai.com'),
    },
  });
  await setPrice({ model: 'gpt-5-mini', rates: { input: 1 } });
  expect((await explain(id)).computed).toMatchObject({ total_usd: '0.000946', is_stored: false });
  expect((await explain(id)).cost_usd).toBe(cost_usd);
});

test('it says the share of a tier, what is missing, and nothing of a cost that was given', async () => {
  const flex = { provider: 'openai', model: 'gpt-5-mini', service_tier: 'flex', input_tokens: 1_000, output_tokens: 0 };
  expect((await explain((await log(flex)).id)).computed).toMatchObject({ share: '1/2', total_usd: '0.000125' });
  const unknown = await explain((await log(OWN)).id);
  expect(unknown).toMatchObject({ cost_usd: null, computed: null });
  expect(unknown.missing).toContain('No price');
  const given = await explain((await log({ ...OWN, cost_usd: '1' })).id);
  expect(given).toMatchObject({ cost_usd: '1', cost_source: 'provided', computed: null, missing: null });
});

test('a dry run says what would change, the job changes it, and again it changes nothing', async () => {
  for (let index = 0; index < 3; index++) await log({ ...OWN, started_at: '2026-11-01T10:00:00Z' });
  await log({ ...OWN, cost_usd: '7' });
  await log({ ...OWN, model: 'other' });
  await log(OWN, app.orgB.key);
  const before = await totals();
  await setPrice({ model: 'my-*', rates: { input: '2', output: 4 } });

  const dry = await reprice({});
  expect(dry).toMatchObject({ status: 'done', done: 4, total: 4 });
  const result = {
    changed: 3,
    before_usd: '0',
    after_usd: '0.0072',
    newly_priced: 3,
    newly_unknown: 0,
    models: [{ provider: 'vllm', model: 'my-llama', changed: 3, before_usd: '0', after_usd: '0.0072' }],
  };
  expect(dry.result).toEqual(result);
  expect(await totals()).toEqual(before);

  expect((await reprice({ dry_run: false, filters: { q: 'model:my-llama' } })).result).toEqual(result);
  expect(await totals()).toMatchObject({ cost_usd: '7.0072', unpriced_requests: 1 });
  await expectExactRollups(app);
  expect((await reprice({ dry_run: false })).result).toMatchObject({ changed: 0, before_usd: '0' });
  expect(await totals()).toMatchObject({ cost_usd: '7.0072', unpriced_requests: 1 });
});

test('images and seconds are stored, priced, and explained', async () => {
  await setPrice({ model: 'flux-*', rates: { image: '0.04' } });
  await setPrice({ model: 'whisper-*', rates: { second: '0.0001' } });
  const drawn = await log({
    provider: 'fal',
    model: 'flux-pro',
    endpoint: 'images.generate',
    ...NO_TOKENS,
    output_images: 3,
  });
  expect(drawn).toMatchObject({ output_images: 3, media_seconds: null, cost_usd: '0.12', cost_source: 'custom' });
  expect((await explain(drawn.id)).computed).toMatchObject({
    lines: [{ what: 'images', quantity: 3, per: 1, rate_usd: '0.04', amount_usd: '0.12' }],
    total_usd: '0.12',
    is_stored: true,
    price: { source: 'custom', model: 'flux-*', dated: expect.any(String), source_url: null },
  });
  const heard = {
    provider: 'own',
    model: 'whisper-l',
    endpoint: 'audio.transcriptions',
    messages: 'a.wav',
    ...NO_TOKENS,
  };
  const read = await log({ ...heard, response: { text: 'Hi', duration: 8.470000267028809 } });
  expect(read).toMatchObject({ media_seconds: null, cost_usd: '0.000847' });
  expect((await explain(read.id)).computed.lines).toEqual([
    { what: 'seconds', quantity: 8.47, per: 1, rate_usd: '0.0001', amount_usd: '0.000847' },
  ]);
  const unknown = await log(heard);
  expect(unknown).toMatchObject({ cost_usd: null, cost_status: 'no_usage' });
  expect((await explain(unknown.id)).missing).toContain('seconds');
  expect(await log({ ...heard, media_seconds: 61.5 })).toMatchObject({ media_seconds: 61.5, cost_usd: '0.00615' });
  await expectExactRollups(app);
});

test('the built-in list is searched', async () => {
  const answer = await app.call('GET', '/api/v1/prices/builtin?search=openai%20gpt-5-mini&limit=5');
  expectContract('listBuiltinPrices', answer);
  expect(answer.body).toMatchObject({
    version: PRICE_LIST_VERSION,
    published: PRICE_LIST_DATE,
    outdated_version: null,
  });
  expect(answer.body.prices[0]).toMatchObject({ provider: 'openai', model: 'gpt-5-mini', rates: { output: '2' } });
  const all = (await app.call('GET', '/api/v1/prices/builtin')).body;
  expect(all.prices).toHaveLength(50);
  expect(all.total).toBeGreaterThan(500);
  expectError(await app.call('GET', '/api/v1/prices/builtin?limit=0'), 'invalid_value');
});

test('after a release with a newer list, stored requests are offered to be priced again, until they are', async () => {
  const call = { provider: 'openai', model: 'gpt-4o', input_tokens: 1_000, output_tokens: 0 };
  // Logged by another price, as if before the release, when the list had one.
  const { id: price } = (await setPrice({ model: 'gpt-4o', rates: { input: '1' } })).body;
  const { id } = await log(call);
  await app.call('DELETE', `/api/v1/prices/${price}`);
  const outdated = async () => (await app.call('GET', '/api/v1/prices/builtin?limit=1')).body.outdated_version;
  expect(await outdated()).toBeNull();
  await app.deps.db.query("UPDATE organizations SET price_list = 'genai-prices@0.0.1'");
  expect(await outdated()).toBe('genai-prices@0.0.1');
  // Another organization has no request that could have an old price.
  const { body } = await app.call('GET', '/api/v1/prices/builtin?limit=1', { key: app.orgB.key });
  expect(body.outdated_version).toBeNull();

  expect((await reprice({})).result).toMatchObject({ changed: 1, before_usd: '0.001', after_usd: '0.0025' });
  expect(await outdated()).toBe('genai-prices@0.0.1');
  // A part of them is not all of them.
  expect((await reprice({ dry_run: false, filters: { model: 'other' } })).result).toMatchObject({ changed: 0 });
  expect(await outdated()).toBe('genai-prices@0.0.1');
  expect((await reprice({ dry_run: false })).result).toMatchObject({ changed: 1 });
  expect(await outdated()).toBeNull();
  expect((await app.call('GET', `/api/v1/requests/${id}`)).body).toMatchObject({
    cost_usd: '0.0025',
    price_version: PRICE_LIST_VERSION,
  });
  await expectExactRollups(app);
});

test('pricing again is idempotent, whatever was logged and whatever the prices are', async () => {
  const rate = fc.integer({ min: 0, max: 9_999 }).map((tenths) => (tenths / 10_000).toFixed(4));
  const aPrice = fc.record({
    model: fc.constantFrom('my-*', 'my-llama', '*', 'gpt-4o', 'flux-*'),
    service_tier: fc.option(fc.constantFrom('flex', 'batch'), { nil: null }),
    rates: fc.record({ input: rate, output: rate, image: rate, second: rate }, { requiredKeys: ['input'] }),
    valid_from: fc.option(fc.constantFrom('2026-01-01T00:00:00Z', '2026-11-10T00:00:00Z'), { nil: null }),
  });
  const count = fc.option(fc.nat(5_000), { nil: null });
  const aCall = fc.record({
    model: fc.constantFrom('my-llama', 'gpt-4o', 'flux-pro', 'nobody-1'),
    provider: fc.constantFrom('openai', 'vllm'),
    service_tier: fc.constantFrom(null, 'flex', 'priority'),
    input_tokens: count,
    output_tokens: count,
    cached_input_tokens: count,
    output_images: fc.option(fc.nat(4), { nil: null }),
    media_seconds: fc.option(
      fc.nat(9_000).map((ms) => ms / 1_000),
      { nil: null },
    ),
    cost_usd: fc.constantFrom(null, null, null, '0.5'),
    started_at: fc.constantFrom('2026-11-01T10:00:00Z', '2026-11-20T10:00:00Z'),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(aCall, { minLength: 5, maxLength: 60 }),
      fc.array(aPrice, { maxLength: 4 }),
      async (calls, prices) => {
        const logs = calls.map((call) => aLogInput(call));
        await app.call('POST', '/api/v1/logs', { body: { logs } });
        for (const { id } of (await app.call('GET', '/api/v1/prices')).body) {
          await app.call('DELETE', `/api/v1/prices/${id}`);
        }
        for (const price of prices) expect((await setPrice(price)).status).toBe(201);
        const dry = (await reprice({})).result;
        const given = await sumGiven();
        const applied = (await reprice({ dry_run: false })).result;
        expect(applied).toEqual(dry);
        const after = await totals();
        expect((await reprice({ dry_run: false })).result).toMatchObject({
          changed: 0,
          newly_priced: 0,
          newly_unknown: 0,
        });
        expect(await totals()).toEqual(after);
        expect(await sumGiven()).toEqual(given);
        await expectExactRollups(app);
      },
    ),
    { numRuns: 8 },
  );
}, 60_000);

/** What the callers gave, which nothing may touch. */
const sumGiven = () => app.deps.db.query("SELECT count(*), sum(cost_usd) FROM requests WHERE cost_source = 'provided'");

test('more rows than one batch, of which some are deleted meanwhile, leave exact sums', async () => {
  const logs = Array.from({ length: 500 }, () => aLogInput(OWN));
  await app.call('POST', '/api/v1/logs', { body: { logs } });
  await setPrice({ model: 'my-*', rates: { input: '2' } });
  const repriced = reprice({ dry_run: false });
  await app.deps.db.query('SELECT pg_sleep(0.05)');
  const { body } = await app.call('GET', '/api/v1/requests?limit=50&payload=false');
  for (const { id } of body) await app.call('DELETE', `/api/v1/requests/${id}`);
  expect(await repriced).toMatchObject({ status: 'done' });
  expect(await totals()).toMatchObject({ requests: 450, cost_usd: '0.9', unpriced_requests: 0 });
  await expectExactRollups(app);
});

test('the models that were logged, and where a request of now would get its price', async () => {
  await log(OWN);
  await log(OWN);
  await log({ provider: 'openai', model: 'gpt-4o' });
  const models = async () => (await app.call('GET', '/api/v1/models')).body;
  expect(await models()).toMatchObject([
    { model: 'my-llama', requests: 2, unpriced_requests: 2, tokens: 2_200, price: null, price_model: null },
    { model: 'gpt-4o', requests: 1, unpriced_requests: 0, price: 'builtin', price_model: 'openai/gpt-4o' },
  ]);
  expect((await models())[1]).toMatchObject({ custom: null, builtin: { model: 'gpt-4o', rates: { input: '2.5' } } });
  await setPrice({ model: 'my-*', rates: { input: '2' } });
  expect((await models())[0]).toMatchObject({ price: 'custom', price_model: 'my-*', unpriced_requests: 2 });
  await setPrice({ model: 'gpt-*', rates: { input: '1' } });
  expect((await models())[1]).toMatchObject({
    price: 'custom',
    custom: { model: 'gpt-*', rates: { input: '1' } },
    builtin: { model: 'gpt-4o', rates: { input: '2.5', output: '10' } },
  });
});

test.each([
  [{ model: 'x' }, 'rates'],
  [{ model: 'x', rates: { input: 'free' } }, 'rates.input'],
  [{ model: 'x', rates: { input: 1 }, valid_from: 'today' }, 'valid_from'],
  [{ model: 'x', rates: { input: 1 }, match: 'regex' }, 'match'],
])('%j is refused', async (body, named) => {
  const called = await setPrice(body);
  expect(called.status).toBe(400);
  expect(JSON.stringify(called.body.error)).toContain(named);
});
