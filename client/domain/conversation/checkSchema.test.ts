import { checkSchema } from './checkSchema.ts';

const SCHEMA = {
  type: 'object',
  properties: {
    city: { type: 'string' },
    days: { type: 'array', items: { $ref: '#/$defs/day' } },
  },
  required: ['city', 'days'],
  additionalProperties: false,
  $defs: { day: { type: 'object', properties: { c: { type: 'number' } }, required: ['c'] } },
};

test('a value that fits has no faults', () => {
  expect(checkSchema({ city: 'Oslo', days: [{ c: -3 }] }, SCHEMA)).toEqual({ faults: [], problem: null });
});

test('faults name their place, and nothing is said twice', () => {
  const { faults } = checkSchema({ city: 4, days: [{ c: 'x' }, {}] }, SCHEMA);
  expect(faults.map(({ place }) => place)).toEqual(['/city', '/days/0/c', '/days/1']);
});

test('a member that the schema does not know', () => {
  const { faults } = checkSchema({ city: 'Oslo', days: [], more: 1 }, SCHEMA);
  expect(faults.map(({ place, message }) => `${place} ${message}`).join()).toContain('more');
});

test('types as Gemini writes them', () => {
  const schema = { type: 'OBJECT', properties: { name: { type: 'STRING', nullable: true } } };
  expect(checkSchema({ name: null }, schema).faults).toEqual([]);
  expect(checkSchema({ name: 3 }, schema).faults).toHaveLength(1);
});

test.each([
  ['no schema', 'words'],
  ['a reference to nowhere', { $ref: '#/nowhere' }],
  ['a pattern that is none', { type: 'string', pattern: '(' }],
])('%s is said and does not throw', (_, schema) => {
  expect(checkSchema('a', schema).problem).not.toBeNull();
});

test('properties that are named as those of every object', () => {
  expect(checkSchema(JSON.parse('{"__proto__":1,"constructor":2}'), { type: 'object' }).faults).toEqual([]);
});
