/** JSON of a caller as a person reads it: indented, letters in place of their escapes, numbers as they were written. */
import { parseExactJson, stringifyExactJson } from '#shared/exactJson';
import type { JsonValue } from '#shared/primitives';

/** Arguments or the result of a tool. A text that is no JSON object or list is shown as it is. */
export function readableJson(value: JsonValue): string {
  if (typeof value !== 'string') return value === null ? '' : stringifyExactJson(value, 2);
  if (!/^\s*[[{"]/.test(value)) return value;
  return withLetters(indent(value) ?? value);
}

/** What somebody said; a text that is JSON with its letters escaped shows the letters. */
export function readableText(text: string): string {
  if (!/^\s*[[{]/.test(text) || !ESCAPED_LETTER.test(text)) return text;
  return indent(text) === null ? text : withLetters(text);
}

/** Null for what is no JSON, as where it was cut. */
function indent(text: string): string | null {
  try {
    const value = parseExactJson(text);
    // A JSON text alone is the words that a model gave in place of an object.
    return stringifyExactJson(value, 2);
  } catch {
    return null;
  }
}

/** From U+00A0 on: what is below are control characters, quotes and the like, whose escapes matter. */
const ESCAPED_LETTER = /\\u(?:00[a-f]|0[1-9a-f]|[1-9a-f])/i;
/** Of JSON inside of JSON too, whose backslash is escaped itself. */
const ESCAPED_LETTERS = /(?:\\+u(?:00[a-f][\da-f]|0[1-9a-f][\da-f]{2}|[1-9a-f][\da-f]{3}))+/gi;

function withLetters(text: string): string {
  if (!ESCAPED_LETTER.test(text)) return text;
  return text.replace(ESCAPED_LETTERS, (escapes) => {
    const letters = escapes.replace(/\\+u(.{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
    // Half of a pair has no letter.
    return letters.isWellFormed() ? letters : escapes;
  });
}
