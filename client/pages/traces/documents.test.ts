import { readDocuments } from './documents.ts';

test('documents are read in the shapes that libraries give them', () => {
  const one = [{ text: 'Oslo is cold.', score: 0.82, id: 'd1', more: { source: 'a.md' } }];
  expect(readDocuments([{ id: 'd1', content: 'Oslo is cold.', score: '0.82', metadata: { source: 'a.md' } }])).toEqual(
    one,
  );
  expect(
    readDocuments(
      '{"documents":[{"document":{"id":"d1","content":"Oslo is cold.","metadata":{"source":"a.md"}},"score":0.82}]}',
    ),
  ).toMatchObject([{ text: 'Oslo is cold.', id: 'd1', score: 0.82 }]);
  expect(readDocuments([{ page_content: 'Oslo is cold.', metadata: {} }])).toEqual([
    { text: 'Oslo is cold.', score: null, id: null, more: null },
  ]);
});

test('what else a document says is kept', () => {
  expect(readDocuments([{ text: 'Oslo', url: 'https://example.com', metadata: { a: 1 } }])).toEqual([
    { text: 'Oslo', score: null, id: null, more: { url: 'https://example.com', metadata: { a: 1 } } },
  ]);
});

test.each([
  ['words', 'Oslo is cold.'],
  ['nothing', []],
  ['a list in which one has no text', [{ content: 'a' }, { score: 1 }]],
  ['an object of something else', { content: 'a' }],
  ['broken JSON', '[{"content":'],
  ['null', null],
])('%s is left as it is', (_, value) => {
  expect(readDocuments(value)).toBeNull();
});
