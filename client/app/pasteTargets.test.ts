import { pasteTargets } from './pasteTargets.ts';

const ID = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';
const kinds = (text: string) => pasteTargets(text).map(({ kind, value }) => `${kind} ${value}`);

test('an id leads to its request and its trace, a link to what it shows, a query to the list', () => {
  expect(kinds(ID.toUpperCase())).toEqual([`request ${ID}`, `trace ${ID.toUpperCase()}`]);
  expect(kinds(`http://localhost:8000/requests?id=${ID}&q=x`)).toEqual([`request ${ID}`]);
  expect(kinds('http://localhost:8000/traces/order%2F42?t=1h')).toEqual(['trace order/42']);
  expect(kinds('status:error -env:dev')).toEqual(['query status:error -env:dev']);
  expect(kinds('set')).toEqual([]);
});
