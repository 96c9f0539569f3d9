/** Words that stand in a known share of the requests, so that what a search finds can be counted. Pure. */

export interface PlantedWord {
  readonly word: string;
  /** Share of the requests. 0: in one of them. */
  readonly share: number;
  /** What it stands for. */
  readonly kind: string;
}

export const PLANTED: readonly PlantedWord[] = [
  { word: 'zephyrine', share: 1e-2, kind: 'a word' },
  { word: 'quokkamint', share: 1e-3, kind: 'a word' },
  { word: 'brontide', share: 1e-4, kind: 'a word' },
  { word: 'xylothek', share: 1e-5, kind: 'a word' },
  { word: 'FR-7730915-K', share: 0, kind: 'a number' },
  { word: '星云图谱', share: 1e-2, kind: 'Chinese' },
  { word: '玄武岩', share: 1e-4, kind: 'Chinese' },
  { word: 'مرصد فلكي', share: 5e-3, kind: 'Arabic' },
  { word: 'زعفران', share: 1e-4, kind: 'Arabic' },
  { word: '🦩', share: 5e-3, kind: 'emoji' },
  { word: '🪼', share: 1e-4, kind: 'emoji' },
];

/** Words that no request has. */
export const ABSENT = ['unobtainium', 'wxqz', 'qxz', '龘靐', 'قطارات الثلج'];

/** Such as ` Ask about zephyrine.`, or an empty text, as is right for the request of this place among `count`. */
export function plantedIn(place: number, count: number): string {
  let text = '';
  for (const [index, { word, share }] of PLANTED.entries()) {
    const isHere = share === 0 ? place === Math.floor(count * 0.37) : spread(place, index) < share;
    if (isHere) text += ` Ask about ${word} again.`;
  }
  return text;
}

/** A number from 0 to 1 for each place, of which a share s lies below s. */
function spread(place: number, salt: number): number {
  let state = Math.imul(place ^ Math.imul(salt + 1, 0x9e3779b9), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  state = Math.imul(state ^ (state >>> 16), 0x27d4eb2f);
  return ((state ^ (state >>> 15)) >>> 0) / 2 ** 32;
}
