import { formatValue } from '#shared/query/tokens';
import { addTerm, readTerms, setTerms } from '#shared/query/terms';
import { readRange, toRangeTerms } from './facetRange.ts';

const valuesOf = (q: string, field: string) =>
  readTerms(q)
    .filter((term) => term.field === field)
    .map(({ value }) => formatValue(value));

test('the ends of a range are written into the query and read from it', () => {
  const q = setTerms('status:error', 'latency', toRangeTerms('2s', '10s'));
  expect(q).toBe('status:error latency:>=2s latency:<=10s');
  expect(readRange(valuesOf(q, 'latency'))).toEqual(['2s', '10s']);
  expect(readRange(valuesOf(addTerm('', { field: 'cost', value: '>$0.1' }), 'cost'))).toEqual(['$0.1', '']);
});

test('an end that is emptied goes, and with both of them the term', () => {
  const q = 'latency:>=2s latency:<=10s model:m';
  expect(setTerms(q, 'latency', toRangeTerms('', '10s'))).toBe('model:m latency:<=10s');
  expect(setTerms(q, 'latency', toRangeTerms('', ''))).toBe('model:m');
});
