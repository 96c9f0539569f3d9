import { stringifySearchParams } from '../../lib/searchParams.ts';
import {
  activeFilters,
  parseRequestsSearch,
  toFilters,
  validateRequestsSearch,
  withFilter,
  withoutFilter,
} from './requestsSearch.ts';

const ID = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';

test('a part of the address that makes no sense is left out, the rest stays', () => {
  expect(parseRequestsSearch({ status: 'sleepy', model: 'gpt-4.1', id: 'nonsense', unknown: 'x' })).toEqual({
    model: 'gpt-4.1',
  });
});

test.each([
  [{ range: '2h' }],
  [{ tag: 'nocolon' }],
  [{ tag: '' }],
  [{ model: '' }],
  [{ model: ['a', 'b'] }],
  [{ from: 'yesterday' }],
  [{ from: '2026-11-10' }],
  [{ id: 'x' }],
  [{ constructor: 'x', limit: '7' }],
])('the router is told to leave %j out', (raw) => {
  const given = validateRequestsSearch({ ...raw, status: 'error' });
  expect(stringifySearchParams({ ...raw, ...given })).toBe('?status=error');
});

test('a range that moves counts rather than fixed times, and of times in the wrong order the first', () => {
  const [from, to] = ['2026-11-24T12:00:00Z', '2026-11-20T12:00:00Z'];
  expect(parseRequestsSearch({ range: '1h', from, to })).toEqual({ range: '1h' });
  expect(parseRequestsSearch({ from, to })).toEqual({ from });
  expect(parseRequestsSearch({ from: to, to: from })).toEqual({ from: to, to: from });
});

test('one tag and several tags read the same way', () => {
  expect(parseRequestsSearch({ tag: 'env:prod' })).toEqual({ tag: ['env:prod'] });
  expect(parseRequestsSearch({ tag: ['env:prod', 'a:b'] })).toEqual({ tag: ['env:prod', 'a:b'] });
});

test('the server is asked for filters only, a range as its beginning', () => {
  const search = parseRequestsSearch({ range: '1h', status: 'error', cursor: 'abc', id: ID });
  expect(toFilters(search, Date.parse('2026-11-24T12:00:30.000Z'))).toEqual({
    status: 'error',
    from: '2026-11-24T11:00:00.000Z',
  });
});

test('a new filter starts on the first page with nothing open, and tags add up', () => {
  const search = parseRequestsSearch({ tag: 'env:prod', cursor: 'abc', id: ID });
  expect(withFilter(search, 'tag', 'team:a')).toEqual({ tag: ['env:prod', 'team:a'] });
  expect(withFilter(search, 'model', 'gpt-4.1')).toEqual({ tag: ['env:prod'], model: 'gpt-4.1' });
});

test('each value is cleared on its own', () => {
  const search = parseRequestsSearch({ tag: ['env:prod', 'a:b'], status: 'error' });
  const [status, first] = activeFilters(search);
  expect(status && withoutFilter(search, status)).toEqual({ tag: ['env:prod', 'a:b'] });
  expect(first && withoutFilter(search, first)).toEqual({ status: 'error', tag: ['a:b'] });
});
