/**
 * Parallel tool calls arrive interleaved; each is found again by its `index`, else by its id, else it is the last one, unless the piece
 * begins another: some servers send whole calls without either.
 */
import { isObject, isString, setOwn, nonEmptyString } from '../../../runtime/values.js';
import type { JsonValue } from '../../../wire.js';
import { ObjectAccumulator, type JsonFields } from './objectAccumulator.js';
import type { StreamBudget } from './streamBudget.js';

/** Characters of a call that are looked at again, should its name come with each piece. */
const MAX_CHECKED = 20_000;

export class ToolCallList {
  /** In the order in which they began. */
  readonly #calls: ToolCall[] = [];
  readonly #budget: StreamBudget;
  #last: ToolCall | undefined;

  constructor(budget: StreamBudget) {
    this.#budget = budget;
  }

  /** A list of pieces; some servers send a single one without a list. */
  add(given: unknown): boolean {
    const pieces: readonly unknown[] = Array.isArray(given) ? given : [given];
    for (let i = 0; i < pieces.length; i++) {
      const piece = pieces[i];
      if (isObject(piece)) this.#callOf(piece, { at: i, of: pieces.length })?.add(piece);
    }
    return pieces.length > 0;
  }

  result(): JsonValue[] {
    return [...this.#calls].sort((a, b) => a.index - b.index).map((call) => call.result());
  }

  /** `place`: in its chunk; two nameless places of one chunk are two calls, and go on with the last two. */
  #callOf(piece: Record<string, unknown>, place: { at: number; of: number }): ToolCall | undefined {
    const { id } = piece;
    const index = indexOf(piece);
    let call: ToolCall | undefined;
    if (index !== undefined) call = this.#lastAt(index);
    else if (isString(id) && id !== '') call = this.#calls.find((known) => known.id === id);
    else call = (isNameless(piece) ? this.#calls[this.#calls.length - place.of + place.at] : undefined) ?? this.#last;
    if (!call || call.isOtherThan(piece, place.at === 0)) {
      const begun = new ToolCall(index ?? this.#calls.length, this.#budget);
      call = this.#budget.addItem(this.#calls, begun);
    }
    this.#last = call;
    return call;
  }

  #lastAt(index: number): ToolCall | undefined {
    for (let i = this.#calls.length - 1; i >= 0; i--) if (this.#calls[i]?.index === index) return this.#calls[i];
    return undefined;
  }
}

class ToolCall {
  id: string | undefined;
  readonly index: number;
  readonly #budget: StreamBudget;
  readonly #own: ObjectAccumulator;
  /** `function: {name, arguments}` and `custom: {name, input}`. */
  readonly #groups = new Map<string, ObjectAccumulator>();

  constructor(index: number, budget: StreamBudget) {
    this.index = index;
    this.#budget = budget;
    this.#own = new ObjectAccumulator(budget);
  }

  /**
   * True where the piece begins another call. Gemini gives each of its calls the index 0: there it has another id and a name. Without an
   * id it has a name again, although this call is whole already. Some servers make a new id for each piece.
   */
  isOtherThan(piece: Record<string, unknown>, isFirst: boolean): boolean {
    const { id } = piece;
    const index = indexOf(piece);
    const [group, name, text] = namedGroup(piece);
    if (name === undefined) return false;
    const known = this.#groups.get(group);
    const isNamedById = nonEmptyString(id) !== undefined && this.id !== undefined;
    if (isNamedById && id === this.id) return false;
    const knownName = known?.values.name;
    if (knownName === undefined) return isNamedById;
    const said = known?.textAt('arguments') ?? known?.textAt('input');
    if (said && said.length > MAX_CHECKED) return isNamedById || knownName !== name;
    const before = wordsOf(group, (words) => known?.values[words] ?? known?.textAt(words)?.toString());
    if (isNamedById) return knownName !== name || before === '' || group === 'custom' || isWholeJson(before);
    if (index !== undefined) return text !== '' && group !== 'custom' && isWholeJson(before);
    if (!isFirst || knownName !== name) return true;
    return text !== '' && (group === 'custom' ? before !== '' : isWholeJson(before));
  }

  add(piece: Record<string, unknown>): void {
    for (const key in piece) {
      const value = piece[key];
      if (key === 'index' || value === null || value === undefined || value === '') continue;
      if (key === 'id') this.id ??= nonEmptyString(value);
      else if (!isObject(value) || Array.isArray(value)) this.#own.set(key, value);
      else
        (this.#groups.get(key) ?? this.#budget.addMember(this.#groups, key, new ObjectAccumulator(this.#budget)))?.add(
          value,
        );
    }
  }

  result(): JsonValue {
    const call: JsonFields = { ...(this.id === undefined ? {} : { id: this.id }), ...this.#own.values };
    for (const [key, group] of this.#groups) setOwn(call, key, group.result());
    return call;
  }
}

/** Some servers write it as text. */
function indexOf({ index }: Record<string, unknown>): number | undefined {
  if (isString(index)) return /^\d+$/.test(index) ? Number(index) : undefined;
  return typeof index === 'number' ? index : undefined;
}

/** The part of a piece that names what is called, its name, and its words. */
function namedGroup(piece: Record<string, unknown>): [group: string, name: string | undefined, text: string] {
  const group = isObject(piece.custom) ? 'custom' : 'function';
  const named = piece[group];
  if (!isObject(named)) return [group, undefined, ''];
  return [group, nonEmptyString(named.name), wordsOf(group, (name) => named[name])];
}

/** What is said to the tool; an object comes at once, as whole JSON does. */
function wordsOf(group: string, of: (name: string) => unknown): string {
  const words = of(group === 'custom' ? 'input' : 'arguments');
  return isObject(words) ? '{}' : isString(words) ? words : '';
}

function isNameless(piece: Record<string, unknown>): boolean {
  return namedGroup(piece)[1] === undefined;
}

/** Only asked where a name comes a second time. */
function isWholeJson(text: string): boolean {
  if (!/[}\]"]\s*$/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
