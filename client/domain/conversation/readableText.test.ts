import { parseExactJson } from '#shared/exactJson';
import type { JsonValue } from '#shared/primitives';
import { readableJson, readableText } from './readableText.ts';

test.each<[string, JsonValue, string]>([
  ['an object is indented', '{"city":"Oslo"}', '{\n  "city": "Oslo"\n}'],
  [
    'numbers stay as they were written',
    '{"order":107505301260286117,"amount":10.50,"ratio":1.0,"limit":1e3}',
    '{\n  "order": 107505301260286117,\n  "amount": 10.50,\n  "ratio": 1.0,\n  "limit": 1e3\n}',
  ],
  [
    'numbers of parsed JSON too',
    parseExactJson('{"order":107505301260286117}') as JsonValue,
    '{\n  "order": 107505301260286117\n}',
  ],
  ['escaped letters are letters', '["\\u5317\\u4eac","\\u00fc","\\ud83d\\ude00"]', '[\n  "北京",\n  "ü",\n  "😀"\n]'],
  ['of JSON inside of JSON too', '{"a":"{\\"b\\":\\"\\\\u5317\\"}"}', '{\n  "a": "{\\"b\\":\\"北\\"}"\n}'],
  ['and of JSON that was cut', '{"a":"\\u5317… [trunc', '{"a":"北… [trunc'],
  ['escapes that matter stay', '["a\\u0000\\u0022\\n"]', '[\n  "a\\u0000\\"\\n"\n]'],
  ['half of a pair stays', '["\\ud83d"]', '[\n  "\\ud83d"\n]'],
  ['a JSON text stays one', '"SELECT * FROM t"', '"SELECT * FROM t"'],
  ['words stay as they are', 'C:\\u5317\\new', 'C:\\u5317\\new'],
  ['a number alone stays', '10.50', '10.50'],
  ['nothing is nothing', null, ''],
])('of a tool: %s', (_, value, expected) => {
  expect(readableJson(value)).toBe(expected);
});

test('what was said shows letters in place of the escapes of its JSON, and is otherwise as it is', () => {
  expect(readableText('{"title": "\\u5317"}')).toBe('{"title": "北"}');
  expect(readableText('{"order":1.0}')).toBe('{"order":1.0}');
  expect(readableText('Write \\u5317 for {north}')).toBe('Write \\u5317 for {north}');
  expect(readableText('{\\u5317}')).toBe('{\\u5317}');
});
