import fc from 'fast-check';
import type { JsonObject } from '#shared/primitives';
import { JsonSource } from './jsonSource.ts';
import { scanJson } from './jsonStructure.ts';

const read = (text: string) => {
  const bytes = Buffer.from(text);
  const body = JSON.parse(text) as JsonObject;
  return { body, source: new JsonSource(bytes, body, scanJson(bytes)) };
};
const jsonOf = (source: JsonSource, value: unknown) => source.jsonOf(value as object)?.toString();
const LONG = 'words, "quoted" and {[ in them '.repeat(20);

test('the long members of a log alone, and of each log of a batch, are known as they came', () => {
  const log = {
    model: 'm',
    messages: [{ role: 'user', content: LONG }],
    response: { é: [LONG, 1e3] },
    tags: { a: 'b' },
  };
  const alone = read(JSON.stringify(log));
  expect(jsonOf(alone.source, alone.body.messages)).toBe(JSON.stringify(log.messages));
  expect(jsonOf(alone.source, alone.body.response)).toBe(JSON.stringify(log.response));
  expect(jsonOf(alone.source, alone.body.tags)).toBeUndefined();

  const logs = [log, null, [log], { ...log, messages: [LONG, 2] }, 5, { messages: { a: [[LONG]] } }];
  const { body, source } = read(JSON.stringify({ other: [{ messages: [LONG] }], logs, more: 1 }));
  const parsed = body.logs as JsonObject[];
  for (const place of [0, 3, 5]) {
    expect(jsonOf(source, parsed[place]?.messages)).toBe(JSON.stringify((logs[place] as JsonObject).messages));
  }
});

test('numbers keep the digits they came with', () => {
  const { body, source } = read(`{"messages":["${'a'.repeat(300)}",1.50,107505301260286117]}`);
  expect(jsonOf(source, body.messages)).toMatch(/,1\.50,107505301260286117\]$/);
});

test.each([
  ['white space', (text: string) => text.replace(':', ': ')],
  ['a line break', (text: string) => `${text}\n`],
  ['an escaped character', (text: string) => text.replace('words', '\\u0077ords')],
])('JSON with %s is written anew', (_, change) => {
  const { body, source } = read(change(JSON.stringify({ messages: [LONG] })));
  expect(jsonOf(source, body.messages)).toBeUndefined();
});

test('of members with one name the last counts, whatever came before it', () => {
  const long = JSON.stringify([LONG]);
  const longer = JSON.stringify([LONG, LONG]);
  const last = read(`{"messages":${long},"messages":${longer}}`);
  expect(jsonOf(last.source, last.body.messages)).toBe(longer);
  const short = read(`{"messages":${long},"messages":[1]}`);
  expect(short.body.messages).toEqual([1]);
  expect(jsonOf(short.source, short.body.messages)).not.toBe(long);
  const twice = read(`{"logs":[{"messages":${long}},{"messages":${long}}],"logs":[{"messages":[2]}]}`);
  expect(jsonOf(twice.source, (twice.body.logs as JsonObject[])[0]?.messages)).not.toBe(long);
});

test('whatever the body, JSON that is known says what was parsed', () => {
  const name = fc.oneof(
    fc.constantFrom('messages', 'response', 'logs', '__proto__', '0'),
    fc.string({ unit: 'binary' }),
  );
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.integer(),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(name, tie('value'), { maxKeys: 4 }),
    ),
  })).value;
  let known = 0;
  fc.assert(
    fc.property(fc.dictionary(name, json), fc.array(fc.dictionary(name, json), { maxLength: 3 }), (rest, logs) => {
      const { body, source } = read(JSON.stringify({ ...rest, logs }));
      for (const owner of [body, ...(body.logs as JsonObject[])]) {
        for (const value of Object.values(owner)) {
          const given = jsonOf(source, value);
          if (given === undefined) continue;
          known++;
          expect(given).toBe(JSON.stringify(value));
        }
      }
    }),
    { numRuns: 200 },
  );
  expect(known).toBeGreaterThan(50);
});
