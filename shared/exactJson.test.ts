import fc from 'fast-check';
import { ExactNumber, parseExactJson, stringifyExactJson } from './exactJson.ts';

const roundTrip = (text: string) => stringifyExactJson(parseExactJson(text));

test.each([
  '107505301260286117',
  '9223372036854775807',
  '-9054686819491029395',
  '19876543210987654321',
  '10.50',
  '1.0',
  '-0',
  '-0.0',
  '1E5',
  '1e+2',
  '1e-7',
  '1e400',
  '0.1000',
  '0.0000001',
  '0.30000000000000004441',
  '1234567.1234567890123',
  `1${'0'.repeat(30)}`,
])('%s keeps its digits, wherever it stands', (literal) => {
  for (const text of [literal, `[${literal}]`, `{"a":${literal},"b":[1,{"c":${literal}}]}`, `[1,${literal},"x"]`]) {
    expect(roundTrip(text)).toBe(text);
  }
  const spaced = parseExactJson(`{ "a" :\n\t${literal} }`) as { a: ExactNumber | number };
  expect(Number(spaced.a instanceof ExactNumber ? spaced.a.literal : spaced.a)).toBe(Number(literal));
});

test.each(['0', '-1', '12', '0.7', '283.75', '1.5e-7', '9007199254740991', '0.30000000000000004', '1e+21'])(
  '%s is a number like any other',
  (literal) => {
    expect(parseExactJson(literal)).toBe(Number(literal));
  },
);

test('what looks like a number in a text is text', () => {
  const text = JSON.stringify({
    'a 10.50, "1.0" \\': 'costs 10.50, or 1.0 \\" 107505301260286117 ]',
    arguments: '{"order":107505301260286117,"price":10.50}',
    long: `${'x'.repeat(50)} 1.0, \\"`,
    end: '\\',
  });
  expect(parseExactJson(text)).toEqual(JSON.parse(text));
});

test.each([
  '{"a":1.0',
  '{1.0:2}',
  '{"a":1,1.0:2}',
  '{"a":01.0}',
  '[1.0.0]',
  '[1.]',
  '[+1.0]',
  '[1.0 2.0]',
  '1.0"x"',
  '"1.0',
])('%s is refused as JSON.parse refuses it', (text) => {
  expect(() => parseExactJson(text)).toThrow(SyntaxError);
  const messageOf = (parse: (text: string) => unknown) => {
    try {
      return parse(text);
    } catch (error) {
      return String(error);
    }
  };
  expect(messageOf(parseExactJson)).toBe(messageOf((given) => JSON.parse(given) as unknown));
});

test('a key named __proto__ stays a key', () => {
  const text = '{"__proto__":1.0,"constructor":{"__proto__":{"a":2.50}}}';
  const parsed = parseExactJson(text) as object;
  expect(Object.keys(parsed)).toEqual(['__proto__', 'constructor']);
  expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  expect(stringifyExactJson(parsed)).toBe(text);
});

test('nesting has no bound here', () => {
  const text = `${'['.repeat(50_000)}1.0${']'.repeat(50_000)}`;
  let inner = parseExactJson(text);
  while (Array.isArray(inner)) inner = inner[0];
  expect(inner).toEqual(new ExactNumber('1.0'));
});

test('any other serializer gets the nearest number', () => {
  expect(JSON.stringify({ a: new ExactNumber('10.50') })).toBe('{"a":10.5}');
});

const numberText = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.bigInt({ min: 0n, max: 10n ** 25n }),
    fc.stringMatching(/^(\.\d{1,18})?([eE][+-]?\d{1,2})?$/),
  )
  .map(([sign, whole, rest]) => `${sign}${whole}${rest}`);

test('every number comes back as it was written or as JavaScript writes it, which is the same', () => {
  fc.assert(
    fc.property(numberText, fc.jsonValue(), (literal, beside) => {
      const text = `{"n":${literal},"beside":${JSON.stringify(beside)},"list":[${literal},${literal}]}`;
      expect(roundTrip(text)).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});

test('JSON without such numbers is what JSON.parse makes of it', () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: 'binary' }), (text) => {
      expect(JSON.parse(roundTrip(text))).toEqual(JSON.parse(text));
    }),
  );
});
