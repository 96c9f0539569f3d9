import { countValues } from './jsonStructure.ts';

const count = (text: string, most = Infinity) => countValues(Buffer.from(text), most);

/** What the scan must find, told by JSON.parse itself. */
function countParsed(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const members = Object.values(value);
  return 1 + Math.max(members.length - 1, 0) + members.reduce((sum: number, member) => sum + countParsed(member), 0);
}

test.each([
  ['an object in a list', [{ a: 1, b: [1, 2, 3] }, {}]],
  ['commas and brackets in words', { a: ',,,[[[{{{', b: [',', '[{'] }],
  ['long words', ['x,'.repeat(1_000), { a: `${'y'.repeat(47)},`, b: `${'z'.repeat(48)}[` }]],
  ['escaped quotes', ['"', '"'.repeat(200), `${'a'.repeat(60)}","[`, `${'b'.repeat(46)}"",{`]],
  ['escaped backslashes', ['\\', '\\'.repeat(101), `${'a'.repeat(60)}\\`, { b: `${'c'.repeat(47)}\\",[` }, 'd']],
  ['words of many bytes', ['ключ, 键 [ 🔑 {', { é: 'é,'.repeat(50) }]],
])('counts values and no words: %s', (_, value) => {
  expect(count(JSON.stringify(value))).toBe(countParsed(value));
});

test('any mix of quotes, backslashes and words is told apart', () => {
  for (let round = 0; round < 500; round++) {
    const words = Array.from({ length: 5 }, () =>
      Array.from({ length: Math.floor(Math.random() * 120) }, () => 'a"\\,[{'.charAt(Math.random() * 6)).join(''),
    );
    expect([words, count(JSON.stringify(words))]).toEqual([words, countParsed(words)]);
  }
});

test('ends where there are too many, and at the end of what is broken', () => {
  expect(count('[1,2,3,4,5]', 3)).toBe(4);
  expect(count('["abc,')).toBe(1);
  expect(count(`["${'\\'.repeat(77)}`)).toBe(1);
});

test('10 MB of escaped quotes take no longer than parsing them', () => {
  const bytes = Buffer.from(`["${'\\"'.repeat(5_000_000)}"]`);
  const started = performance.now();
  expect(countValues(bytes, Infinity)).toBe(1);
  expect(performance.now() - started).toBeLessThan(2_000);
});
