import { listSearch } from './reportRows.ts';

test('the list behind a figure is that of its group and of nothing else', () => {
  const search = { by: 'release', a: '1', b: '2', t: '30d', env: 'prod' };
  const group = { q: 'team:x release:2', from: null, to: null };
  expect(
    listSearch(search, 'release', { ...group, q: 'release:2' }, { terms: [{ field: 'status', value: 'error' }] }),
  ).toEqual({ q: 'release:2 status:error', t: '30d', env: 'prod' });
  expect(listSearch(search, 'env', { ...group, q: 'env:dev' })).toEqual({ q: 'env:dev', t: '30d' });
  const period = { q: '', from: '2026-11-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z' };
  expect(listSearch(search, 'period', period)).toEqual({ t: '2026-11-01T00:00Z..2026-11-02T00:00Z', env: 'prod' });
});
