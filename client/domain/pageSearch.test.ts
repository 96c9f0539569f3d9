import fc from 'fast-check';
import { parseSearchParams, stringifySearchParams } from '../lib/searchParams.ts';
import {
  changeSearch,
  readSearch,
  sayLeftOut,
  sharedSearch,
  toFilters,
  validateSearch,
  withoutPlace,
} from './pageSearch.ts';

const ID = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';
const PLACE = Buffer.from(JSON.stringify(['next', '2026-11-20T00:00:00Z', ID])).toString('base64url');
const read = (address: string) => readSearch(parseSearchParams(address));

test('an address is read as it was written', () => {
  const address = `?q=status:error -env:dev&t=24h&env=prod&sort=-latency&id=${ID}&tab=raw&after=${PLACE}&cols=time,model&density=m`;
  expect(read(address)).toEqual({
    q: 'status:error -env:dev',
    t: '24h',
    env: 'prod',
    sort: '-latency',
    id: ID,
    tab: 'raw',
    after: PLACE,
    cols: 'time,model',
    density: 'm',
  });
});

test.each([
  ['status=error&model=gpt-4.1', { q: 'status:error model:gpt-4.1' }],
  ['tag=env:prod&tag=team:a b', { q: 'tag.env:prod tag.team:"a b"' }],
  ['q=latency:>2s OR has:error&user_id=u1', { q: '(latency:>2s OR has:error) user:u1' }],
  ['range=7d&from=2026-11-20T00:00:00Z', { t: '7d' }],
  ['from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z', { t: '2026-11-20T00:00:00Z..2026-11-21T00:00:00Z' }],
  ['to=2026-11-21T00:00:00Z', { t: '..2026-11-21T00:00:00Z' }],
  [`cursor=${PLACE}&trace_id=t 1`, { after: PLACE, q: 'trace:"t 1"' }],
  ['environment=prod&t=1h', { q: 'env:prod', t: '1h' }],
])('the older link %s means what it meant', (address, expected) => {
  expect(read(address)).toEqual(expected);
});

test.each([
  ['range=2h', 'range=2h'],
  ['status=banana', 'status=banana'],
  ['q=latncy:>2s', 'q=latncy:>2s'],
  ['t=yesterday', 't=yesterday'],
  ['tag=nocolon&tag=a:b', 'tag=nocolon'],
  ['model=a&model=b', 'model=a, model=b'],
  ['id=x&from=yesterday', 'id=x, from=yesterday'],
  ['from=2020-01-02T00:00:00Z&to=2020-01-01T00:00:00Z', 'to=2020-01-01T00:00:00Z'],
  ['cursor=<x>&sort=;drop&cols=A', 'sort=;drop, cols=A, cursor=<x>'],
  ['sort=bad', 'sort=bad'],
  ['sort=-nothing&after=zzz', 'sort=-nothing, after=zzz'],
  // Cut when it was copied.
  [`before=${PLACE.slice(0, 40)}`, `before=${PLACE.slice(0, 40)}`],
  ['foo=bar&leftOut=x&constructor=1', 'foo=bar, leftOut=x, constructor=1'],
  ['q=&model=&tag=&__proto__=x', null],
])('of %s is left out what cannot be read, and said', (address, said) => {
  const search = read(address);
  expect(said === null ? toFilters(search, 0).q : sayLeftOut(search)).toBe(said ?? undefined);
  expect(toFilters(search, 0)).not.toHaveProperty('leftOut');
});

test('what was left out stays in the address as it was, until something else is asked for', () => {
  const search = read('range=2h&status=error');
  expect(stringifySearchParams({ ...search })).toBe('?q=status:error&range=2h');
  expect(stringifySearchParams({ ...changeSearch(search, { id: undefined }) })).toBe('?q=status:error&range=2h');
  expect(stringifySearchParams({ ...changeSearch(search, { t: '24h' }) })).toBe('?q=status:error&t=24h');
});

test('a place in the list is lost with another list, and kept while a request is opened', () => {
  const search = read(`q=has:error&after=${PLACE}&id=${ID}`);
  expect(changeSearch(search, { tab: 'raw' })).toMatchObject({ after: PLACE, tab: 'raw' });
  expect(changeSearch(search, { q: undefined })).toEqual({ id: ID });
  expect(changeSearch(search, { before: 'xyz' })).toEqual({ q: 'has:error', id: ID, before: 'xyz' });
  expect(sharedSearch(read(`q=has:error&t=1h&env=prod&after=${PLACE}`))).toEqual({ t: '1h', env: 'prod' });
});

test('a list that begins anew still says what could not be read', () => {
  const search = withoutPlace(read(`q=model:%22&env=prod&after=${PLACE}`));
  expect([search.env, search.after, sayLeftOut(search)]).toEqual(['prod', undefined, 'q=model:"']);
});

test('the server is asked for the query, the time and the environment', () => {
  expect(toFilters(read('q=has:error&t=1h&env=prod&sort=-cost'), Date.parse('2026-11-24T12:00:30.000Z'))).toEqual({
    q: 'has:error',
    environment: 'prod',
    from: '2026-11-24T11:00:00.000Z',
  });
});

const names = fc.constantFrom(
  'q',
  't',
  'env',
  'sort',
  'id',
  'after',
  'before',
  'range',
  'status',
  'tag',
  'from',
  'to',
  'x',
  'leftOut',
);
const values = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('1h', ID, PLACE, '-cost', 'a:b', 'error', '2026-01-01T00:00:00Z'),
);

test('whatever an address holds, what was read of it is read again as it is, and the router keeps nothing else', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(names, values), { maxLength: 8 }), (pairs) => {
      const raw = parseSearchParams(new URLSearchParams(pairs).toString());
      const search = readSearch(raw);
      const address = stringifySearchParams({ ...raw, ...validateSearch(raw) });
      expect(readSearch(parseSearchParams(address))).toEqual(search);
      const again = parseSearchParams(address);
      expect(stringifySearchParams({ ...again, ...validateSearch(again) })).toBe(address);
    }),
    { numRuns: 1_000 },
  );
});
