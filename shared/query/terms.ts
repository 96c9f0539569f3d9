/**
 * Edits a query text term by term, so that a click on a value and a word that somebody types are one and the same: facets,
 * menus of values and presets write into the text, and read from it what is set. Only plain terms at the top of the text
 * are read and changed; what stands in brackets or beside an OR stays as it was written.
 */
import { findField, QUERY_FIELDS, type QueryField } from './fields.ts';
import { parseQuery } from './parseQuery.ts';
import {
  type AskedValue,
  formatKey,
  formatValue,
  readValue,
  splitName,
  tokenize,
  type Token,
  unquote,
} from './tokens.ts';

/** `field:value`, or `-field:value`. */
export interface Term {
  /** A name of QUERY_FIELDS, `has`, or `tag.` and `meta.` with the key as it is, unquoted. */
  readonly field: string;
  /** As a request has it, or a pattern; of a number or a time with its operator, such as `>2s`. */
  readonly value: AskedValue;
  /** True for `-field:value`. Default: false. */
  readonly isExcluded?: boolean;
}

/** A term as it is written: `formatTerm({ field: 'model', value: 'my model' })` is `model:"my model"`. */
export function formatTerm({ field, value, isExcluded = false }: Term): string {
  return `${isExcluded ? '-' : ''}${formatField(field)}:${formatValue(value)}`;
}

/** Which plain terms a text sets, in its order; none of a text whose terms are joined by OR, or that cannot be read. */
export function readTerms(text: string): Term[] {
  return (split(text) ?? []).flatMap(({ field, values, isExcluded }) =>
    field === null ? [] : values.map((value) => ({ field, value, isExcluded })),
  );
}

/** True where the text holds exactly this term. */
export function hasTerm(text: string, term: Term): boolean {
  return readTerms(text).some((set) => isSame(set, term));
}

/**
 * The text with one more term. A second value of a field that has one value becomes either of them, `model:(a OR b)`: both
 * at once match nothing. The same value excluded, or included, is taken back.
 */
export function addTerm(text: string, term: Term): string {
  if (hasTerm(text, term)) return text;
  const without = removeTerm(text, { ...term, isExcluded: !term.isExcluded });
  const pieces = split(without);
  if (pieces === null) return join([bracketed(without), formatTerm(term)]);
  const field = canonicalField(term.field);
  const home = term.isExcluded || !isSingleValued(field) ? undefined : pieces.find((piece) => isHome(piece, field));
  if (!home) return join([...pieces.map(({ text: written }) => written), formatTerm(term)]);
  const values = [...home.values, term.value];
  return join(pieces.map((piece) => (piece === home ? formatValues(field, values, false) : piece.text)));
}

/** The text without a term; the other values beside it stay. */
export function removeTerm(text: string, term: Term): string {
  const pieces = split(text);
  if (pieces === null || !hasTerm(text, term)) return text;
  return join(
    pieces.map((piece) => {
      if (piece.field !== canonicalField(term.field) || piece.isExcluded !== (term.isExcluded ?? false))
        return piece.text;
      if (!piece.values.some((value) => isSameValue(value, term.value))) return piece.text;
      return formatValues(
        piece.field,
        piece.values.filter((value) => !isSameValue(value, term.value)),
        piece.isExcluded,
      );
    }),
  );
}

/** Adds a term that is not there, and removes one that is. */
export function toggleTerm(text: string, term: Term): string {
  return hasTerm(text, term) ? removeTerm(text, term) : addTerm(text, term);
}

/** The text with these values of a field and no others, such as both ends of a range; without values it asks nothing of it. */
export function setTerms(text: string, field: string, values: readonly AskedValue[]): string {
  const name = canonicalField(field);
  const pieces = split(text);
  const terms = isSingleValued(name)
    ? [formatValues(name, values, false)]
    : values.map((value) => formatTerm({ field: name, value }));
  if (pieces === null) return join([bracketed(text), ...terms]);
  return join([...pieces.filter((piece) => piece.field !== name).map(({ text: written }) => written), ...terms]);
}

/** Whether two terms ask the same, by whichever name of the field. */
function isSame(one: Term, other: Term): boolean {
  return (
    canonicalField(one.field) === canonicalField(other.field) &&
    isSameValue(one.value, other.value) &&
    (one.isExcluded ?? false) === (other.isExcluded ?? false)
  );
}

function isSameValue(one: AskedValue, other: AskedValue): boolean {
  return formatValue(one) === formatValue(other);
}

/** One term at the top of the text, as it is written; `field` is null for what is not plain. */
interface Piece {
  readonly text: string;
  readonly field: string | null;
  /** Any of them matches. */
  readonly values: readonly AskedValue[];
  readonly isExcluded: boolean;
}

/** The terms at the top of a text, which all must match; null where OR joins them, or the text cannot be read. */
function split(text: string): Piece[] | null {
  const { tokens } = tokenize(text);
  if (tokens === null || parseQuery(text).problem !== null) return null;
  const pieces: Piece[] = [];
  for (let at = 0; at < tokens.length;) {
    // It says what side by side says: beside a term that is taken away it would stand alone.
    if (tokens[at]?.text === 'AND') {
      at += 1;
      continue;
    }
    const end = endOfTerm(tokens, at);
    const own = tokens.slice(at, end);
    if (own[0]?.text === 'OR') return null;
    pieces.push(toPiece(text, own));
    at = end;
  }
  return pieces;
}

/** Where the term that begins at a token ends: a minus belongs to what follows it, and brackets to the name before them. */
function endOfTerm(tokens: readonly Token[], start: number): number {
  let at = start;
  while (tokens[at]?.text === '-') at += 1;
  const named = tokens[at];
  if (named?.text !== '(') {
    at += 1;
    const isBeforeBrackets = named?.text.endsWith(':') && tokens[at]?.text === '(' && tokens[at]?.from === named.to;
    if (!isBeforeBrackets) return at;
  }
  let depth = 0;
  do {
    if (tokens[at]?.text === '(') depth += 1;
    if (tokens[at]?.text === ')') depth -= 1;
    at += 1;
  } while (depth > 0 && at < tokens.length);
  return at;
}

function toPiece(text: string, tokens: readonly Token[]): Piece {
  const written = text.slice(tokens[0]?.from, tokens.at(-1)?.to);
  const isExcluded = tokens[0]?.text === '-';
  const [named, ...rest] = isExcluded ? tokens.slice(1) : tokens;
  const [name, value] = splitName(named?.text ?? '');
  const values = value === null ? null : rest.length === 0 ? [value] : valuesBetween(rest);
  if (values === null) return { text: written, field: null, values: [], isExcluded };
  return { text: written, field: canonicalField(readField(name)), values: values.map(readValue), isExcluded };
}

/** The values of `(a OR b)`; null for any other group. */
function valuesBetween(tokens: readonly Token[]): string[] | null {
  const inner = tokens.slice(1, -1).map(({ text }) => text);
  const isList = inner.every((word, index) => (word === 'OR') === (index % 2 === 1) && word !== '(' && word !== '-');
  return isList ? inner.filter((_, index) => index % 2 === 0) : null;
}

/** `tag."odd key"` as `tag.odd key`. */
function readField(name: string): string {
  const key = /^(tag|meta)\.(.+)$/is.exec(name);
  return key ? `${key[1]?.toLowerCase()}.${unquote(key[2] ?? '')}` : name;
}

function formatField(field: string): string {
  const key = /^(tag|meta)\.(.*)$/s.exec(field);
  return key ? `${key[1]}.${formatKey(key[2] ?? '')}` : field;
}

/** The name of a field, by whichever alias it is called. */
function canonicalField(field: string): string {
  return field.toLowerCase() === 'has' ? 'has' : (findField(field) ?? field);
}

/** Fields of which several values can be true of one request. */
const MULTIPLE: ReadonlySet<string> = new Set(['preview', 'tool', 'called', 'id', 'error.message']);

/** Whether a request has one value of it at most, so that two of them match nothing. */
function isSingleValued(field: string): boolean {
  if (/^(tag|meta)\./.test(field)) return true;
  const name = findField(field);
  return name !== null && !MULTIPLE.has(name) && (QUERY_FIELDS[name] satisfies QueryField).type === 'text';
}

function isHome(piece: Piece, field: string): boolean {
  return piece.field === field && !piece.isExcluded;
}

function formatValues(field: string, values: readonly AskedValue[], isExcluded: boolean): string {
  const [first] = values;
  if (first === undefined) return '';
  if (values.length === 1) return formatTerm({ field, value: first, isExcluded });
  return `${isExcluded ? '-' : ''}${formatField(field)}:(${values.map(formatValue).join(' OR ')})`;
}

/** What one more term may stand beside; a text that cannot be read gives way to it. */
function bracketed(text: string): string {
  return parseQuery(text).query === null ? '' : `(${text.trim()})`;
}

function join(pieces: readonly string[]): string {
  return pieces.filter((piece) => piece !== '').join(' ');
}
