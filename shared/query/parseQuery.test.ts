import fc from 'fast-check';
import { QUERY_PRESETS } from './fields.ts';
import type { AskedValue } from './tokens.ts';
import { parseQuery, QUERY_LIMITS, type Query, type WordsPart } from './parseQuery.ts';

const parse = (text: string) => parseQuery(text).query;
const problemOf = (text: string) => parseQuery(text).problem;
const model = (value: AskedValue): Query => ({ kind: 'text', field: 'model', value });
const words = (value: string, part: WordsPart = 'any'): Query => ({ kind: 'words', part, value });

test.each<[string, Query | null]>([
  ['', null],
  ['   ', null],
  ['model:gpt-4o', model('gpt-4o')],
  ['MODEL:gpt-4o', model('gpt-4o')],
  ['model:gpt-*', model({ like: 'gpt-*' })],
  ['model:"a \\\\ *"', model({ like: 'a \\\\ *' })],
  ['model:a\\*b', model('a*b')],
  ['model:"a\\*b"', model('a*b')],
  ['model:a\\*b*', model({ like: 'a\\*b*' })],
  ['model:C:\\new', model('C:\\new')],
  ['model:"\\n\\\\n"', model('n\\n')],
  ['model:""', model('')],
  ['tag.team:("" OR x)', { kind: 'or', of: ['', 'x'].map((value): Query => ({ kind: 'tag', key: 'team', value })) }],
  ['model:"a b"', model('a b')],
  ['model:"say \\"hi\\" \\\\ "', model('say "hi" \\ ')],
  ['model:a:b', model('a:b')],
  ['environment:prod', { kind: 'text', field: 'env', value: 'prod' }],
  ['model:a model:b', { kind: 'and', of: [model('a'), model('b')] }],
  ['model:a OR model:b', { kind: 'or', of: [model('a'), model('b')] }],
  ['model:a OR model:b model:c', { kind: 'or', of: [model('a'), { kind: 'and', of: [model('b'), model('c')] }] }],
  ['(model:a OR model:b) model:c', { kind: 'and', of: [{ kind: 'or', of: [model('a'), model('b')] }, model('c')] }],
  ['model:(a OR "b c")', { kind: 'or', of: [model('a'), model('b c')] }],
  [
    'tag.team:(a b)',
    {
      kind: 'and',
      of: [
        { kind: 'tag', key: 'team', value: 'a' },
        { kind: 'tag', key: 'team', value: 'b' },
      ],
    },
  ],
  ['-model:a', { kind: 'not', of: model('a') }],
  ['--model:a', { kind: 'not', of: { kind: 'not', of: model('a') } }],
  ['-(model:a OR model:b)', { kind: 'not', of: { kind: 'or', of: [model('a'), model('b')] } }],
  ['model:gpt-4o-mini', model('gpt-4o-mini')],
  ['latency:>2s', { kind: 'number', field: 'latency', operator: '>', value: 2_000 }],
  ['ttft:<=300ms', { kind: 'number', field: 'ttft', operator: '<=', value: 300 }],
  ['latency:1.5m', { kind: 'number', field: 'latency', operator: '=', value: 90_000 }],
  ['cost:>=$0.05', { kind: 'number', field: 'cost', operator: '>=', value: 0.05 }],
  ['tokens:>8K', { kind: 'number', field: 'tokens', operator: '>', value: 8_000 }],
  ['tokens:>8k', { kind: 'number', field: 'tokens', operator: '>', value: 8_000 }],
  ['in:<2M', { kind: 'number', field: 'in', operator: '<', value: 2_000_000 }],
  ['started:2h', { kind: 'time', operator: '=', value: { agoMs: 7_200_000 } }],
  ['started:>=2026-08-01', { kind: 'time', operator: '>=', value: { at: '2026-08-01T00:00:00.000Z' } }],
  ['started:<2026-08-01T12:00:00+02:00', { kind: 'time', operator: '<', value: { at: '2026-08-01T10:00:00.000Z' } }],
  ['has:error', { kind: 'has', what: 'error' }],
  ['refund', words('refund')],
  ['refund policy', { kind: 'and', of: [words('refund'), words('policy')] }],
  ['"refund policy"', words('refund policy')],
  ['-refund OR 50%', { kind: 'or', of: [{ kind: 'not', of: words('refund') }, words('50%')] }],
  ['"https://x" "OR" "-a" a*b_\\', { kind: 'and', of: ['https://x', 'OR', '-a', 'a*b_\\'].map((each) => words(each)) }],
  ['北京', words('北京')],
  [
    'input:refund response:"late parcel"',
    { kind: 'and', of: [words('refund', 'input'), words('late parcel', 'response')] },
  ],
  ['messages:(a OR b)', { kind: 'or', of: [words('a', 'input'), words('b', 'input')] }],
  ['tag.team:support', { kind: 'tag', key: 'team', value: 'support' }],
  ['meta."my key":x', { kind: 'meta', key: 'my key', value: 'x' }],
  [`hash:${'AB'.repeat(16)}`, { kind: 'text', field: 'hash', value: 'ab'.repeat(16) }],
  [`request_hash:${'0'.repeat(32)}`, { kind: 'text', field: 'hash', value: '0'.repeat(32) }],
  [`prefix:${'1'.repeat(32)}`, { kind: 'text', field: 'prefix', value: '1'.repeat(32) }],
  ['has:retry', { kind: 'has', what: 'retry' }],
  ['model:a AND model:b', { kind: 'and', of: [model('a'), model('b')] }],
  ['model:(a AND b)', { kind: 'and', of: [model('a'), model('b')] }],
  ['"AND" "NOT" and not', { kind: 'and', of: ['AND', 'NOT', 'and', 'not'].map((each) => words(each)) }],
  ['TAG.team:x', { kind: 'tag', key: 'team', value: 'x' }],
  ['meta.__proto__:x', { kind: 'meta', key: '__proto__', value: 'x' }],
])('%s', (text, query) => {
  expect(parseQuery(text)).toEqual({ query, problem: null });
});

test.each<[string, RegExp, [number, number]]>([
  ['modle:x', /`modle` is not a field \(did you mean `model`\?\)/, [0, 7]],
  ['status:error latncy:>2s', /did you mean `latency`/, [13, 23]],
  ['https://x', /`https` is not a field .*in quotation marks/, [0, 9]],
  ['a ""', /nothing between the quotation marks/, [2, 4]],
  ['model:', /wants a value/, [0, 6]],
  ['is:', /such as is:slow/, [0, 3]],
  ['status:', /such as status:success/, [0, 7]],
  ['latency:', /such as latency:>2s/, [0, 8]],
  ['tag:team', /`tag` wants a name, such as tag\.name:value/, [0, 8]],
  ['AND', /stands between two terms/, [0, 3]],
  ['NOT status:error', /written as "-", such as -status:error/, [0, 3]],
  ['model:(NOT a)', /Between these brackets stand values/, [7, 10]],
  ['status:failed', /is one of success, error, aborted, incomplete/, [0, 13]],
  ['latency:fast', /wants a duration, such as >2s/, [0, 12]],
  ['latency:>2k', /wants a duration/, [0, 11]],
  ['cost:>1ms', /wants a number of US dollars/, [0, 9]],
  ['started:yesterday', /wants a time/, [0, 17]],
  ['started:2026-13-45', /wants a time/, [0, 18]],
  ['started:2026-02-30', /wants a time/, [0, 18]],
  ['started:2026-02-30T10:00Z', /wants a time/, [0, 25]],
  ['started:2026-08-01T12:00', /T12:00Z/, [0, 24]],
  ['hash:abc', /`hash` wants a hash of a request, which has 32 hexadecimal digits/, [0, 8]],
  ['prefix:*', /`prefix` wants a hash/, [0, 8]],
  ['has:fun', /`has` is one of error, usage/, [0, 7]],
  ['model:"a', /quotation mark is not closed/, [6, 8]],
  ['(model:a', /"\(" without its "\)"/, [0, 1]],
  ['model:a)', /"\)" without its "\("/, [7, 8]],
  ['model:a OR', /"OR" stands between two terms/, [8, 10]],
  ['OR model:a', /A term is missing/, [0, 2]],
  ['()', /A term is missing/, [1, 2]],
  ['model:(a OR )', /A value is missing/, [0, 6]],
  ['__proto__:x', /is not a field/, [0, 11]],
  ['model:\0', /without NUL/, [6, 7]],
])('%s is a problem at its place', (text, message, [from, to]) => {
  expect(problemOf(text)).toEqual({ message: expect.stringMatching(message), from, to });
});

test('terms, nesting and length are bounded', () => {
  const values = (count: number) => `model:(${Array.from({ length: count }, () => 'a').join(' OR ')})`;
  expect(problemOf(`${values(QUERY_LIMITS.terms - 1)} env:x`)).toBeNull();
  expect(problemOf(`${values(QUERY_LIMITS.terms)} env:x`)?.message).toMatch(/at most 40 terms/);
  expect(problemOf(values(QUERY_LIMITS.terms + 1))?.message).toMatch(/at most 40 terms/);
  expect(problemOf('x'.repeat(QUERY_LIMITS.length + 1))?.message).toMatch(/at most 1000 characters/);
  expect(problemOf('model:a '.repeat(QUERY_LIMITS.terms + 1))?.message).toMatch(/at most 40 terms/);
  expect(problemOf(`${'('.repeat(30)}model:a${')'.repeat(30)}`)?.message).toMatch(/nested 8 times/);
});

test('any text is a query or a problem with a place in it', () => {
  const piece = fc.constantFrom(
    'model:',
    'a',
    '"',
    '(',
    ')',
    ' ',
    '-',
    'OR',
    ':',
    '*',
    '\\',
    'has:error',
    'latency:>',
    '2s',
    'tag.',
    '北',
    '\0',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((pieces) => pieces.join('')),
      ),
      (text) => {
        const { query, problem } = parseQuery(text);
        expect(query === null || problem === null).toBe(true);
        const { from, to, message } = problem ?? { from: 0, to: 0, message: 'Ends.' };
        expect(from <= to && to <= text.length && message.endsWith('.')).toBe(true);
      },
    ),
  );
});

test('what was quoted comes back as it was', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }).filter((value) => value.isWellFormed() && !value.includes('\0')),
      (value) => {
        const quoted = `model:"${value.replaceAll(/["*\\]/g, '\\$&')}"`;
        expect(parse(quoted)).toEqual(model(value));
      },
    ),
  );
});

describe('ranges', () => {
  const parsed = (text: string) => parseQuery(text).query;
  const number = (field: string, operator: string, value: number) => ({ kind: 'number', field, operator, value });

  test.each([
    ['latency:1s..5s', [number('latency', '>=', 1_000), number('latency', '<=', 5_000)]],
    ['cost:0.01..$0.1', [number('cost', '>=', 0.01), number('cost', '<=', 0.1)]],
    ['tokens:1k..8k', [number('tokens', '>=', 1_000), number('tokens', '<=', 8_000)]],
    ['http:500..599', [number('http', '>=', 500), number('http', '<=', 599)]],
  ])('%s holds both ends', (text, of) => expect(parsed(text)).toEqual({ kind: 'and', of }));

  test('an end may be missing', () => {
    expect(parsed('latency:1s..')).toEqual(number('latency', '>=', 1_000));
    expect(parsed('latency:..5s')).toEqual(number('latency', '<=', 5_000));
  });

  test('a day is all of it on whichever side it stands, and a moment is one', () => {
    const [day, next] = ['2026-08-01T00:00:00.000Z', '2026-08-02T00:00:00.000Z'];
    const time = (operator: string, at: string) => ({ kind: 'time', operator, value: { at } });
    expect(parsed('started:>2026-08-01')).toEqual(time('>=', next));
    expect(parsed('started:>=2026-08-01')).toEqual(time('>=', day));
    expect(parsed('started:<=2026-08-01')).toEqual(time('<', next));
    expect(parsed('started:<2026-08-01')).toEqual(time('<', day));
    expect(parsed('started:..2026-08-01')).toEqual(time('<', next));
    expect(parsed('started:>2026-08-01T00:00Z')).toEqual(time('>', day));
  });

  test('of times: a day at the end is all of it, and an age is younger and older', () => {
    expect(parsed('started:2026-08-01..2026-08-03')).toEqual({
      kind: 'and',
      of: [
        { kind: 'time', operator: '>=', value: { at: '2026-08-01T00:00:00.000Z' } },
        { kind: 'time', operator: '<', value: { at: '2026-08-04T00:00:00.000Z' } },
      ],
    });
    expect(parsed('started:7d..1d')).toMatchObject({
      of: [
        { operator: '>=', value: { agoMs: 7 * 86_400_000 } },
        { operator: '<=', value: { agoMs: 86_400_000 } },
      ],
    });
  });

  test.each([
    'started:2026-08-03..2026-08-01',
    'started:1d..7d',
    'latency:..',
    'latency:5s..1s',
    'latency:>1s..5s',
    'latency:1s..x',
    'cost:1...2',
    'started:a..b',
  ])('%s is said to be none', (text) => expect(parseQuery(text).problem?.message).toMatch(/range|wants a/));
});

test.each(Object.entries(QUERY_PRESETS))('is:%s asks the same as its longer text', (name, { query }) => {
  expect(parseQuery(`is:${name}`)).toEqual(parseQuery(query));
  expect(parseQuery(`-is:${name.toUpperCase()} model:x`).problem).toBeNull();
});

test.each([
  ['is:slwo', '`slow`'],
  ['has:uasge', '`usage`'],
  ['status:eror', '`error`'],
  ['calld:x', '`called`'],
  ['error.typ:x', '`error.type`'],
  ['tags.team:x', '`tag.team`'],
  ['metadata.Region:x', '`meta.Region`'],
])('%s: did you mean %s', (text, meant) => {
  expect(parseQuery(text).problem?.message).toContain(`did you mean ${meant}?`);
});

test('what has little in common with any name is not taken for one', () => {
  expect(parseQuery('is:error').problem?.message).not.toContain('did you mean');
  expect(parseQuery('has:foo').problem?.message).not.toContain('did you mean');
});

test('has: takes other names, in any case', () => {
  expect(parseQuery('has:price').query).toEqual({ kind: 'has', what: 'cost' });
  expect(parseQuery('has:TOOLS').query).toEqual({ kind: 'has', what: 'tools' });
  expect(parseQuery('has:__proto__').problem).not.toBeNull();
  expect(parseQuery('is:constructor').problem).not.toBeNull();
});
