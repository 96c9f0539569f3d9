/** An object that arrives in pieces: some of its texts and lists grow, of all else the last one counts. */
import { Snapshot } from '../../../record/snapshot.js';
import { isObject, isRecord, isString, setOwn } from '../../../runtime/values.js';
import type { JsonValue } from '../../../wire.js';
import type { StreamBudget } from './streamBudget.js';
import { TextBuffer } from './textBuffer.js';

export type JsonFields = { [key: string]: JsonValue };

/** Nearly all values of a chunk: there is nothing to copy, and they all cost the same, however often they change. */
const SMALL_LENGTH = 64;
const SMALL_SIZE = SMALL_LENGTH + 4;

/** The members that come in pieces wherever an object is nested. */
const GROWING = new Set(['arguments', 'input', 'transcript']);
/** Lists whose entries come in pieces: what a model thinks, and the parts of an answer. */
const JOINED_LISTS = new Set(['content', 'reasoning', 'reasoning_details', 'summary', 'thinking', 'thinking_blocks']);
/** The members of such an entry that grow. */
const JOINED_TEXTS = new Set(['text', 'summary', 'thinking']);

export class ObjectAccumulator {
  /** Copies of what is no growing text. */
  readonly values: JsonFields = {};
  readonly #budget: StreamBudget;
  #texts: Map<string, TextBuffer> | undefined;
  /** Sizes of the values that are not small, or once were not. */
  #sizes: Map<string, number> | undefined;

  constructor(budget: StreamBudget) {
    this.#budget = budget;
  }

  /** The text of that name, which begins empty. Undefined where there are too many. */
  textAt(key: string): TextBuffer | undefined {
    this.#texts ??= new Map();
    return this.#texts.get(key) ?? this.#budget.addMember(this.#texts, key, new TextBuffer(this.#budget));
  }

  /** True where something of that name is known. */
  holds(key: string): boolean {
    return Object.hasOwn(this.values, key) || this.#texts?.get(key)?.isEmpty === false;
  }

  /** False where it does not fit; then what was there before stays. */
  set(key: string, value: unknown): boolean {
    if (isSmall(value)) {
      if (!Object.hasOwn(this.values, key) && !this.#budget.take(key.length + SMALL_SIZE)) return false;
      setOwn(this.values, key, value);
      return true;
    }
    const { copier, copy } = this.#copy(value);
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
    this.#pushTo(list, key, added);
  }

  #pushTo(list: JsonValue[], key: string, added: readonly unknown[]): void {
    const isJoined = JOINED_LISTS.has(key);
    for (const value of added) {
      if (isJoined && this.#join(list, value)) continue;
      const { copier, copy } = this.#copy(value);
      if (this.#budget.takeCopy(copier, undefined)) list.push(copy);
    }
  }

  /** True where the value is one more piece of an entry that is there: of the same type, and the same place where it names one. */
  #join(list: JsonValue[], piece: unknown): boolean {
    if (!isRecord(piece) || typeof piece.type !== 'string') return false;
    const entry = piece.index === undefined ? list.at(-1) : list.find((known) => isSamePlace(known, piece));
    if (!isRecord(entry) || !isSamePlace(entry, piece)) return false;
    // Another thought, or bytes, which are whole.
    if (isString(piece.id) && isString(entry.id) && piece.id !== entry.id) return false;
    if ('data' in piece) return false;
    if (piece.index === undefined && !Object.keys(piece).some((key) => JOINED_TEXTS.has(key))) return false;
    for (const key of Object.keys(piece)) {
      const value = piece[key];
      const before = entry[key];
      if (isString(value) && JOINED_TEXTS.has(key)) {
        const text = isString(before) ? before : '';
        setOwn(entry, key, text + this.#budget.takeText(value, text.length));
      } else if (Array.isArray(value) && Array.isArray(before) && JOINED_LISTS.has(key))
        this.#pushTo(before, key, value);
      else if (value !== null && value !== undefined && value !== before) this.#setMember(entry, key, value);
    }
    return true;
  }

  #setMember(entry: JsonFields, key: string, value: unknown): void {
    const { copier, copy } = this.#copy(value);
    if (this.#budget.takeCopy(copier, undefined)) setOwn(entry, key, copy);
  }

  #copy(value: unknown): { copier: Snapshot; copy: JsonValue } {
    const copier = new Snapshot({ fieldLength: this.#budget.maxText });
    return { copier, copy: copier.copy(value) ?? null };
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
      if (whole[key] !== undefined && this.#texts?.get(key)?.isEmpty !== false)
        isFitting = this.set(key, whole[key]) && isFitting;
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

function isSamePlace(entry: unknown, piece: Record<string, unknown>): boolean {
  return isRecord(entry) && entry.type === piece.type && entry.index === piece.index;
}

function isSmall(value: unknown): value is string | number | boolean {
  if (typeof value === 'string') return value.length <= SMALL_LENGTH;
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}
