import { readFileSync } from 'node:fs';
import { anUncachedCall } from '#tests/support/pricedCall';
import { findBuiltinPrice, findBuiltinPrices, LISTED_PROVIDERS } from './builtinPrices.ts';
import { priceRequest } from './cost.ts';
import { parseUsd } from './usd.ts';

const AT = new Date('2026-09-01T12:00:00Z');

test('no provider of the package is left out, and none is listed that it does not have', () => {
  const source = readFileSync('node_modules/@pydantic/genai-prices/dist/index.js', 'utf8');
  const ids = [...source.matchAll(/\bid: ?"([^"]+)",\s*name: ?"[^"]+",\s*pricing_urls/g)].map(
    (match) => match[1] ?? '',
  );
  expect(ids.length).toBeGreaterThan(30);
  expect([...LISTED_PROVIDERS].toSorted()).toEqual(ids.toSorted());
});

test('a row says what it costs, since when, and where that was read', () => {
  expect(findBuiltinPrice('openai', 'gpt-5-mini-2025-08-07', AT)).toEqual({
    provider: 'openai',
    provider_name: 'OpenAI',
    model: 'gpt-5-mini',
    rates: expect.objectContaining({ input: '0.25', cached_input: '0.025', output: '2' }),
    tiers: [],
    valid_from: null,
    source_url: expect.stringMatching(/^https:\/\//),
  });
  // 5 / 30 until 2026-08-20.
  const cut = findBuiltinPrice('openai', 'gpt-5.6-sol', AT);
  expect(cut).toMatchObject({ rates: { input: '4', output: '20' }, valid_from: '2026-08-21' });
  const before = findBuiltinPrice('openai', 'gpt-5.6-sol', new Date('2026-08-20T12:00:00Z'));
  expect(before).toMatchObject({ rates: { input: '5', output: '30' }, valid_from: null });
  expect(findBuiltinPrice('nobody', 'nothing', AT)).toBeNull();
});

test('long inputs have their own rates', () => {
  expect(findBuiltinPrice('google', 'gemini-2.5-pro', AT)).toMatchObject({
    rates: { input: '1.25', output: '10' },
    tiers: [{ above_input_tokens: 200_000, rates: { input: '2.5', output: '15' } }],
  });
});

test('each word of a search is looked for in the provider and the model', () => {
  const names = (search?: string) => findBuiltinPrices(search, AT).map(({ provider, model }) => `${provider}/${model}`);
  expect(names('openai gpt-5-mini')).toContain('openai/gpt-5-mini');
  expect(names(' GPT-5-mini  OpenAI ')).toEqual(names('openai gpt-5-mini'));
  expect(names('openai no-such-model')).toEqual([]);
  expect(names().length).toBeGreaterThan(500);
  expect(names()).toEqual(names('  '));
});

test('what is listed is what a request is charged', () => {
  const plain = findBuiltinPrices(undefined, AT).filter(({ rates, tiers, model }) => {
    const isOfText = Object.keys(rates).every((name) =>
      ['input', 'output', 'cached_input', 'cache_write'].includes(name),
    );
    return (
      isOfText &&
      tiers.length === 0 &&
      rates.input !== undefined &&
      rates.output !== undefined &&
      !model.startsWith('ft:')
    );
  });
  let charged = 0;
  for (const { provider, model, rates } of plain) {
    const call = anUncachedCall({ provider, model, input_tokens: 1_000_000, output_tokens: 1_000_000 });
    const { cost_usd } = priceRequest(call, AT);
    // A name may hold what makes counts of another kind necessary: then the cost is unknown.
    if (cost_usd === null) continue;
    charged++;
    expect([model, parseUsd(cost_usd)]).toEqual([model, parseUsd(rates.input ?? '') + parseUsd(rates.output ?? '')]);
  }
  expect(charged).toBeGreaterThan(300);
});
