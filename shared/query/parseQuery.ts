/**
 * The query language: `refund "late parcel" status:error -env:dev latency:>2s tag.team:(a OR b)`. Terms are joined by AND;
 * `OR`, parentheses and `-` (not) do what they say. A word without a field is looked for in the text of requests. A term
 * that cannot be read is an error at its place, and never left out.
 */
import { closestName } from '#shared/closestName';
import {
  fieldNames,
  findField,
  findPresence,
  QUERY_FIELDS,
  QUERY_PRESENCE,
  QUERY_PRESETS,
  type QueryField,
  type QueryFieldName,
  type QueryPresence,
  type QueryPreset,
} from './fields.ts';
import { type AskedValue, readValue, splitName, tokenize, type Token, unquote } from './tokens.ts';
import { isDay, nextDay, parseAmount, parseTime, type QueryTime, splitRange } from './values.ts';

export type Operator = '=' | '>' | '>=' | '<' | '<=';

export type Query =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Query[] }
  | { readonly kind: 'not'; readonly of: Query }
  | { readonly kind: 'text'; readonly field: QueryFieldName; readonly value: AskedValue }
  /** Words in one piece, in the text of requests or in a part of it; every character stands for itself. */
  | { readonly kind: 'words'; readonly part: WordsPart; readonly value: string }
  | { readonly kind: 'number'; readonly field: QueryFieldName; readonly operator: Operator; readonly value: number }
  | { readonly kind: 'time'; readonly operator: Operator; readonly value: QueryTime }
  | { readonly kind: 'has'; readonly what: QueryPresence }
  | { readonly kind: 'tag' | 'meta'; readonly key: string; readonly value: AskedValue };

/** `any`: what was sent, the answer, the error, the ids and the values of tags. */
export type WordsPart = 'any' | 'input' | 'response';

export interface QueryProblem {
  /** One sentence: what is wrong and what is accepted. */
  readonly message: string;
  /** Where in the text, as indices of its characters. */
  readonly from: number;
  readonly to: number;
}

export type ParsedQuery =
  | { readonly query: Query | null; readonly problem: null }
  | { readonly query: null; readonly problem: QueryProblem };

/** Characters of a query, and terms in it. */
export const QUERY_LIMITS = { length: 1_000, terms: 40, depth: 8 } as const;

/** An empty text is a query for everything: `query` is null then. */
export function parseQuery(text: string): ParsedQuery {
  try {
    return { query: new Parser(text).parse(), problem: null };
  } catch (error) {
    if (error instanceof QueryError) return { query: null, problem: error.problem };
    throw error;
  }
}

class QueryError extends Error {
  readonly problem: QueryProblem;

  constructor(problem: QueryProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #terms = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    if (text.length > QUERY_LIMITS.length) {
      throw this.#error(`A query may hold at most ${QUERY_LIMITS.length} characters.`, {
        from: QUERY_LIMITS.length,
        to: text.length,
      });
    }
    // Nothing that is stored holds either.
    const odd = text.indexOf('\0');
    if (odd >= 0 || !text.isWellFormed()) {
      throw this.#error('A query must be well-formed text without NUL.', { from: Math.max(0, odd), to: text.length });
    }
    this.#tokens = this.#tokenize();
  }

  parse(): Query | null {
    if (this.#tokens.length === 0) return null;
    const query = this.#or();
    const rest = this.#peek();
    if (rest) throw this.#error('There is a ")" without its "(".', rest);
    return query;
  }

  #or(): Query {
    const first = this.#and();
    const of = [first];
    while (this.#peek()?.text === 'OR') {
      const or = this.#next();
      if (!this.#startsTerm())
        throw this.#error('"OR" stands between two terms, such as status:error OR status:aborted.', or);
      of.push(this.#and());
    }
    return of.length === 1 ? first : { kind: 'or', of };
  }

  #and(): Query {
    const of: Query[] = [];
    while (this.#startsTerm()) of.push(this.#term());
    const [first] = of;
    const odd = this.#peek() ?? { from: 0, to: this.#text.length };
    if (!first) throw this.#error('A term is missing here, such as status:error.', odd);
    return of.length === 1 ? first : { kind: 'and', of };
  }

  #startsTerm(): boolean {
    const token = this.#peek();
    return token !== undefined && token.text !== ')' && token.text !== 'OR';
  }

  #term(): Query {
    const token = this.#next();
    if (token.text === '-') {
      if (!this.#startsTerm()) throw this.#error('"-" stands before what is left out, such as -env:dev.', token);
      return { kind: 'not', of: this.#nested(token, () => this.#term()) };
    }
    if (token.text === '(') return this.#group(token, () => this.#or());
    return this.#named(token);
  }

  /** Terms, and values between brackets: each is a condition of its own. */
  #count(token: Token): void {
    this.#terms++;
    if (this.#terms > QUERY_LIMITS.terms)
      throw this.#error(`A query may hold at most ${QUERY_LIMITS.terms} terms.`, token);
  }

  /** Words; `name:value`, or `name:` before a group of values. */
  #named(token: Token): Query {
    const [name, value] = splitName(token.text);
    if (token.text === 'NOT')
      throw this.#error(
        '"NOT" is written as "-", such as -status:error; as a word it stands in quotation marks.',
        token,
      );
    if (value === null) {
      this.#count(token);
      const words = unquote(token.text);
      if (words === '') throw this.#error('There is nothing between the quotation marks.', token);
      return { kind: 'words', part: 'any', value: words };
    }
    if (value === '' && this.#peek()?.text === '(' && this.#peek()?.from === token.to) {
      return this.#group(this.#next(), () => this.#values(name, token));
    }
    this.#count(token);
    return this.#condition(name, value, token);
  }

  /** `(a OR b)` and `(a b)` after a name. */
  #values(name: string, named: Token): Query {
    const groups: Query[][] = [[]];
    for (let token = this.#peek(); token && token.text !== ')'; token = this.#peek()) {
      this.#next();
      if (token.text === 'OR') groups.push([]);
      else if (token.text === '(' || token.text === '-' || token.text === 'NOT')
        throw this.#error('Between these brackets stand values, such as (a OR b).', token);
      else {
        this.#count(token);
        groups.at(-1)?.push(this.#condition(name, token.text, { ...token, from: named.from }));
      }
    }
    const of = groups.map((group) => {
      const [first] = group;
      if (!first) throw this.#error('A value is missing between the brackets, such as (a OR b).', named);
      return group.length === 1 ? first : ({ kind: 'and', of: group } as const);
    });
    return of.length === 1 && of[0] ? of[0] : { kind: 'or', of };
  }

  #group(open: Token, inner: () => Query): Query {
    const query = this.#nested(open, inner);
    if (this.#peek()?.text !== ')') throw this.#error('There is a "(" without its ")".', open);
    this.#next();
    return query;
  }

  #nested(token: Token, inner: () => Query): Query {
    if (++this.#depth > QUERY_LIMITS.depth)
      throw this.#error(`A query may be nested ${QUERY_LIMITS.depth} times.`, token);
    const query = inner();
    this.#depth--;
    return query;
  }

  #condition(name: string, raw: string, place: Token): Query {
    const value = unquote(raw);
    const key = /^(tag|meta)\.(.+)$/is.exec(name);
    const field = findField(name);
    // A text may be empty, and is asked for in quotation marks then.
    const isText = key !== null || (field !== null && QUERY_FIELDS[field].type === 'text');
    if (raw === '' || (value === '' && !isText))
      throw this.#error(`\`${name}:\` wants a value, such as ${name}:${exampleOf(name)}.`, place);
    // By the expression.
    if (key)
      return { kind: key[1]?.toLowerCase() as 'tag' | 'meta', key: unquote(key[2] ?? ''), value: readValue(raw) };
    if (name.toLowerCase() === 'has') return this.#presence(value, place);
    if (name.toLowerCase() === 'is') return this.#preset(value, place);
    if (field === null) throw this.#error(unknownField(name), place);
    const { type, values, isHash }: QueryField = QUERY_FIELDS[field];
    if (type === 'text' && isHash) {
      if (/^[\da-f]{32}$/i.test(value)) return { kind: 'text', field, value: value.toLowerCase() };
      throw this.#error(`\`${name}\` wants a hash of a request, which has 32 hexadecimal digits.`, place);
    }
    if (type === 'text') {
      if (values && !values.includes(value)) throw this.#error(oneOf(name, value, values), place);
      return { kind: 'text', field, value: readValue(raw) };
    }
    if (type === 'words') return { kind: 'words', part: field === 'input' ? 'input' : 'response', value };
    const range = splitRange(value);
    if (range !== null) return this.#range(name, { field, type, ...range }, place);
    const [, operator = '=', amount = ''] = /^(>=|<=|>|<|=)?(.*)$/s.exec(value) ?? [];
    return this.#comparison(name, { field, type, operator: operator as Operator, amount }, place); // By the expression.
  }

  #comparison(
    name: string,
    { field, type, operator, amount }: MeasuredField & { readonly operator: Operator; readonly amount: string },
    place: Token,
  ): Query {
    if (type === 'time') {
      const time = parseTime(amount);
      if (time !== null) return isDay(amount) ? ofDay(operator, time) : { kind: 'time', operator, value: time };
      throw this.#error(
        `\`${name}\` wants a time, such as >2026-08-01 or >2026-08-01T12:00Z, or 2h for the last two hours.`,
        place,
      );
    }
    const parsed = parseAmount(amount, type);
    if (parsed !== null) return { kind: 'number', field, operator, value: parsed };
    throw this.#error(`\`${name}\` wants a ${NOUNS[type]}, such as ${EXAMPLES[type]} or ${RANGES[type]}.`, place);
  }

  /** `1s..5s`, both ends included; one of them may be missing. A day at the end is all of it. */
  #range(name: string, { low, high, ...field }: MeasuredField & { low: string; high: string }, place: Token): Query {
    const of: Query[] = [];
    if (low !== '') of.push(this.#comparison(name, { ...field, operator: '>=', amount: low }, place));
    if (high !== '') {
      of.push(this.#comparison(name, { ...field, operator: '<=', amount: high }, place));
    }
    const [first, last] = of;
    if (!first) throw this.#error(`\`${name}\` wants an end of its range, such as ${RANGES[field.type]}.`, place);
    if (!last) return first;
    if (endsBeforeItBegins(first, last)) throw this.#error(`The range of \`${name}\` ends before it begins.`, place);
    return { kind: 'and', of };
  }

  #presence(value: string, place: Token): Query {
    const what = findPresence(value);
    if (what !== null) return { kind: 'has', what };
    throw this.#error(oneOf('has', value, Object.keys(QUERY_PRESENCE)), place);
  }

  /** What the short name stands for. */
  #preset(value: string, place: Token): Query {
    const name = value.toLowerCase();
    if (!Object.hasOwn(QUERY_PRESETS, name)) throw this.#error(oneOf('is', value, Object.keys(QUERY_PRESETS)), place);
    const { query } = parseQuery(QUERY_PRESETS[name as QueryPreset].query); // One of its keys.
    if (query === null) throw new Error(`The preset ${name} is no query.`);
    return query;
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #next(): Token {
    const token = this.#tokens[this.#at++];
    if (!token) throw new Error('Only called where there is a token.');
    return token;
  }

  #error(message: string, { from, to }: { from: number; to: number }): QueryError {
    return new QueryError({ message, from, to });
  }

  #tokenize(): readonly Token[] {
    const { tokens, openQuote } = tokenize(this.#text);
    if (tokens !== null) {
      // Terms side by side mean both already.
      const terms = tokens.filter(({ text }) => text !== 'AND');
      const [and] = tokens;
      if (terms.length > 0 || and === undefined) return terms;
      throw this.#error('"AND" stands between two terms; as a word it stands in quotation marks.', and);
    }
    throw this.#error('A quotation mark is not closed.', { from: openQuote, to: this.#text.length });
  }
}

const NOUNS = { count: 'number', duration: 'duration', money: 'number of US dollars' } as const;
const EXAMPLES = { count: '>8k', duration: '>2s', money: '>=0.05' } as const;
const RANGES = { count: '1k..8k', duration: '1s..5s', money: '0.01..0.05', time: '2026-08-01..2026-08-03' } as const;

/** A field of which more and less can be asked. */
interface MeasuredField {
  readonly field: QueryFieldName;
  readonly type: keyof typeof RANGES;
}

/** A day is all of it: after it begins the next one, and up to it holds its last moment. */
function ofDay(operator: Operator, day: QueryTime): Query {
  if (operator === '>') return { kind: 'time', operator: '>=', value: nextDay(day) };
  return operator === '<='
    ? { kind: 'time', operator: '<', value: nextDay(day) }
    : { kind: 'time', operator, value: day };
}

/** An age is the further back the larger it is; of an age and a moment nobody can say. */
function endsBeforeItBegins(first: Query, last: Query): boolean {
  if (first.kind === 'number' && last.kind === 'number') return first.value > last.value;
  if (first.kind !== 'time' || last.kind !== 'time') return false;
  if ('at' in first.value && 'at' in last.value) return first.value.at > last.value.at;
  return 'agoMs' in first.value && 'agoMs' in last.value && first.value.agoMs < last.value.agoMs;
}

/** A value that the field takes. */
function exampleOf(name: string): string {
  const lower = name.toLowerCase();
  if (lower === 'has') return 'error';
  if (lower === 'is') return 'slow';
  const field = findField(name);
  const of: QueryField | null = field === null ? null : QUERY_FIELDS[field];
  if (of?.type === 'time') return '2h';
  if (of?.type === 'count' || of?.type === 'duration' || of?.type === 'money') return EXAMPLES[of.type];
  return (of?.type === 'text' ? of.values?.[0] : undefined) ?? 'x';
}

function oneOf(name: string, value: string, known: readonly string[]): string {
  const meant = closestName(value.toLowerCase(), known);
  return `\`${name}\` is one of ${known.join(', ')}${meant === null ? '' : ` (did you mean \`${meant}\`?)`}.`;
}

function unknownField(name: string): string {
  const [, kind, key] = /^(tag|meta)(?:s|data)?(\..+)?$/is.exec(name) ?? [];
  if (kind !== undefined && key === undefined) {
    return `\`${name}\` wants a name, such as ${kind.toLowerCase()}.name:value.`;
  }
  const known = key === undefined ? [...fieldNames(), 'has', 'is'] : [];
  const meant = key === undefined ? closestName(name.toLowerCase(), known) : `${kind?.toLowerCase()}${key}`;
  const shown = name.length > 40 ? `${name.slice(0, 40)}…` : name;
  const hint = meant === null ? 'tag.<name> and meta.<name> are, among others' : `did you mean \`${meant}\`?`;
  return `\`${shown}\` is not a field (${hint}); text that holds a colon is looked for in quotation marks.`;
}
