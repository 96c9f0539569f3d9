/** An object that arrives in pieces: some of its texts and lists grow, of all else the last one counts. */
import { Snapshot } from '../../../record/snapshot.js';
import { isObject, setOwn } from '../../../runtime/values.js';
import type { JsonValue } from '../../../wire.js';
import type { StreamBudget } from './streamBudget.js';
import { TextBuffer } from './textBuffer.js';

export type JsonFields = { [key: string]: JsonValue };

/** Nearly all values of a chunk: there is nothing to copy, and they all cost the same, however often they change. */
const SMALL_LENGTH = 64;
const SMALL_SIZE = SMALL_LENGTH + 4;

/** The members that come in pieces wherever an object is nested. */
const GROWING = new Set(['arguments', 'input', 'transcript']);

export class ObjectAccumulator {
  /** Copies of what is no growing text. */
  readonly values: JsonFields = {};
  readonly #budget: StreamBudget;
  #texts: Map<string, TextBuffer> | undefined;
  /** Of those that are not small, or were not once. */
  #sizes: Map<string, number> | undefined;

  constructor(budget: StreamBudget) {
    this.#budget = budget;
  }

  /** The text of that name, which begins empty. Undefined where there are too many. */
  textAt(key: string): TextBuffer | undefined {
    this.#texts ??= new Map();
    return this.#texts.get(key) ?? this.#budget.addMember(this.#texts, key, new TextBuffer(this.#budget));
  }

  /** False where it does not fit; then what was there before stays. */
  set(key: string, value: unknown): boolean {
    if (isSmall(value)) {
      if (!Object.hasOwn(this.values, key) && !this.#budget.take(key.length + SMALL_SIZE)) return false;
      setOwn(this.values, key, value);
      return true;
    }
    const copier = new Snapshot({ fieldLength: this.#budget.maxText });
    const copy = copier.copy(value) ?? null;
    this.#sizes ??= new Map();
    const before = this.#sizes.get(key) ?? (Object.hasOwn(this.values, key) ? SMALL_SIZE : -key.length);
    if (!this.#budget.takeCopy(copier, before)) return false;
    this.#sizes.set(key, copier.size);
    setOwn(this.values, key, copy);
    return true;
  }

  push(key: string, added: readonly unknown[]): void {
    let list = this.values[key];
    if (!Array.isArray(list)) setOwn(this.values, key, (list = []));
    for (const value of added) {
      const copier = new Snapshot({ fieldLength: this.#budget.maxText });
      const copy = copier.copy(value) ?? null;
      if (this.#budget.takeCopy(copier, undefined)) list.push(copy);
    }
  }

  /** One more piece of it. */
  add(piece: unknown): void {
    if (!isObject(piece)) return;
    for (const key in piece) {
      const value = piece[key];
      if (typeof value === 'string' && GROWING.has(key)) this.textAt(key)?.add(value);
      else if (value !== null && value !== undefined && value !== '') this.set(key, value);
    }
  }

  /** The whole of it, but for the texts that have grown already. False where something did not fit. */
  announce(whole: unknown): boolean {
    if (!isObject(whole)) return false;
    let isFitting = true;
    for (const key in whole) {
      if (whole[key] !== undefined && !this.#texts?.has(key)) isFitting = this.set(key, whole[key]) && isFitting;
    }
    return isFitting;
  }

  /** Values win only where no text of that name has grown: an announcement begins empty. */
  result(): JsonFields {
    const whole = { ...this.values };
    for (const [key, text] of this.#texts ?? []) {
      const before = whole[key];
      // A list of parts that ends in plain text keeps both.
      if (Array.isArray(before) && !text.isEmpty) whole[key] = [...before, { type: 'text', text: text.toString() }];
      else if (!text.isEmpty || !(key in whole)) setOwn(whole, key, text.toString());
    }
    return whole;
  }
}

function isSmall(value: unknown): value is string | number | boolean {
  if (typeof value === 'string') return value.length <= SMALL_LENGTH;
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}
