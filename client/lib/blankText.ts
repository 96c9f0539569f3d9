import { plural } from './formatNumber.ts';

/** What is said in place of a text in which there is nothing to see; null where there is. Pure. */
export function sayBlank(text: string): string | null {
  if (text === '') return 'Empty';
  // Format characters, such as a space of no width, have no look of their own either.
  return /[^\s\p{Cf}\p{Cc}]/u.test(text) ? null : `White space alone, ${plural(text.length, 'character')}`;
}
