import { highlightCode } from './highlightCode.ts';

test('an address is no comment', () => {
  const code = 'npm install http://localhost:8000/sdk/promptlab.tgz openai';
  expect(highlightCode(code)).toEqual([{ text: code, kind: 'plain' }]);
});

test('strings, keywords and comments are told apart, and no character is lost', () => {
  const code = "const a = 'http://x'; // new 'b'\nawait run();";
  const tokens = highlightCode(code);
  expect(tokens.map(({ text }) => text).join('')).toBe(code);
  expect(tokens.filter(({ kind }) => kind !== 'plain')).toEqual([
    { text: 'const', kind: 'keyword' },
    { text: "'http://x'", kind: 'string' },
    { text: "// new 'b'", kind: 'comment' },
    { text: 'await', kind: 'keyword' },
  ]);
});
