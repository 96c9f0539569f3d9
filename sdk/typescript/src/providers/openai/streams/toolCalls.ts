/** Parallel tool calls arrive interleaved; each is found again by its `index`, else by its id, else it is the last one. */
import { isObject, isString, setOwn, nonEmptyString } from '../../../runtime/values.js';
import type { JsonValue } from '../../../wire.js';
import { ObjectAccumulator, type JsonFields } from './objectAccumulator.js';
import type { StreamBudget } from './streamBudget.js';

export class ToolCallList {
  /** In the order in which they began. */
  readonly #calls: ToolCall[] = [];
  readonly #budget: StreamBudget;
  #last: ToolCall | undefined;

  constructor(budget: StreamBudget) {
    this.#budget = budget;
  }

  add(pieces: unknown): boolean {
    if (!Array.isArray(pieces)) return false;
    for (const piece of pieces) if (isObject(piece)) this.#callOf(piece)?.add(piece);
    return pieces.length > 0;
  }

  result(): JsonValue[] {
    return [...this.#calls].sort((a, b) => a.index - b.index).map((call) => call.result());
  }

  #callOf(piece: Record<string, unknown>): ToolCall | undefined {
    const { index, id } = piece;
    let call: ToolCall | undefined;
    if (typeof index === 'number') call = this.#lastAt(index);
    else if (isString(id) && id !== '') call = this.#calls.find((known) => known.id === id);
    else call = this.#last;
    if (!call || call.isOtherThan(piece)) {
      const begun = new ToolCall(typeof index === 'number' ? index : this.#calls.length, this.#budget);
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

  /** Gemini gives each of its calls the index 0: what has another id and a name as well begins another call. */
  isOtherThan({ id, function: named }: Record<string, unknown>): boolean {
    if (this.id === undefined || !isString(id) || id === '' || id === this.id) return false;
    return isObject(named) && nonEmptyString(named.name) !== undefined;
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
