/**
 * JSON in one form, whatever the order of keys it came in: no white space, no escapes but those that JSON.stringify writes,
 * numbers as they were written, and the members of each object in a fixed order. That order begins with the names below, as
 * the libraries of OpenAI write a message, so that the JSON of nearly all calls is canonical as it comes, and need not be
 * written anew; other names follow by their code units. Pure.
 */
import { ExactNumber } from '#shared/exactJson';
import type { JsonValue } from '#shared/primitives';

/** The order of names that stand before all others. It is a part of what is stored, and never changes. */
const FIRST_NAMES = [
  'role',
  'tool_call_id',
  'id',
  'type',
  'name',
  'content',
  'url',
  'tool_calls',
  'refusal',
  'annotations',
];
const PLACES: ReadonlyMap<string, number> = new Map(FIRST_NAMES.map((name, place) => [name, place]));
const AFTER = FIRST_NAMES.length;

/** Whether the members of each object are in canonical order. */
export function isCanonical(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return true;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object' && !isCanonical(item)) return false;
    return true;
  }
  let lastName = '';
  let lastPlace = -1;
  for (const name in value) {
    // JavaScript moves numbers to the front, so that nobody knows where they stood.
    if (isDigit(name.charCodeAt(0))) return false;
    const place = PLACES.get(name) ?? AFTER;
    if (place < lastPlace || (place === AFTER && lastPlace === AFTER && name < lastName)) return false;
    lastName = name;
    lastPlace = place;
    const member = value[name];
    if (typeof member === 'object' && !isCanonical(member)) return false;
  }
  return true;
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

/** The canonical JSON. `value` is no deeper than a log may be. */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === 'number') return `${value}`; // Numbers of a log are finite.
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (value instanceof ExactNumber) return value.literal;
  let json = '';
  if (Array.isArray(value)) {
    for (const item of value) json += json === '' ? canonicalJson(item) : `,${canonicalJson(item)}`;
    return `[${json}]`;
  }
  for (const name of sortedNames(value)) {
    json += `${json === '' ? '' : ','}${quoted(name)}:${canonicalJson(value[name] ?? null)}`;
  }
  return `{${json}}`;
}

function sortedNames(object: object): string[] {
  const names = Object.keys(object);
  for (let index = 1; index < names.length; index++) {
    if (compareNames(names[index - 1] ?? '', names[index] ?? '') > 0) return names.toSorted(compareNames);
  }
  return names;
}

function compareNames(one: string, other: string): number {
  const difference = (PLACES.get(one) ?? AFTER) - (PLACES.get(other) ?? AFTER);
  if (difference !== 0) return difference;
  return one < other ? -1 : 1;
}

/** Names as JSON: there are few, and they come again and again. */
const quotedNames = new Map<string, string>();
const MOST_NAMES = 1_000;
/** A caller may name a member by a whole text, which would be kept for good. */
const LONGEST_NAME = 100;

function quoted(name: string): string {
  const known = quotedNames.get(name);
  if (known !== undefined) return known;
  const json = JSON.stringify(name);
  if (quotedNames.size < MOST_NAMES && name.length <= LONGEST_NAME) quotedNames.set(name, json);
  return json;
}
