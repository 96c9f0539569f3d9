import fc from 'fast-check';
import { countValues, scanJson } from './jsonStructure.ts';

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

const mayBeInexact = (text: string) => scanJson(Buffer.from(text)).mayBeInexact;

test.each(['107505301260286117', '10.50', '1.0', '-0', '-0.0', '1E5', '1e-7', '0.0000001', '1234567.1234567890123'])(
  '%s may lose digits, wherever it stands',
  (literal) => {
    for (const text of [literal, `[${literal}]`, `{"a" : ${literal} }`, `[1,${literal},"x"]`]) {
      expect(mayBeInexact(text)).toBe(true);
    }
  },
);

test('ordinary numbers lose none, and what stands in a text is none', () => {
  expect(mayBeInexact('{"a":1,"b":[-2,0,0.5,812.25,-0.000001,1764159600000]}')).toBe(false);
  expect(mayBeInexact('{"at":"2026-11-26T12:30:00.000Z","words":"costs 10.50, or \\"1.0\\""}')).toBe(false);
});

test('where the look at the bytes finds none, JSON.parse keeps every digit', () => {
  const literal = fc.stringMatching(/^-?(0|[1-9]\d{0,15})(\.\d{1,9})?$/);
  fc.assert(
    fc.property(fc.array(literal, { minLength: 1, maxLength: 3 }), (literals) => {
      const text = `{"a":[${literals.join(',')}]}`;
      expect(mayBeInexact(text) || JSON.stringify(JSON.parse(text)) === text).toBe(true);
    }),
    { numRuns: 5_000 },
  );
});
