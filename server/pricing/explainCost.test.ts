import { priceRequest } from './cost.ts';
import { explainCost } from './explainCost.ts';

const AT = new Date('2026-11-20T12:00:00Z');
const call = {
  provider: 'openai',
  model: 'gpt-5-mini',
  messages: [{ role: 'user', content: 'Hi' }],
  input_tokens: 946,
  cached_input_tokens: 512,
  output_tokens: 358,
  reasoning_tokens: 317,
};

test('the parts of a cost are the usage by its prices, and add up to what was stored', () => {
  const explanation = explainCost(call, AT);
  expect(explanation).toMatchObject({
    provider: 'openai',
    model: 'gpt-5-mini',
    share: 1,
    parts: [
      { kind: 'input_mtok', count: 434, per: 'million', price_usd: '0.25' },
      { kind: 'cache_read_mtok', count: 512, per: 'million', price_usd: '0.025' },
      { kind: 'output_mtok', count: 358, per: 'million', price_usd: '2' },
    ],
  });
  expect(explanation?.total_usd).toBe(priceRequest(call, AT).cost_usd);
});

test('half the price of a batch is a share, and a search is a fee', () => {
  expect(explainCost({ ...call, cached_input_tokens: 0, service_tier: 'batch' }, AT)?.share).toBe(0.5);
  const searched = explainCost(
    {
      ...call,
      response: { output: [{ type: 'web_search_call', action: { type: 'search' } }] },
      model: 'gpt-5',
      tools: [{ type: 'web_search' }],
    },
    AT,
  );
  expect(searched?.parts.at(-1)).toMatchObject({ kind: 'web_searches_kcount', count: 1, per: 'thousand' });
});

test('what has no price has no parts', () => {
  expect(explainCost({ ...call, model: 'my-own' }, AT)).toBeNull();
  expect(explainCost({ ...call, output_tokens: null }, AT)).toBeNull();
});
