/**
 * One pass over a parsed JSON value that makes it storable: no NUL, no lone surrogates, no endless nesting. It walks
 * with a stack of its own, since 200,000 opening brackets would overflow a recursion. Pure, except that it changes the
 * given value in place: it was parsed for us alone.
 */
import type { ErrorCode } from '#shared/error';
import { ExactNumber, setOwnMember } from '#shared/exactJson';
import { type JsonValue, LIMITS } from '#shared/primitives';

/** What is sent: a refusal names it. */
export type Noun = 'log' | 'span';

export interface Sanitized {
  /** A character that Postgres cannot store was replaced by U+FFFD. */
  readonly replaced: boolean;
  /** A string was cut at LIMITS.fieldLength; its text says so. */
  readonly truncated: boolean;
  /** The first reason why the value cannot be stored at all. */
  readonly problem: { readonly code: ErrorCode; readonly message: string } | null;
}

type Container = JsonValue[] | { [key: string]: JsonValue };

const REPLACEMENT = '\uFFFD';

/**
 * Cleans `root` and everything below it; `noun` is what a refusal calls it.
 * @param mayBeUnstorable false where its JSON is known to hold no escape that could be NUL or half a character.
 */
export function sanitize(root: object, noun: Noun = 'log', mayBeUnstorable = true): Sanitized {
  const state = { replaced: false, truncated: false, mayBeUnstorable };
  const stack: Container[] = [root as Container]; // It came from JSON.parse, whatever it is typed as by now.
  const depths: number[] = [1];
  let values = 0;
  let problemOfNumber: string | null = null;

  const verdict = (problem: Sanitized['problem']): Sanitized => ({
    replaced: state.replaced,
    truncated: state.truncated,
    problem,
  });
  const refuse = (code: ErrorCode, message: string): Sanitized => verdict({ code, message });

  for (let container = stack.pop(); container !== undefined; container = stack.pop()) {
    const depth = depths.pop() ?? 1;
    if (depth > LIMITS.depth) {
      return refuse('too_deep', `The ${noun} is nested deeper than ${LIMITS.depth} levels.`);
    }
    if (Array.isArray(container)) {
      values += container.length;
      if (values > LIMITS.values) return refuse('too_many_values', tooManyValues(noun));
      for (let index = 0; index < container.length; index++) {
        const value = container[index];
        if (typeof value === 'string') {
          const clean = cleanString(value, state);
          if (clean !== value) container[index] = clean;
        } else if (typeof value === 'object' && value !== null) {
          if (value instanceof ExactNumber) {
            problemOfNumber ??= findNumberProblem(value);
            continue;
          }
          stack.push(value);
          depths.push(depth + 1);
        } else if (typeof value === 'number' && !Number.isFinite(value)) problemOfNumber ??= NOT_FINITE;
      }
      continue;
    }
    const keys = Object.keys(container);
    values += keys.length;
    if (keys.length > LIMITS.objectKeys) {
      return refuse('too_many_keys', `An object of the ${noun} has more than ${LIMITS.objectKeys} keys.`);
    }
    if (values > LIMITS.values) return refuse('too_many_values', tooManyValues(noun));
    for (const key of keys) {
      if (key.length > LIMITS.keyLength) {
        return refuse('key_too_long', `A key of the ${noun} is longer than ${LIMITS.keyLength} characters.`);
      }
      const value = container[key];
      if (typeof value === 'string') {
        const clean = cleanString(value, state);
        if (clean !== value) setOwnMember(container, key, clean);
      } else if (typeof value === 'object' && value !== null) {
        if (value instanceof ExactNumber) {
          problemOfNumber ??= findNumberProblem(value);
          continue;
        }
        stack.push(value);
        depths.push(depth + 1);
      } else if (typeof value === 'number' && !Number.isFinite(value)) problemOfNumber ??= NOT_FINITE;
    }
    if (mayBeUnstorable && keys.some(hasUnstorable)) {
      renameUncleanKeys(container, keys);
      state.replaced = true;
    }
  }
  if (problemOfNumber !== null) return refuse('invalid_value', `A number of the ${noun} ${problemOfNumber}.`);
  return verdict(null);
}

/** Beyond 1.8e308 a reader would make infinity of it, and then null. */
const NOT_FINITE = 'is too large: numbers must be finite';

/** What is wrong with a number, or null. */
function findNumberProblem(number: ExactNumber): string | null {
  if (!Number.isFinite(number.toNumber())) return NOT_FINITE;
  const isLong = number.literal.length > LIMITS.numberLength;
  return isLong ? `is written in more than ${LIMITS.numberLength} characters` : null;
}

function tooManyValues(noun: Noun): string {
  return `The ${noun} holds more than ${LIMITS.values} values.`;
}

function cleanString(
  text: string,
  state: { replaced: boolean; truncated: boolean; readonly mayBeUnstorable: boolean },
): string {
  let clean = text;
  const isLong = clean.length > LIMITS.fieldLength;
  if (isLong) {
    clean = truncate(clean, LIMITS.fieldLength);
    state.truncated = true;
  }
  // The cut may fall between the halves of a character.
  if ((state.mayBeUnstorable || isLong) && hasUnstorable(clean)) {
    clean = replaceUnclean(clean);
    state.replaced = true;
  }
  return clean;
}

/** Cuts a text to `length` characters, the last of which say how long it was. */
export function truncate(text: string, length: number): string {
  const marker = `… [truncated: ${text.length} characters]`;
  return text.slice(0, length - marker.length) + marker;
}

/** Postgres refuses U+0000 in text (22021) and lone surrogates in JSON (22P05). */
export function hasUnstorable(text: string): boolean {
  return text.includes('\u0000') || !text.isWellFormed();
}

function replaceUnclean(text: string): string {
  return text.replaceAll('\u0000', REPLACEMENT).toWellFormed();
}

/** Keeps the order of keys, and both values where two names become the same: one must never overwrite another. */
function renameUncleanKeys(container: { [key: string]: JsonValue }, keys: readonly string[]): void {
  const entries = keys.map((key) => [key, container[key]] as const);
  const taken = new Set(keys.filter((key) => !hasUnstorable(key)));
  for (const key of keys) delete container[key];
  for (const [key, value] of entries) {
    if (value === undefined) continue;
    let name = key;
    if (hasUnstorable(key)) {
      name = replaceUnclean(key);
      while (taken.has(name)) name += REPLACEMENT;
      taken.add(name);
    }
    setOwnMember(container, name, value);
  }
}
