/** The items of Responses as their events tell of them, for a stream without an event that has them all. */
import type { JsonObject } from '#shared/primitives';
import { countOf, objectOf } from './part.ts';
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
  readonly fields: JsonObject;
  /** Parts by their list and place: an index is the caller's word, and no place in a list of ours. */
  readonly parts: Map<string, JsonObject>;
  readonly lists: { readonly content: JsonObject[]; readonly summary: JsonObject[] };
  readonly isDone: boolean;
}

export class StreamedOutput {
  readonly #items = new Map<number, StreamedItem>();
  /** Those whose place another has taken. */
  readonly #ended: [at: number, item: StreamedItem][] = [];

  get isEmpty(): boolean {
    return this.#items.size === 0;
  }

  add(event: JsonObject, type: string): void {
    const at = countOf(event.output_index) ?? 0;
    const announced = objectOf(event.item);
    const target = DELTAS.get(type);
    if (announced !== null) this.#announce(at, announced, type === 'response.output_item.done');
    else if (target !== undefined) this.#grow(event, at, target);
  }

  result(): JsonObject[] {
    return [...this.#ended, ...this.#items].sort(([a], [b]) => a - b).map(([, { fields }]) => fields);
  }

  #announce(at: number, item: JsonObject, isDone: boolean): void {
    const known = this.#items.get(at);
    // Some servers give all their items the same place: what begins after one is done is another.
    if (known?.isDone === true && !isDone) this.#ended.push([at, known]);
    this.#items.set(at, itemOf({ ...item }, isDone));
  }

  #grow(event: JsonObject, at: number, { item: type, text, list, part: partType }: Target): void {
    const item = this.#items.get(at) ?? itemOf({ type }, false);
    this.#items.set(at, item);
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
}

function itemOf(fields: JsonObject, isDone: boolean): StreamedItem {
  return { fields, parts: new Map(), lists: { content: [], summary: [] }, isDone };
}
