/** Makes short values fit the wire contract, so that an odd one is kept in part and never costs the record. */
import { isString, setOwn } from '../runtime/values.js';
import type { Tags } from '../wire.js';

const MAX_IDENTIFIER = 256;
/** Nearly every identifier there is; the others take the long way. */
const PLAIN = /^[\x21-\x7e]+$/;
const MAX_TAGS = 100;
/** The server refuses a log with more. */
const MOST_TOKENS = 1e9;
// oxlint-disable-next-line no-control-regex -- control characters are what this removes
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f]+/g;
const LONE_SURROGATES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** One line of 1 to 256 well-formed characters, or undefined where nothing is left. */
export function normalizeIdentifier(value: unknown): string | undefined {
  if (isString(value) && value.length <= MAX_IDENTIFIER && PLAIN.test(value)) return value;
  if (!isString(value) && typeof value !== 'number') return undefined;
  const text = String(value)
    .replace(CONTROL_CHARACTERS, ' ')
    .slice(0, MAX_IDENTIFIER)
    .replace(LONE_SURROGATES, '\ufffd')
    .trim();
  return text === '' ? undefined : text;
}

/** Tags with usable names, and values as strings. */
export function normalizeTags(tags: Record<string, unknown>): Tags {
  const cleaned: Tags = {};
  let count = 0;
  for (const key of Object.keys(tags)) {
    const name = normalizeIdentifier(key);
    const text = tagText(tags, key);
    if (name === undefined || text === undefined) continue;
    if (++count > MAX_TAGS) break;
    setOwn(cleaned, name, text);
  }
  return cleaned;
}

/** A count of tokens as the contract takes it; anything else is "not reported". */
export function normalizeCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS ? value : undefined;
}

function tagText(tags: Record<string, unknown>, key: string): string | undefined {
  let text: string;
  try {
    const value = tags[key];
    if (value === undefined || value === null || typeof value === 'function') return undefined;
    text = isString(value) ? value : (JSON.stringify(value) ?? String(value as symbol));
  } catch {
    text = '[unreadable]';
  }
  return text.slice(0, MAX_IDENTIFIER).replace(LONE_SURROGATES, '\ufffd');
}
