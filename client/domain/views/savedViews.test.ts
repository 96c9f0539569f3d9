import type { SavedView } from '#shared/view';
import { addressOf, isBare, isEdited, viewSearchOf } from './savedViews.ts';

const view = (search: SavedView['search']) => ({ id: 'v1', name: 'Errors', search }) as SavedView;

test('a view keeps what is listed and how it looks, and not what is open or where', () => {
  const address = {
    q: 'status:error',
    t: '24h',
    sort: '-latency',
    id: 'x',
    after: 'y',
    v: 'z',
    tab: 'raw',
    cols: 'time',
  };
  expect(viewSearchOf(address as never)).toEqual({ q: 'status:error', t: '24h', sort: '-latency', cols: 'time' });
});

test('an address says all of its view, and the environment that is pinned stays', () => {
  expect(addressOf(view({ q: 'a' }), { env: 'prod', t: '7d', q: 'b' })).toEqual({ env: 'prod', q: 'a', v: 'v1' });
  expect(addressOf(view({ env: 'dev' }), { env: 'prod' })).toEqual({ env: 'dev', v: 'v1' });
});

test('a view is edited where the address differs from it', () => {
  const saved = view({ q: 'a', t: '24h' });
  expect(isEdited(saved, addressOf(saved, {}))).toBe(false);
  expect(isEdited(saved, { q: 'a', t: '24h', env: 'prod' })).toBe(false);
  expect(isEdited(saved, { q: 'a' })).toBe(true);
  expect(isEdited(saved, { q: 'a', t: '24h', sort: 'cost' })).toBe(true);
});

test('what all pages share leaves an address bare', () => {
  expect(isBare({ t: '24h', env: 'prod' })).toBe(true);
  expect(isBare({ q: 'a' })).toBe(false);
});
