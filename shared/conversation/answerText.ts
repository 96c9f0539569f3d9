/** An answer that was logged as JSON text, as libraries dump it. What a model wrote as JSON is text, and stays it. */
import { parseExactJson } from '#shared/exactJson';
import { type JsonObject, type JsonValue, LIMITS } from '#shared/primitives';
import { listOf, objectOf, textOf } from './part.ts';

/** Members that an answer of a provider has; to look for them costs less than to parse. */
const NAMED = /"(?:choices|candidates|content|output|error)"\s*:/;

/** Of one log the same text is asked about several times. */
let last: { readonly text: string; readonly answer: JsonObject | null } = { text: '', answer: null };

/** Null for a text that is no answer of a provider. */
export function readAnswerText(text: string): JsonObject | null {
  if (!/^\s*\{/.test(text)) return null;
  if (last.text !== text) last = { text, answer: parseAnswerText(text) };
  return last.answer;
}

function parseAnswerText(text: string): JsonObject | null {
  if (!NAMED.test(text) || !isSmall(text, MOST_VALUES)) return null;
  const fields = objectOf(parseJson(text));
  return fields !== null && isOfProvider(fields) ? fields : null;
}

/** Undefined where it is no JSON. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    // What is read here goes into columns of text, which take no NUL.
    return parseExactJson(text.replaceAll('\\u0000', '\\ufffd')) as JsonValue;
  } catch {
    return undefined;
  }
}

/** With the names that no other JSON has together. */
function isOfProvider(fields: JsonObject): boolean {
  const { choices, candidates, content, output, object, role, error, usage, stopReason } = fields;
  if ([choices, candidates].some((list) => objectOf(listOf(list)[0]) !== null)) return true;
  if (Array.isArray(content) && role === 'assistant') return true;
  if (object === 'response' && Array.isArray(output)) return true;
  if (objectOf(objectOf(output)?.message) !== null && (objectOf(usage) !== null || stopReason !== undefined))
    return true;
  // LangChain's messages, as they are and as constructors, and its results.
  if (objectOf(fields.response_metadata) !== null || (fields.lc === 1 && objectOf(fields.kwargs) !== null)) return true;
  if ('llm_output' in fields && Array.isArray(fields.generations)) return true;
  const told = objectOf(error);
  return textOf(told?.message) !== null && ['type', 'code', 'status'].some((name) => Object.hasOwn(told ?? {}, name));
}

/**
 * Values of an answer as text: of a batch of a thousand logs they are together no more than a body may have. What an answer says
 * may be long.
 */
export const MOST_VALUES = 500;

/** Readers call themselves for what is nested, and look at each value several times, so that there must be an end to both. */
export function isSmall(text: string, mostValues: number): boolean {
  let depth = 0;
  let values = 0;
  let isText = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isText) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) isText = false;
    } else if (code === QUOTE) isText = true;
    else if (code === COMMA) values++;
    else if (code === BRACE || code === BRACKET) {
      values++;
      if (++depth > LIMITS.depth || values > mostValues) return false;
    } else if (code === BRACE + 2 || code === BRACKET + 2) depth--;
  }
  return values <= mostValues;
}

const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACKET = 0x5b;
const BRACE = 0x7b;
