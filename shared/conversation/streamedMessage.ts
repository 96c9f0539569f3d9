/** A message as it is streamed: its texts and lists grow, and calls of tools are found again by their place or id. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { countOf, objectOf, textOf } from './part.ts';

/** Adds to one of the texts that come in pieces. */
export function growText(fields: JsonObject, name: string, piece: JsonValue | undefined): void {
  const text = textOf(piece);
  if (text !== null) fields[name] = (textOf(fields[name]) ?? '') + text;
}

export class StreamedMessage {
  readonly #members = new Map<string, JsonValue>();
  /** Lists of our own: those of the pieces stay as they are. */
  readonly #lists = new Map<string, JsonValue[]>();
  readonly #calls = new StreamedCalls();

  get isEmpty(): boolean {
    return this.#members.size === 0 && this.#calls.list.length === 0;
  }

  add(piece: JsonObject): void {
    for (const [name, value] of Object.entries(piece)) {
      const fields = objectOf(value);
      if (value === null) continue;
      if (name === 'tool_calls') this.#calls.add(value);
      else if (Array.isArray(value)) this.#addList(name, value);
      else if (fields !== null && GROWING.has(name)) this.#addFields(name, fields);
      else if (typeof value === 'string' && name !== 'role') this.#addText(name, value);
      else this.#members.set(name, value);
    }
  }

  /** One more piece of the last part of the content. */
  addToContent(piece: JsonObject): void {
    const part = objectOf(this.#lists.get('content')?.at(-1));
    if (part === null) return;
    growText(part, 'text', piece.text);
    growText(part, 'thinking', piece.thinking);
  }

  result(): JsonObject {
    if (this.#calls.list.length > 0) this.#members.set('tool_calls', this.#calls.list);
    return Object.fromEntries(this.#members);
  }

  #addText(name: string, text: string): void {
    const list = this.#lists.get(name);
    if (list === undefined) this.#members.set(name, (textOf(this.#members.get(name)) ?? '') + text);
    // Mistral's thoughts come in parts, and what it says after them as text.
    else if (text !== '') list.push({ type: 'text', text });
  }

  #addList(name: string, added: readonly JsonValue[]): void {
    let list = this.#lists.get(name);
    if (list === undefined) {
      const text = textOf(this.#members.get(name));
      list = text === null ? [] : [{ type: 'text', text }];
      this.#lists.set(name, list);
      this.#members.set(name, list);
    }
    for (const one of added) list.push(one);
  }

  #addFields(name: string, piece: JsonObject): void {
    const known = objectOf(this.#members.get(name)) ?? {};
    this.#members.set(name, known);
    addGrowing(known, piece);
  }
}

/** Objects of a message that come in pieces: the call of a function of before tools, sound with what it says. */
const GROWING = new Set(['function_call', 'audio']);
const GROWING_TEXTS = ['arguments', 'input', 'transcript', 'data'] as const;
const OTHER_TEXTS = ['id', 'name'] as const;

function addGrowing(fields: JsonObject, piece: JsonObject): void {
  for (const name of OTHER_TEXTS) if (textOf(piece[name]) !== null) fields[name] = piece[name] ?? null;
  for (const name of GROWING_TEXTS) {
    const value = piece[name];
    // Arguments may come as the object that they are.
    if (typeof value === 'object' && value !== null) fields[name] = value;
    else growText(fields, name, value);
  }
}

class StreamedCalls {
  readonly list: JsonObject[] = [];
  readonly #places = new Map<JsonValue, JsonObject>();

  /** A list of pieces; some servers send a single one without a list. */
  add(pieces: JsonValue): void {
    for (const piece of Array.isArray(pieces) ? pieces : [pieces]) {
      const fields = objectOf(piece);
      if (fields !== null) this.#addPiece(fields);
    }
  }

  #addPiece(piece: JsonObject): void {
    const call = this.#callOf(piece);
    const id = textOf(piece.id);
    if (id !== null) call.id ??= id;
    call.type ??= piece.type ?? 'function';
    const isCustom = objectOf(piece.custom) !== null;
    const known = objectOf(isCustom ? call.custom : call.function) ?? {};
    if (isCustom) call.custom = known;
    else call.function = known;
    addGrowing(known, objectOf(isCustom ? piece.custom : piece.function) ?? piece);
  }

  #callOf(piece: JsonObject): JsonObject {
    const place = countOf(piece.index) ?? textOf(piece.id);
    const isNamed = textOf((objectOf(piece.function) ?? objectOf(piece.custom) ?? piece).name) !== null;
    const known = place === null ? (isNamed ? undefined : this.list.at(-1)) : this.#places.get(place);
    if (known !== undefined && !isOther(known, piece, isNamed)) return known;
    const call: JsonObject = {};
    this.list.push(call);
    if (place !== null) this.#places.set(place, call);
    return call;
  }
}

/** Gemini's compatible endpoint gives each of its calls the place 0: there it has a name and another id. */
function isOther(known: JsonObject, piece: JsonObject, isNamed: boolean): boolean {
  const id = textOf(piece.id);
  return isNamed && id !== null && known.id !== undefined && known.id !== id;
}
