/** The items of Responses as their events tell of them, for a stream without an event that has them all. */
import type { JsonObject } from '#shared/primitives';
import { countOf, objectOf, textOf } from './part.ts';
import { growText } from './streamedMessage.ts';

/** What a delta adds to, and what is said at its end in whole: an item of that type, or a part in one of its lists. */
interface Target {
  readonly item: string;
  readonly text: string;
  readonly list?: 'content' | 'summary';
  readonly part?: string;
}

const TEXTS = new Map<string, Target>([
  ['response.output_text', { item: 'message', text: 'text', list: 'content', part: 'output_text' }],
  ['response.refusal', { item: 'message', text: 'refusal', list: 'content', part: 'refusal' }],
  ['response.reasoning_text', { item: 'reasoning', text: 'text', list: 'content', part: 'reasoning_text' }],
  ['response.reasoning_summary_text', { item: 'reasoning', text: 'text', list: 'summary', part: 'summary_text' }],
  ['response.function_call_arguments', { item: 'function_call', text: 'arguments' }],
  ['response.mcp_call_arguments', { item: 'mcp_call', text: 'arguments' }],
  ['response.custom_tool_call_input', { item: 'custom_tool_call', text: 'input' }],
  ['response.code_interpreter_call_code', { item: 'code_interpreter_call', text: 'code' }],
]);

interface StreamedItem {
  readonly at: number;
  fields: JsonObject;
  isDone: boolean;
  /** Parts by their list and place: an index is the caller's word, and no place in a list of ours. */
  readonly parts: Map<string, JsonObject>;
  readonly lists: { content: JsonObject[]; summary: JsonObject[] };
}

/** Puts the items of one answer together. */
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
    const target = TEXTS.get(type.replace(/\.(?:delta|done)$/, ''));
    if (announced !== null) this.#announce(at, { ...announced }, type === 'response.output_item.done');
    else if (target !== undefined) this.#say(event, at, target);
    else if (type.endsWith('_part.done')) this.#sayPart(event, at, type);
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

  #say(event: JsonObject, at: number, target: Target): void {
    const id = textOf(event.item_id);
    const { delta, [target.text]: whole } = event;
    const isLate = delta === undefined && this.#byPlace.get(at)?.isDone === true;
    const item = this.#find(id, at) ?? (isLate ? undefined : this.#begin(at, { type: target.item }, id));
    if (item === undefined) return;
    const owner =
      target.list === undefined ? item.fields : partOf(item, target.list, { event, type: target.part ?? '' });
    if (delta !== undefined) growText(owner, target.text, delta);
    // Some servers say a text at its end alone.
    else if (textOf(whole) !== null) owner[target.text] = whole ?? null;
  }

  /** What a part says in whole, where no event of its text said it. */
  #sayPart(event: JsonObject, at: number, type: string): void {
    const said = objectOf(event.part);
    const list = type.includes('summary') ? 'summary' : 'content';
    const text = said?.type === 'refusal' ? 'refusal' : 'text';
    const target = [...TEXTS.values()].find(({ part, list: of }) => part === said?.type && of === list);
    if (said !== null && target !== undefined) this.#say({ ...event, [text]: said[text] ?? null }, at, target);
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

function partOf(item: StreamedItem, list: 'content' | 'summary', of: { event: JsonObject; type: string }): JsonObject {
  const place = `${list} ${countOf(of.event.content_index ?? of.event.summary_index) ?? 0}`;
  const known = item.parts.get(place);
  if (known !== undefined) return known;
  const part: JsonObject = { type: of.type };
  item.parts.set(place, part);
  item.lists[list].push(part);
  item.fields[list] = item.lists[list];
  return part;
}
