import { parseExactJson } from '#shared/exactJson';
import type { JsonObject } from '#shared/primitives';
import { AppError } from '#server/errors';

/**
 * @param mayBeInexact false where `scanJson` said so of its bytes: the text need not be searched.
 * @throws {AppError} `invalid_json` for what is no JSON, or no object.
 */
export function parseObject(text: string, mayBeInexact = true): JsonObject {
  const value = parseJson(text, mayBeInexact);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('invalid_json', 'The body must be a JSON object.');
  }
  return value as JsonObject; // It was parsed from JSON.
}

/**
 * The value of a body, whatever it is.
 * @param mayBeInexact as in `parseObject`.
 * @throws {AppError} `invalid_json` for what is no JSON.
 */
export function parseJson(text: string, mayBeInexact = true): unknown {
  try {
    return mayBeInexact ? parseExactJson(text) : JSON.parse(text);
  } catch (error) {
    const position = /position (\d+)/.exec(String(error))?.[1] ?? findForeignWord(text);
    throw new AppError(
      'invalid_json',
      `The body is not valid JSON${position === null ? '' : ` (position ${position})`}.`,
      {
        cause: error,
      },
    );
  }
}

const WORDS = new Set(['true', 'false', 'null', 'e', 'E']);

/**
 * Where the first word or sign stands outside of strings that JSON does not have, such as `NaN`: of these V8 says no
 * position. Null where there is none.
 */
function findForeignWord(text: string): number | null {
  const token = /"|[A-Za-z]+|[^\s\d[\]{},:.+-]/g;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    if (found[0] === '"') token.lastIndex = endOfString(text, found.index);
    else if (!WORDS.has(found[0])) return found.index;
  }
  return null;
}

/** Behind the closing quote of the string that begins at `start`, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}
