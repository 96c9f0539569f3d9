import { costTotal, tokenTotal } from './totals.ts';

test.each([
  ['summed', { requests: 2, input_tokens: 1_000, output_tokens: 234 }, '1,234', '1,000 in · 234 out'],
  ['unknown where no request reported any', { requests: 23, input_tokens: 0, output_tokens: 0 }, '–', 'not reported'],
  ['half unknown', { requests: 2, input_tokens: 14, output_tokens: 0 }, '14', '14 in · – out'],
  ['none of nothing', { requests: 0, input_tokens: 0, output_tokens: 0 }, '–', 'no requests'],
])('tokens are %s', (_, totals, value, detail) => {
  expect(tokenTotal(totals)).toMatchObject({ value, detail });
});

test.each([
  ['summed', { requests: 3, unpriced_requests: 0, cost_usd: '1.5' }, '$1.50', 'all requests priced'],
  ['a lower bound', { requests: 3, unpriced_requests: 1, cost_usd: '1.5' }, '$1.50', '+ 1 request of unknown cost'],
  [
    'unknown where no cost is known',
    { requests: 1, unpriced_requests: 1, cost_usd: '0' },
    '–',
    '1 request of unknown cost',
  ],
  [
    'zero where it is known to be',
    { requests: 1, unpriced_requests: 0, cost_usd: '0' },
    '$0.00',
    'all requests priced',
  ],
  ['none of nothing', { requests: 0, unpriced_requests: 0, cost_usd: '0' }, '–', 'no requests'],
])('the cost is %s', (_, totals, value, detail) => {
  expect(costTotal(totals, 'request')).toMatchObject({ value, detail });
});
