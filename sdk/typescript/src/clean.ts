/** Makes short values fit the wire contract, so that an odd one is kept in part and never costs the record. */
import { isText, setOwn } from './values.js';
import type { Tags } from './wire.js';

const MAX_IDENTIFIER = 256;
/** Nearly every identifier there is; the others take the long way. */
const PLAIN = /^[\x21-\x7e]+$/;
const MAX_TAGS = 100;
/** The server refuses a log with more. */
const MOST_TOKENS = 1e9;
// oxlint-disable-next-line no-control-regex -- control characters are what this removes
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f]+/g;
const CUT = /…\[truncated, (\d+) characters in all\]$/;
/** What stands for items or keys that were left out. */
const LEFT_OUT = /^(?:\[truncated: )?(\d+) more(?: keys|\])$/;
const LONE_SURROGATES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** One line of 1 to 256 well-formed characters, or undefined where nothing is left. */
export function cleanIdentifier(value: unknown): string | undefined {
  if (isText(value) && value.length <= MAX_IDENTIFIER && PLAIN.test(value)) return value;
  if (!isText(value) && typeof value !== 'number') return undefined;
  const text = String(value)
    .replace(CONTROL_CHARACTERS, ' ')
    .slice(0, MAX_IDENTIFIER)
    .replace(LONE_SURROGATES, '\ufffd')
    .trim();
  return text === '' ? undefined : text;
}

/** Tags with usable names, and values as strings. */
export function cleanTags(tags: Record<string, unknown>): Tags {
  const cleaned: Tags = {};
  let count = 0;
  for (const key of Object.keys(tags)) {
    const name = cleanIdentifier(key);
    const text = tagText(tags, key);
    if (name === undefined || text === undefined) continue;
    if (++count > MAX_TAGS) break;
    setOwn(cleaned, name, text);
  }
  return cleaned;
}

/** A text of at most `length` characters, the last of which say how long it was before anything was cut. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const [before, all] = CUT.exec(text.slice(-60)) ?? ['', text.length];
  const marker = truncationMarker(all);
  return text.slice(0, Math.max(0, Math.min(length - marker.length, text.length - before.length))) + marker;
}

/** What a cut text ends with; `length` is that of the whole. */
export function truncationMarker(length: number | string): string {
  return `…[truncated, ${length} characters in all]`;
}

/** How many values this one is: more than one where it stands for those that were left out earlier. */
export function countLeftOut(value: unknown): number {
  return isText(value) ? Number(LEFT_OUT.exec(value)?.[1] ?? 1) : 1;
}

/** A count of tokens as the contract takes it; anything else is "not reported". */
export function cleanCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS ? value : undefined;
}

function tagText(tags: Record<string, unknown>, key: string): string | undefined {
  let text: string;
  try {
    const value = tags[key];
    if (value === undefined || value === null || typeof value === 'function') return undefined;
    text = isText(value) ? value : (JSON.stringify(value) ?? String(value as symbol));
  } catch {
    text = '[unreadable]';
  }
  return text.slice(0, MAX_IDENTIFIER).replace(LONE_SURROGATES, '\ufffd');
}
