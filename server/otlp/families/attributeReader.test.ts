import { ExactNumber } from '#shared/exactJson';
import type { JsonObject } from '#shared/primitives';
import { AttributeReader } from './attributeReader.ts';

const readerOf = (attributes: JsonObject) => new AttributeReader(new Map(Object.entries(attributes)));

describe('counts', () => {
  test.each([
    [12, 12],
    [12.0, 12],
    ['12', 12],
    [' 12 ', 12],
    [new ExactNumber('12.0') as unknown as string, 12],
    [0, 0],
  ])('%p is %p', (given, count) => {
    const reader = readerOf({ n: given });
    expect([reader.count('n'), [...reader.notes]]).toEqual([count, []]);
  });

  test.each([[-1], [1.5], ['NaN'], ['Infinity'], [Number.NaN], [2e9], ['twelve'], [true], [[1]]])(
    '%p is none, and that is noted',
    (given) => {
      const reader = readerOf({ n: given });
      expect([reader.count('n'), [...reader.notes]]).toEqual([null, ['bad_token_count']]);
    },
  );

  test('what is not there is null, and nothing is noted', () => {
    const reader = readerOf({ empty: '' });
    expect([reader.count('n'), reader.count('empty'), [...reader.notes]]).toEqual([null, null, []]);
  });
});

describe('JSON', () => {
  test('cut off at the limit of an exporter: the text is kept, and noted', () => {
    const reader = readerOf({ m: '[{"role":"user","content":"Hel' });
    expect(reader.json('m')).toBe('[{"role":"user","content":"Hel');
    expect([...reader.notes]).toEqual(['truncated']);
  });

  test('prose in brackets is prose', () => {
    const reader = readerOf({ m: '[INST] Hello', n: '{name}, hello' });
    expect([reader.json('m'), reader.json('n'), [...reader.notes]]).toEqual(['[INST] Hello', '{name}, hello', []]);
  });

  test('nested beyond what a log may be stays text, of any depth', () => {
    const deep = `${'['.repeat(1_000)}${']'.repeat(1_000)}`;
    expect(readerOf({ m: deep }).json('m')).toBe(deep);
    const endless = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    expect(readerOf({ m: endless }).json('m')).toBe(endless);
  });

  test('a structure is taken as it is', () => {
    expect(readerOf({ m: [{ role: 'user' }] }).json('m')).toEqual([{ role: 'user' }]);
  });
});

describe('indexed attributes', () => {
  test('are lists and objects again, in the order of their indexes', () => {
    const reader = readerOf({
      'm.1.message.role': 'assistant',
      'm.0.message.role': 'user',
      'm.1.message.tool_calls.0.tool_call.function.name': 'f',
      'm.name': 'not of the list',
    });
    expect(reader.list('m.')).toEqual([
      { message: { role: 'user' } },
      { message: { role: 'assistant', tool_calls: [{ tool_call: { function: { name: 'f' } } }] } },
    ]);
    expect(reader.rest()).toEqual({ 'm.name': 'not of the list' });
  });

  test('an index of any size takes the memory of one entry', () => {
    const reader = readerOf({ 'm.999999999.role': 'user', 'm.3.role': 'system' });
    expect(reader.list('m.')).toEqual([{ role: 'system' }, { role: 'user' }]);
  });

  test('beyond 10,000 the rest is left out, and that is noted', () => {
    const many = Object.fromEntries(Array.from({ length: 12_000 }, (_, index) => [`m.${index}.content`, 'x']));
    const reader = readerOf(many);
    expect(reader.list('m.')).toHaveLength(10_000);
    expect([...reader.notes]).toEqual(['too_many_attributes']);
  });

  test('names that mean something to JavaScript change nothing', () => {
    const reader = readerOf({
      'm.0.__proto__.polluted': 'yes',
      'm.0.constructor.prototype.x': 'yes',
      'm.0.role': 'user',
    });
    expect(reader.list('m.')).toEqual([{ role: 'user' }]);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
    expect(JSON.stringify(readerOf(JSON.parse('{"x.__proto__":1}') as JsonObject).below('x.'))).toBe('{"__proto__":1}');
  });
});

test('what nobody read is the rest', () => {
  const reader = readerOf({ a: 1, 'b.c': 2, 'b.d': 3, e: 4 });
  reader.text('a');
  reader.below('b.');
  expect(reader.rest()).toEqual({ e: 4 });
});
