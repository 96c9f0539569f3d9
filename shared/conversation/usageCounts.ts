/** Counts in an object of a provider, whatever it calls them. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { countOf, listOf, objectOf } from './part.ts';

/** Far above any call; what is larger is no count. */
const MOST_TOKENS = 1e9;

export const INPUT_DETAILS = [
  'prompt_tokens_details',
  'input_tokens_details',
  'input_token_details',
  'inputTokenDetails',
  // Mistral; the clients of Mistral and OpenRouter for JavaScript.
  'prompt_token_details',
  'promptTokensDetails',
  'inputTokensDetails',
];
export const OUTPUT_DETAILS = [
  'completion_tokens_details',
  'output_tokens_details',
  'output_token_details',
  'outputTokenDetails',
  'completionTokensDetails',
  'outputTokensDetails',
];

const NOTHING: JsonObject = {};

/** The first of these members that is an object, or a list of one for each call; an empty one where none is. */
export function detailsIn(usage: JsonObject, names: readonly string[]): JsonObject {
  return (
    names.map((name) => objectOf(usage[name]) ?? addUp(usage[name])).find((details) => details !== null) ?? NOTHING
  );
}

/** OpenAI's Agents for JavaScript list what each call of a run tells. Gemini's lists have no counts by name. */
function addUp(list: JsonValue | undefined): JsonObject | null {
  const counts = new Map<string, number>();
  for (const one of listOf(list)) {
    for (const [name, value] of Object.entries(objectOf(one) ?? NOTHING)) {
      const told = count(value);
      if (told !== null) counts.set(name, (counts.get(name) ?? 0) + told);
    }
  }
  return counts.size === 0 ? null : Object.fromEntries(counts);
}

/** The first that is a count of tokens. */
export function firstCount(...values: readonly (JsonValue | undefined)[]): number | null {
  for (const value of values) {
    const told = count(value);
    if (told !== null) return told;
  }
  return null;
}

/** Null where none of them is known. */
export function sum(counts: readonly (number | null)[]): number | null {
  const known = counts.filter((one) => one !== null);
  return known.length === 0 ? null : known.reduce((total, one) => total + one, 0);
}

/** A count of tokens as a column can hold it; null for anything else. */
export function count(value: JsonValue | undefined): number | null {
  const told = countOf(value);
  return told !== null && told <= MOST_TOKENS ? told : null;
}
