/** Which words of two texts differ. Pure, but for the clock that ends it. */
import { type ChangeObject, diffWordsWithSpace } from 'diff';

const MOST_CHARACTERS = 50_000;
/** Of words that differ; beyond that nobody would read the marks, and finding them takes ever longer. */
const MOST_EDITS = 2_000;
const TIME_LIMIT_MS = 300;
/** Of the letters of the shorter text: with less in common they are two texts, and marks would be on nearly every word. */
const LEAST_COMMON = 0.4;
/** Letters of a text that is read at a glance, marked or not. */
const SHORT = 60;

type Changes = readonly ChangeObject<string>[] | undefined;

/** Both sides of a comparison show the same marks, also where time was short for one of them. */
let latest: { before: string; after: string; changes: Changes } | undefined;

/** The parts that both have, and those that one has; undefined where the texts have too little in common to be marked. */
export function diffOf(before: string, after: string): Changes {
  if (latest?.before !== before || latest.after !== after) latest = { before, after, changes: compare(before, after) };
  return latest.changes;
}

function compare(before: string, after: string): Changes {
  if (before.length + after.length > MOST_CHARACTERS) return undefined;
  const changes = diffWordsWithSpace(before, after, { maxEditLength: MOST_EDITS, timeout: TIME_LIMIT_MS });
  if (changes === undefined) return undefined;
  const common = changes.filter(({ added, removed }) => !added && !removed).map(({ value }) => value);
  const shorter = Math.min(lettersOf(before), lettersOf(after));
  return shorter > SHORT && lettersOf(common.join('')) < LEAST_COMMON * shorter ? undefined : changes;
}

/** Spaces and line ends are the same in any two texts. */
function lettersOf(text: string): number {
  return text.replaceAll(/\s+/g, '').length;
}
