import { closest, distance } from 'fastest-levenshtein';

const MOST_TYPOS = 3;
const LONGEST_NAME = 40;

/** The known name that a misspelt one probably means; null where none is close. */
export function closestName(name: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const shown = name.slice(0, LONGEST_NAME);
  const meant = closest(shown, [...known]);
  // Half of the letters wrong is another word.
  const most = Math.min(MOST_TYPOS, meant.length - 1, Math.floor(shown.length / 2));
  return distance(shown, meant) <= most ? meant : null;
}
