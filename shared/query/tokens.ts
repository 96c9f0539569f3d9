/** The words of a query text with their places, and how a value is written as one. */

/** `(`, `)`, or a word; a quoted text is part of the word that it stands in. */
export interface Token {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

export type Tokens =
  | { readonly tokens: readonly Token[]; readonly openQuote: null }
  | { readonly tokens: null; readonly openQuote: number };

/** `openQuote`: where a quotation mark begins that is never closed. */
export function tokenize(text: string): Tokens {
  const tokens: Token[] = [];
  // A minus counts at the beginning of a term; inside of a word it is a letter.
  const pattern = /[()]|-(?=[^\s)])|(?:"(?:[^"\\]|\\.)*"|[^\s()"])+|"/gsy;
  const space = /\s*/gy;
  for (let at = 0; at < text.length;) {
    space.lastIndex = at;
    space.exec(text);
    at = space.lastIndex;
    if (at >= text.length) break;
    pattern.lastIndex = at;
    const [word = ''] = pattern.exec(text) ?? [];
    if (word === '"' || word === '') return { tokens: null, openQuote: at };
    tokens.push({ text: word, from: at, to: at + word.length });
    at += word.length;
  }
  return { tokens, openQuote: null };
}

/** At the first colon outside of quotes; the value is null where there is none. */
export function splitName(text: string): [name: string, value: string | null] {
  const name = /^(?:[^":]|"(?:[^"\\]|\\.)*")+(?=:)/s.exec(text)?.[0];
  return name === undefined ? [text, null] : [name, text.slice(name.length + 1)];
}

/** `"a b"` and `a" "b` as `a b`; `\"` and `\\` stand for themselves. */
export function unquote(text: string): string {
  return text.replaceAll(/"((?:[^"\\]|\\.)*)"/gs, (_, inner: string) => inner.replaceAll(/\\(.)/gs, '$1'));
}

/** What a value is like: `*` in it is any text, and `\*` and `\\` are letters. */
export interface Pattern {
  readonly like: string;
}

/** A value that is asked for as it is, or what it is like. */
export type AskedValue = string | Pattern;

/** What any value is like. */
export const ANY_VALUE: Pattern = { like: '*' };

/** `"a b"` as `a b`, `gpt-*` as a pattern, and `a\*b`, in quotes or not, as `a*b`. */
export function readValue(text: string): AskedValue {
  const like = text.replaceAll(/"((?:[^"\\]|\\.)*)"|\\\*|\\/gs, (written, inner?: string) =>
    // Outside of quotes a backslash is one, but before a star.
    inner === undefined ? (written === '\\' ? '\\\\' : written) : inner.replaceAll(/\\([^*\\])|\\./gs, keepEscape),
  );
  return /^(?:[^*\\]|\\.)*$/s.test(like) ? like.replaceAll(/\\(.)/gs, '$1') : { like };
}

const keepEscape = (written: string, letter?: string) => letter ?? written;

/** A value as it is written in a query: as it is, or in quotes. */
export function formatValue(value: AskedValue): string {
  const like = typeof value === 'string' ? value.replaceAll(/[*\\]/g, '\\$&') : value.like;
  const isPlain = /^[^\s()"\\-][^\s()"\\]*$/.test(like) && !OPERATORS.has(like);
  return isPlain ? like : `"${like.replaceAll('"', '\\"')}"`;
}

/** Words as they are looked for in one piece. */
export function formatPhrase(words: string): string {
  return quote(words);
}

/** Words that are looked for only in quotes. */
const OPERATORS: ReadonlySet<string> = new Set(['OR', 'AND', 'NOT']);

/** The key of a tag or of a member of the metadata, as it is written before the colon. */
export function formatKey(key: string): string {
  return /^[^\s()":\\]+$/.test(key) ? key : quote(key);
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
