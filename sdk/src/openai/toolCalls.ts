/** Parallel tool calls arrive interleaved; each is found again by its `index`, else by its id, else it is the last one. */
import { Snapshot } from '../snapshot.js';
import { setOwn } from '../clean.js';
import type { JsonValue } from '../wire.js';
import { isObject, textOf } from './assembler.js';
import { TextBuffer, type TextBudget } from './textBuffer.js';

const MAX_TOOL_CALLS = 1_000;
/** The fields whose pieces are appended; all others are set. */
const APPENDED = new Set(['arguments', 'input']);

export class ToolCallList {
  readonly #calls: ToolCall[] = [];
  readonly #budget: TextBudget;

  constructor(budget: TextBudget) {
    this.#budget = budget;
  }

  add(pieces: unknown): boolean {
    if (!Array.isArray(pieces)) return false;
    for (const piece of pieces) if (isObject(piece)) this.#callOf(piece)?.add(piece);
    return pieces.length > 0;
  }

  result(): JsonValue[] {
    return this.#calls.map((call) => call.result());
  }

  #callOf(piece: Record<string, unknown>): ToolCall | undefined {
    const { index, id } = piece;
    let call: ToolCall | undefined;
    if (typeof index === 'number') call = this.#calls.find((known) => known.index === index);
    else if (typeof id === 'string' && id !== '') call = this.#calls.find((known) => known.id === id);
    else call = this.#calls.at(-1);
    if (call || this.#calls.length >= MAX_TOOL_CALLS) return call;
    call = new ToolCall(typeof index === 'number' ? index : this.#calls.length, this.#budget);
    this.#calls.push(call);
    return call;
  }
}

class ToolCall {
  readonly index: number;
  id: string | undefined;
  readonly #budget: TextBudget;
  readonly #fields: { [key: string]: JsonValue } = {};
  readonly #groups = new Map<string, { fields: { [key: string]: JsonValue }; texts: Map<string, TextBuffer> }>();

  constructor(index: number, budget: TextBudget) {
    this.index = index;
    this.#budget = budget;
  }

  add(piece: Record<string, unknown>): void {
    for (const key in piece) {
      const value = piece[key];
      if (key === 'index' || value === null || value === undefined || value === '') continue;
      if (key === 'id') this.id ??= textOf(value);
      else if (isObject(value) && !Array.isArray(value)) this.#addGroup(key, value);
      else setOwn(this.#fields, key, new Snapshot({ fieldLength: 10_000 }).copy(value) ?? null);
    }
  }

  result(): JsonValue {
    const call: { [key: string]: JsonValue } = { ...(this.id === undefined ? {} : { id: this.id }), ...this.#fields };
    for (const [key, { fields, texts }] of this.#groups) {
      const group = { ...fields };
      for (const [name, text] of texts) group[name] = text.toString();
      setOwn(call, key, group);
    }
    return call;
  }

  /** `function: {name, arguments}` and `custom: {name, input}`. */
  #addGroup(key: string, value: Record<string, unknown>): void {
    let group = this.#groups.get(key);
    if (!group) this.#groups.set(key, (group = { fields: {}, texts: new Map() }));
    for (const name in value) {
      const member = value[name];
      if (member === null || member === undefined) continue;
      if (APPENDED.has(name) && typeof member === 'string') {
        let text = group.texts.get(name);
        if (!text) group.texts.set(name, (text = new TextBuffer(this.#budget)));
        text.add(member);
      } else if (member !== '') {
        setOwn(group.fields, name, new Snapshot({ fieldLength: 10_000 }).copy(member) ?? null);
      }
    }
  }
}
