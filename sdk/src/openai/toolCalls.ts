/** Parallel tool calls arrive interleaved; each is found again by its `index`, else by its id, else it is the last one. */
import { isObject, setOwn, textOf } from '../values.js';
import type { JsonValue } from '../wire.js';
import { Growing, type JsonFields } from './growing.js';
import type { StreamBudget } from './streamBudget.js';

export class ToolCallList {
  readonly #calls = new Map<number, ToolCall>();
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
    return [...this.#calls].sort(([a], [b]) => a - b).map(([, call]) => call.result());
  }

  #callOf({ index, id }: Record<string, unknown>): ToolCall | undefined {
    let call: ToolCall | undefined;
    if (typeof index === 'number') call = this.#calls.get(index);
    else if (typeof id === 'string' && id !== '') call = [...this.#calls.values()].find((known) => known.id === id);
    else call = this.#last;
    const at = typeof index === 'number' ? index : this.#calls.size;
    this.#last = call ?? this.#budget.addMember(this.#calls, at, new ToolCall(this.#budget));
    return this.#last;
  }
}

class ToolCall {
  id: string | undefined;
  readonly #budget: StreamBudget;
  readonly #own: Growing;
  /** `function: {name, arguments}` and `custom: {name, input}`. */
  readonly #groups = new Map<string, Growing>();

  constructor(budget: StreamBudget) {
    this.#budget = budget;
    this.#own = new Growing(budget);
  }

  add(piece: Record<string, unknown>): void {
    for (const key in piece) {
      const value = piece[key];
      if (key === 'index' || value === null || value === undefined || value === '') continue;
      if (key === 'id') this.id ??= textOf(value);
      else if (!isObject(value) || Array.isArray(value)) this.#own.set(key, value);
      else (this.#groups.get(key) ?? this.#budget.addMember(this.#groups, key, new Growing(this.#budget)))?.add(value);
    }
  }

  result(): JsonValue {
    const call: JsonFields = { ...(this.id === undefined ? {} : { id: this.id }), ...this.#own.values };
    for (const [key, group] of this.#groups) setOwn(call, key, group.result());
    return call;
  }
}
