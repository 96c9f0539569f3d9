import fc from 'fast-check';
import { familyOf, readTree, type TreeNode } from './tree.ts';

const node = (id: string, parent_id: string | null, what: 'llm' | 'embedding' | 'step' | 'other'): TreeNode => ({
  id,
  parent_id,
  family: what === 'llm' || what === 'embedding' ? what : null,
  uncounted: null,
  answer: null,
  isKept: what !== 'other',
});
const read = (...nodes: TreeNode[]) => {
  const { outer, needed } = readTree(nodes);
  return { outer: [...outer].toSorted(), needed: [...needed].toSorted() };
};

test('a call around a call of its family is an outer one, however many steps lie between', () => {
  const nodes = [node('a', null, 'llm'), node('b', 'a', 'step'), node('c', 'b', 'other'), node('d', 'c', 'llm')];
  expect(read(...nodes)).toEqual({ outer: ['a'], needed: ['c'] });
  expect(read(...nodes.toReversed())).toEqual({ outer: ['a'], needed: ['c'] });
  expect(read(...nodes, node('e', 'd', 'llm')).outer).toEqual(['a', 'd']);
});

test('a call of another family below it is no repetition of it', () => {
  expect(read(node('a', null, 'llm'), node('b', 'a', 'embedding')).outer).toEqual([]);
  expect(read(node('a', null, 'embedding'), node('b', 'a', 'embedding')).outer).toEqual(['a']);
});

test('calls beside each other with one answer, at the same time, are one call: that which began first', () => {
  const twin = (id: string, startMs: number, endMs: number, answer = 'msg-1'): TreeNode => ({
    ...node(id, 'root', 'llm'),
    answer: { trace_id: 't', id: answer, startMs, endMs },
  });
  const around = twin('z', 0, 10);
  const nodes = [around, twin('a', 0, 9), twin('b', 2, 8)];
  expect(read(...nodes).outer).toEqual(['a', 'b']);
  expect(read(...nodes.toReversed()).outer).toEqual(['a', 'b']);
  // From a cache, of another answer, of another family.
  expect(read(around, twin('a', 10, 20), twin('b', 1, 2, 'msg-2')).outer).toEqual([]);
  expect(read(around, { ...twin('a', 1, 2), family: 'embedding' }).outer).toEqual([]);
  // Traces that came together are read together; what is in one says nothing of another.
  const elsewhere = { ...twin('a', 1, 2), answer: { trace_id: 'u', id: 'msg-1', startMs: 1, endMs: 2 } };
  expect(read(around, elsewhere).outer).toEqual([]);
});

test('what is around a call that counts elsewhere is around a call', () => {
  const told: TreeNode = { ...node('b', 'a', 'step'), uncounted: 'llm' };
  expect(read(node('a', null, 'llm'), told).outer).toEqual(['a']);
  expect(read(node('a', null, 'embedding'), told).outer).toEqual([]);
});

test('what is not known between two spans separates them', () => {
  expect(read(node('a', null, 'llm'), node('c', 'b', 'llm'))).toEqual({ outer: [], needed: [] });
});

test('a span without AI work is needed where something is kept below it, and not beside it', () => {
  const nodes = [node('root', null, 'other'), node('db', 'root', 'other'), node('tool', 'root', 'step')];
  expect(read(...nodes).needed).toEqual(['root']);
});

test('parents that form a ring end the climb', () => {
  expect(read(node('a', 'a', 'llm'))).toEqual({ outer: [], needed: [] });
  expect(read(node('a', 'b', 'llm'), node('b', 'a', 'llm')).outer).toEqual(['a', 'b']);
  expect(
    read(node('a', 'b', 'other'), node('b', 'c', 'other'), node('c', 'a', 'other'), node('d', 'a', 'llm')),
  ).toEqual({
    outer: [],
    needed: ['a', 'b', 'c'],
  });
});

test('it says what the definition says, in any order of the nodes', () => {
  const tree = fc
    .array(fc.record({ up: fc.nat(7), what: fc.constantFrom('llm', 'embedding', 'step', 'other' as const) }), {
      minLength: 1,
      maxLength: 12,
    })
    .map((spans) =>
      spans.map(({ up, what }, index) => node(`s${index}`, up > index || up === 0 ? null : `s${index - up}`, what)),
    );
  fc.assert(
    fc.property(tree, fc.infiniteStream(fc.nat()), (nodes, random) => {
      const byId = new Map(nodes.map((one) => [one.id, one]));
      const isBelow = (low: TreeNode, id: string): boolean =>
        low.parent_id !== null && (low.parent_id === id || isBelow(byId.get(low.parent_id) ?? low, id));
      const below = (id: string) => nodes.filter((low) => isBelow(low, id));
      const shuffled = nodes
        .map((one) => ({ one, at: random.next().value as number }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ one }) => one);
      expect(read(...shuffled)).toEqual({
        outer: nodes
          .filter(({ id, family }) => family && below(id).some((low) => low.family === family))
          .map(({ id }) => id)
          .toSorted(),
        needed: nodes
          .filter(({ id, isKept }) => !isKept && below(id).some((low) => low.isKept))
          .map(({ id }) => id)
          .toSorted(),
      });
    }),
    { numRuns: 500 },
  );
});

test.each([
  [null, 'llm'],
  ['chat.completions', 'llm'],
  ['embeddings', 'embedding'],
  ['rerank', 'reranker'],
])('a request to %s is of the family %s', (endpoint, family) => {
  expect(familyOf(endpoint)).toBe(family);
});
