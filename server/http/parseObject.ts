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
    const position = /position (\d+)/.exec(String(error))?.[1];
    throw new AppError('invalid_json', `The body is not valid JSON${position ? ` (position ${position})` : ''}.`, {
      cause: error,
    });
  }
}
