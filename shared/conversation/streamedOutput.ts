/** The items of Responses as their events tell of them, for a stream without an event that has them all. */
import type { JsonObject } from '#shared/primitives';
import { countOf, objectOf, textOf } from './part.ts';
import { growText } from './streamedMessage.ts';

/** What a delta adds to: an item of that type, or a part in one of its lists. */
interface Target {
  readonly item: string;
  readonly text: string;
  readonly list?: 'content' | 'summary';
  readonly part?: string;
}

const DELTAS = new Map<string, Target>([
  ['response.output_text.delta', { item: 'message', text: 'text', list: 'content', part: 'output_text' }],
  ['response.refusal.delta', { item: 'message', text: 'refusal', list: 'content', part: 'refusal' }],
  ['response.reasoning_text.delta', { item: 'reasoning', text: 'text', list: 'content', part: 'reasoning_text' }],
  ['response.reasoning_summary_text.delta', { item: 'reasoning', text: 'text', list: 'summary', part: 'summary_text' }],
  ['response.function_call_arguments.delta', { item: 'function_call', text: 'arguments' }],
  ['response.mcp_call_arguments.delta', { item: 'mcp_call', text: 'arguments' }],
  ['response.custom_tool_call_input.delta', { item: 'custom_tool_call', text: 'input' }],
  ['response.code_interpreter_call_code.delta', { item: 'code_interpreter_call', text: 'code' }],
]);

interface StreamedItem {
  readonly at: number;
  fields: JsonObject;
  isDone: boolean;
  /** Parts by their list and place: an index is the caller's word, and no place in a list of ours. */
  readonly parts: Map<string, JsonObject>;
  readonly lists: { content: JsonObject[]; summary: JsonObject[] };
}

export class StreamedOutput {
  readonly #items: StreamedItem[] = [];
  readonly #byId = new Map<string, StreamedItem>();
  /** The last that began there: some servers give all their items the same place, or each event another id. */
  readonly #byPlace = new Map<number, StreamedItem>();

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  add(event: JsonObject, type: string): void {
    const at = countOf(event.output_index) ?? 0;
    const announced = objectOf(event.item);
    const target = DELTAS.get(type);
    if (announced !== null) this.#announce(at, { ...announced }, type === 'response.output_item.done');
    else if (target !== undefined) this.#grow(event, at, target);
  }

  result(): JsonObject[] {
    return this.#items.toSorted((a, b) => a.at - b.at).map(({ fields }) => fields);
  }

  #announce(at: number, fields: JsonObject, isDone: boolean): void {
    const id = textOf(fields.id);
    const item = this.#find(id, isDone ? at : null) ?? this.#begin(at, fields, id);
    item.fields = fields;
    item.isDone = isDone;
    item.parts.clear();
    item.lists.content = [];
    item.lists.summary = [];
  }

  #grow(event: JsonObject, at: number, { item: type, text, list, part: partType }: Target): void {
    const id = textOf(event.item_id);
    const item = this.#find(id, at) ?? this.#begin(at, { type }, id);
    if (list === undefined) return growText(item.fields, text, event.delta);
    const place = `${list} ${countOf(event.content_index ?? event.summary_index) ?? 0}`;
    let part = item.parts.get(place);
    if (part === undefined) {
      part = { type: partType ?? '' };
      item.parts.set(place, part);
      item.lists[list].push(part);
      item.fields[list] = item.lists[list];
    }
    growText(part, text, event.delta);
  }

  /** By its id, else what is not done at that place; `at`: null of what begins. */
  #find(id: string | null, at: number | null): StreamedItem | undefined {
    const named = id === null ? undefined : this.#byId.get(id);
    const placed = at === null ? undefined : this.#byPlace.get(at);
    return named ?? (placed?.isDone === false ? placed : undefined);
  }

  #begin(at: number, fields: JsonObject, id: string | null): StreamedItem {
    const item = { at, fields, isDone: false, parts: new Map(), lists: { content: [], summary: [] } };
    this.#items.push(item);
    this.#byPlace.set(at, item);
    if (id !== null) this.#byId.set(id, item);
    return item;
  }
}
