/**
 * What a query looks for in the text of requests, and when a text holds it. Letters are compared without their case, one
 * character at a time, the same here as in SQL (server/search/wordsSql.ts): a change in one is a change in both.
 */
import type { Query } from './parseQuery.ts';

/** Lower-case of these would be two characters, or an ASCII letter that SQL does not take for one: they stay. */
const KEPT = /[\u0130\u212a\u212b]/;
const KEPT_PARTS = /([\u0130\u212a\u212b])/;

/** A text as it is compared. It has as many UTF-16 units as before, so that a place in one is a place in the other. */
export function foldCase(text: string): string {
  if (!KEPT.test(text)) return lowerCase(text);
  return text
    .split(KEPT_PARTS)
    .map((part) => (KEPT.test(part) ? part : lowerCase(part)))
    .join('');
}

/** The sigma at the end of a Greek word is that of its middle: which one stands there depends on what follows. */
function lowerCase(text: string): string {
  const lower = text.toLowerCase();
  return lower.includes('ς') ? lower.replaceAll('ς', 'σ') : lower;
}

/** True where the text holds the words in one piece. */
export function holdsWords(text: string, words: string): boolean {
  return foldCase(text).includes(foldCase(words));
}

/** The words that a query looks for, not those that it leaves out; each once. */
export function listWords(query: Query | null): string[] {
  return [...new Set(wordsOf(query))];
}

function wordsOf(query: Query | null): string[] {
  if (query?.kind === 'and' || query?.kind === 'or') return query.of.flatMap(wordsOf);
  return query?.kind === 'words' ? [query.value] : [];
}

/** True where a query asks for words anywhere, also as what is left out. */
export function asksForWords(query: Query | null): boolean {
  if (query?.kind === 'and' || query?.kind === 'or') return query.of.some(asksForWords);
  if (query?.kind === 'not') return asksForWords(query.of);
  return query?.kind === 'words';
}

/** A piece of a text; `isHit` where it is one of the words. */
export interface MarkedPiece {
  readonly text: string;
  readonly isHit: boolean;
}

/** The text in pieces, from left to right, with the words told apart. Where two overlap they are one piece. */
export function markWords(text: string, words: readonly string[]): MarkedPiece[] {
  const folded = foldCase(text);
  const hits = words
    .filter((word) => word !== '')
    .flatMap((word) => placesOf(folded, foldCase(word)))
    .toSorted((a, b) => a.from - b.from);
  const pieces: MarkedPiece[] = [];
  let end = 0;
  for (let index = 0; index < hits.length;) {
    const from = hits[index]?.from ?? 0;
    let to = from;
    for (; index < hits.length && (hits[index]?.from ?? 0) <= to; index++) to = Math.max(to, hits[index]?.to ?? 0);
    if (from > end) pieces.push({ text: text.slice(end, from), isHit: false });
    pieces.push({ text: text.slice(from, to), isHit: true });
    end = to;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), isHit: false });
  return pieces;
}

function placesOf(folded: string, word: string): { from: number; to: number }[] {
  const places = [];
  for (let from = folded.indexOf(word); from >= 0; from = folded.indexOf(word, from + word.length))
    places.push({ from, to: from + word.length });
  return places;
}
