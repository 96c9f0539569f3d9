/**
 * The same span as it was sent at different times: which version counts, and what the other one still adds. The answer does
 * not depend on which came first. A version is a log or a span as our own endpoints take it. Pure.
 */
import { objectOf } from '#shared/conversation/part';
import { setOwnMember, stringifyExactJson } from '#shared/exactJson';
import type { JsonObject, JsonValue } from '#shared/primitives';

/** True where something is said: neither null, nor an empty text or list. */
export function isSaid(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

/** An end before no end, a later end before an earlier one, and then the version that says more. */
export function outranks(one: JsonObject, other: JsonObject): boolean {
  const difference = endOf(one) - endOf(other) || lengthOf(one) - lengthOf(other);
  // Of two that say as much, one in any case.
  return difference !== 0 ? difference > 0 : stringifyExactJson(one) > stringifyExactJson(other);
}

/** Milliseconds since 1970; without an end, the beginning of time. */
function endOf({ started_at, latency_ms }: JsonObject): number {
  if (typeof latency_ms !== 'number' || typeof started_at !== 'string') return 0;
  return Date.parse(started_at) + latency_ms;
}

function lengthOf(version: JsonObject): number {
  return stringifyExactJson(version).length;
}

/** What the one that counts says alone: of the other it is a state that has passed. */
const OF_ONE: readonly string[] = ['status', 'error'];

/** The version that counts, with what it leaves unsaid as the other one says it. Names stand in the order of `kept`. */
export function mergeVersions(kept: JsonObject, arriving: JsonObject): JsonObject {
  const isLater = outranks(arriving, kept);
  const [first, second] = isLater ? [arriving, kept] : [kept, arriving];
  const merged: JsonObject = {};
  for (const name of new Set([...Object.keys(kept), ...Object.keys(arriving)])) {
    const value = isSaid(first[name]) || OF_ONE.includes(name) ? first[name] : second[name];
    if (value !== undefined) setOwnMember(merged, name, value);
  }
  for (const name of ['metadata', 'tags']) {
    const [before, after] = [objectOf(kept[name]), objectOf(arriving[name])];
    if (before && after) setOwnMember(merged, name, isLater ? { ...before, ...after } : joinMissing(before, after));
  }
  return merged;
}

function joinMissing(before: JsonObject, after: JsonObject): JsonObject {
  const joined = { ...before };
  for (const [name, value] of Object.entries(after)) {
    if (!Object.hasOwn(before, name)) setOwnMember(joined, name, value);
  }
  return joined;
}
