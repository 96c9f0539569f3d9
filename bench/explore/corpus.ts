/** Sentences that read like those people send to models: few words are frequent and many are rare. */
import type { Random } from '#demo/random';
import {
  EMOJI,
  ENGLISH,
  ENGLISH_SENTENCES,
  GRAMMARS,
  type Grammar,
  LANGUAGES,
  type Language,
  SYLLABLES,
} from './words.ts';

/** Share of requests in each language but English. */
const LANGUAGE_SHARE = 0.024;
/** Share of the places of a noun where a rare word stands. */
const RARE_SHARE = 0.12;
const EMOJI_SHARE = 0.02;
const RARE_WORDS = SYLLABLES.reduce((count, list) => count * list.length, 1);

/** A word of a sentence, or the slot it is picked for. */
type Piece = string | { readonly slot: string };

const SENTENCES: readonly (readonly Piece[])[] = ENGLISH_SENTENCES.map((sentence) =>
  sentence.split(/(\{\w+\})/).map((part) => (part.startsWith('{') ? { slot: part.slice(1, -1) } : part)),
);

export function pickLanguage(random: Random): Language {
  const place = Math.floor(random.fraction() / LANGUAGE_SHARE) + 1;
  return LANGUAGES[place] ?? 'en';
}

/** About as many bytes of UTF-8 as asked for, in sentences; long texts have paragraphs. */
export function makeText(random: Random, language: Language, bytes: number): string {
  let text = '';
  let left = bytes;
  while (left > 0) {
    const sentence = makeSentence(random, language);
    left -= language === 'en' ? sentence.length + 1 : Buffer.byteLength(sentence) + 1;
    if (text !== '') text += random.chance(0.12) ? '\n\n' : ' ';
    text += sentence;
  }
  return text;
}

function makeSentence(random: Random, language: Language): string {
  const sentence = language === 'en' ? makeEnglish(random) : makeFrom(random, GRAMMARS[language]);
  return random.chance(EMOJI_SHARE) ? `${sentence} ${random.pick(EMOJI)}` : sentence;
}

function makeFrom(random: Random, { parts, between, end }: Grammar): string {
  let sentence = '';
  for (const part of parts) sentence += (sentence === '' ? '' : between) + random.pick(part);
  return sentence + end;
}

function makeEnglish(random: Random): string {
  let sentence = '';
  for (const piece of random.pick(SENTENCES))
    sentence += typeof piece === 'string' ? piece : fillSlot(random, piece.slot);
  return sentence;
}

function fillSlot(random: Random, slot: string): string {
  if (slot === 'number') return String(random.int(11, 98_765));
  if (slot === 'digit') return String(random.int(1, 99));
  if (slot === 'noun' && random.chance(RARE_SHARE)) return rareWord(random);
  return random.pick(ENGLISH[slot] ?? []);
}

/** The more to the front, the more often: the tenth is a tenth as frequent as the first. */
function rareWord(random: Random): string {
  return rareWordAt(Math.floor(RARE_WORDS ** random.fraction()) - 1);
}

/** The rare word of this place, from 0; those of higher places are rarer. */
export function rareWordAt(place: number): string {
  let rest = place;
  let word = '';
  for (const list of SYLLABLES) {
    word += list[rest % list.length] ?? '';
    rest = Math.floor(rest / list.length);
  }
  return word;
}
