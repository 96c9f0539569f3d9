/** What could come next while a query is typed. */
import { findField, QUERY_FIELDS, QUERY_PRESENCE, type QueryField } from '#shared/query/fields';
import { formatValue } from '#shared/query/tokens';

export type Suggestion = { readonly word: string; readonly about: string };

const MOST = 12;

/** The word at the end of the text, in three parts: `-`, `model:` and `gp`. */
function lastWord(text: string): { minus: string; name: string | null; typed: string } {
  const word = /(?:"[^"]*"?|[^\s()"])*$/.exec(text)?.[0] ?? '';
  const minus = word.startsWith('-') ? '-' : '';
  const rest = word.slice(minus.length);
  const colon = rest.indexOf(':');
  return colon < 0
    ? { minus, name: null, typed: rest }
    : { minus, name: rest.slice(0, colon), typed: rest.slice(colon + 1) };
}

/** Fields where a term begins, values where one has a field. */
export function suggestWords(text: string, valuesOf: (field: string) => readonly string[]): Suggestion[] {
  const { minus, name, typed } = lastWord(text);
  const start = typed.toLowerCase().replaceAll('"', '');
  if (name === null) {
    const fields = Object.entries<QueryField>(QUERY_FIELDS).map(([field, { about }]) => ({
      word: `${minus}${field}:`,
      about,
    }));
    const others = [
      { word: `${minus}has:`, about: 'what is there: error, usage, cost, tools …' },
      { word: `${minus}tag.`, about: 'a tag, such as tag.team:support' },
      { word: `${minus}meta.`, about: 'a member of the metadata' },
    ];
    return [...fields, ...others].filter(({ word }) => word.slice(minus.length).startsWith(start)).slice(0, MOST);
  }
  if (name === 'has') {
    return Object.entries(QUERY_PRESENCE)
      .filter(([what]) => what.startsWith(start))
      .map(([what, about]) => ({ word: `${minus}has:${what}`, about }));
  }
  const field = findField(name);
  if (field === null) return [];
  const { values, about }: QueryField = QUERY_FIELDS[field];
  return [...(values ?? valuesOf(field))]
    .filter((value) => value.toLowerCase().includes(start) && value !== typed)
    .slice(0, MOST)
    .map((value) => ({ word: `${minus}${name}:${formatValue(value)}`, about }));
}

/** The text with its last word replaced. A value ends its term, a field does not. */
export function completeWord(text: string, word: string): string {
  const { minus, name, typed } = lastWord(text);
  const length = minus.length + (name === null ? 0 : name.length + 1) + typed.length;
  return text.slice(0, text.length - length) + word + (/[:.]$/.test(word) ? '' : ' ');
}
