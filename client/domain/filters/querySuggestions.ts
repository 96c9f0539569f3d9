/** What could come next while a query is typed. */
import {
  type FieldType,
  findField,
  QUERY_FIELDS,
  QUERY_PRESENCE,
  QUERY_PRESETS,
  type QueryField,
  VALUE_FIELDS,
  type ValueField,
} from '#shared/query/fields';
import { formatKey, formatPhrase, formatValue, unquote } from '#shared/query/tokens';

/** What a click writes in place of the word that is typed, and what it means. */
export type Suggestion = {
  readonly word: string;
  readonly about: string;
};

/** A value that requests have in a field, and how many of them. */
export type KnownValue = { readonly value: string; readonly count: number };

const MOST = 12;

/** The word at the end of the text, in three parts: `-`, `model:` and `gp`. */
function lastWord(text: string): { minus: string; name: string | null; typed: string } {
  const word = /(?:"(?:[^"\\]|\\.)*(?:"|\\?$)|[^\s()"])*$/s.exec(text)?.[0] ?? '';
  const minus = word.startsWith('-') ? '-' : '';
  const rest = word.slice(minus.length);
  const name = /^(?:[^":]|"(?:[^"\\]|\\.)*")+(?=:)/s.exec(rest)?.[0];
  return name === undefined ? { minus, name: null, typed: rest } : { minus, name, typed: rest.slice(name.length + 1) };
}

/** Which values the server could suggest for the end of the text: of which field, and what they begin with. */
export function wantedValues(text: string): { readonly field: ValueField; readonly prefix: string } | null {
  const { name, typed } = lastWord(text);
  const prefix = plain(typed);
  if (name === null) {
    const key = /^tag\.(.*)$/s.exec(typed)?.[1];
    return key === undefined ? null : { field: 'tag', prefix: plain(key) };
  }
  const key = /^tag\.(.+)$/s.exec(name)?.[1];
  if (key !== undefined) return { field: `tag.${unquote(key)}`, prefix };
  const field = VALUE_FIELDS.find((known) => known === findField(name));
  return field === undefined ? null : { field, prefix };
}

/** Fields where a term begins, values where one has a field. `known` are those of `wantedValues`. */
export function suggestWords(text: string, known: readonly KnownValue[]): Suggestion[] {
  const { minus, name, typed } = lastWord(text);
  const start = plain(typed).toLowerCase();
  if (name === null) {
    const phrase = phraseOf(text);
    const fields = suggestFields(minus, start, known);
    return phrase === null ? fields : [{ word: phrase, about: 'the words in one piece' }, ...fields];
  }
  const ofName = (entries: readonly (readonly [string, string])[]) =>
    entries
      .filter(([value]) => value.toLowerCase().includes(start) && value !== start)
      .slice(0, MOST)
      .map(([value, about]) => ({ word: `${minus}${name}:${formatValue(value)}`, about }));
  const lower = name.toLowerCase();
  if (lower === 'has') return ofName(Object.entries(QUERY_PRESENCE));
  if (lower === 'is') return ofName(Object.entries(QUERY_PRESETS).map(([value, { about }]) => [value, about]));
  const field = findField(name);
  const asked = known.map(({ value, count }) => [value, count === 1 ? '1 request' : `${count} requests`] as const);
  if (field === null) return lower.startsWith('tag.') ? ofName(asked) : [];
  const { type, values }: QueryField = QUERY_FIELDS[field];
  if (type !== 'text' && asked.length === 0) return examplesOf(`${minus}${name}`, type, typed);
  const others = (values ?? []).filter((value) => !known.some((one) => one.value === value));
  return ofName([...asked, ...others.map((value) => [value, ''] as const)]);
}

function suggestFields(minus: string, start: string, known: readonly KnownValue[]): Suggestion[] {
  if (start.startsWith('tag.')) {
    return known.slice(0, MOST).map(({ value }) => ({ word: `${minus}tag.${formatKey(value)}:`, about: 'a tag' }));
  }
  const fields = Object.entries<QueryField>(QUERY_FIELDS).map(([field, { about }]) => ({ word: `${field}:`, about }));
  const others = [
    { word: 'has:', about: 'what is there: error, usage, cost, tools …' },
    { word: 'is:', about: 'slow, expensive, cut, root …' },
    { word: 'tag.', about: 'a tag, such as tag.team:support' },
    { word: 'meta.', about: 'a member of the metadata' },
  ];
  return [...fields, ...others]
    .filter(({ word }) => word.startsWith(start))
    .slice(0, MOST)
    .map(({ word, about }) => ({ word: minus + word, about }));
}

/** What more, less and between look like. */
const EXAMPLES: Readonly<Record<Exclude<FieldType, 'text' | 'words'>, readonly (readonly [string, string])[]>> = {
  duration: [
    ['>1s', 'more than a second'],
    ['>10s', 'more than ten seconds'],
    ['1s..5s', 'between the two'],
  ],
  count: [
    ['>1k', 'more than a thousand'],
    ['>10k', 'more than ten thousand'],
    ['1k..8k', 'between the two'],
  ],
  money: [
    ['>0.01', 'more than a cent'],
    ['>0.1', 'more than ten cents'],
    ['0.01..0.1', 'between the two'],
  ],
  time: [
    ['1h', 'the last hour'],
    ['24h', 'the last day'],
    ['7d', 'the last week'],
  ],
};

function examplesOf(name: string, type: FieldType, typed: string): Suggestion[] {
  if (type === 'text' || type === 'words' || typed !== '') return [];
  return EXAMPLES[type].map(([value, about]) => ({ word: `${name}:${value}`, about }));
}

/** Words at the end of a text, each of which is looked for by itself. */
const BARE_WORDS =
  /(?:^|(?<=\s))(?:(?!(?:OR|AND|NOT)\s)[^\s"():-][^\s"():]*\s+)+(?!(?:OR|AND|NOT)\s*$)[^\s"():-][^\s"():]*\s*$/;

/** The same words in one piece, which is what somebody means who pastes a sentence; null where there are not two. */
function phraseOf(text: string): string | null {
  const bare = BARE_WORDS.exec(text)?.[0].trim().replaceAll(/\s+/g, ' ');
  return bare === undefined ? null : formatPhrase(bare);
}

/** What is typed without the quotation marks around it, and as it will be read. */
function plain(typed: string): string {
  return typed.replaceAll(/\\(["*\\])|"/g, '$1');
}

/** The text with its last word replaced, or with its words at the end in one piece. A value ends its term, a field does not. */
export function completeWord(text: string, word: string): string {
  if (word === phraseOf(text)) return `${text.replace(BARE_WORDS, '')}${word} `;
  const { minus, name, typed } = lastWord(text);
  const length = minus.length + (name === null ? 0 : name.length + 1) + typed.length;
  return text.slice(0, text.length - length) + word + (/[:.]$/.test(word) ? '' : ' ');
}
