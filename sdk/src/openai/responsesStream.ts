/** Events of `responses`. A terminal event carries the whole answer; without one it is put together from its pieces. */
import { Snapshot } from '../snapshot.js';
import { setOwn } from '../clean.js';
import type { JsonValue } from '../wire.js';
import { isObject, type StreamAssembler } from './assembler.js';
import { TextBuffer, type TextBudget } from './textBuffer.js';

type JsonFields = { [key: string]: JsonValue };

const TERMINAL = new Set(['response.completed', 'response.failed', 'response.incomplete', 'response.cancelled']);
const MAX_ITEMS = 1_000;

/** Which field of its item or part each delta appends to. Types that are not listed are ignored, whatever they are. */
const DELTAS: Readonly<Record<string, { field: string; at: 'item' | 'content' | 'summary' }>> = {
  'response.output_text.delta': { field: 'text', at: 'content' },
  'response.refusal.delta': { field: 'refusal', at: 'content' },
  'response.reasoning_text.delta': { field: 'text', at: 'content' },
  'response.reasoning_summary_text.delta': { field: 'text', at: 'summary' },
  'response.function_call_arguments.delta': { field: 'arguments', at: 'item' },
  'response.custom_tool_call_input.delta': { field: 'input', at: 'item' },
  'response.mcp_call_arguments.delta': { field: 'arguments', at: 'item' },
  'response.code_interpreter_call_code.delta': { field: 'code', at: 'item' },
  'response.audio.transcript.delta': { field: 'transcript', at: 'item' },
};

export class ResponsesStreamAssembler implements StreamAssembler {
  error: unknown;
  readonly #budget: TextBudget;
  readonly #maxText: number;
  readonly #items = new Map<number, Item>();
  #snapshot: JsonFields = {};
  #final: JsonFields | undefined;

  constructor(maxText: number) {
    this.#maxText = maxText;
    this.#budget = { left: maxText };
  }

  get isComplete(): boolean {
    return this.#final !== undefined;
  }

  add(event: unknown): boolean {
    if (!isObject(event) || typeof event.type !== 'string') return false;
    const { type } = event;
    if (type.endsWith('.delta')) return this.#addDelta(type, event);
    if (TERMINAL.has(type)) this.#final = this.#copyFields(event.response);
    else if (type === 'response.created' || type === 'response.queued' || type === 'response.in_progress') {
      this.#snapshot = this.#copyFields(event.response) ?? this.#snapshot;
    } else if (type === 'response.output_item.added' || type === 'response.output_item.done') {
      this.#itemAt(event.output_index)?.replace(this.#copyFields(event.item), type.endsWith('.done'));
    } else if (type === 'response.content_part.added' || type === 'response.content_part.done') {
      this.#itemAt(event.output_index)?.setPart('content', event.content_index, this.#copyFields(event.part));
    } else if (type === 'response.reasoning_summary_part.added' || type === 'response.reasoning_summary_part.done') {
      this.#itemAt(event.output_index)?.setPart('summary', event.summary_index, this.#copyFields(event.part));
    } else if (type === 'response.output_text.annotation.added') {
      const annotation = this.#copyFields(event.annotation);
      if (annotation) this.#itemAt(event.output_index)?.addAnnotation(event.content_index, annotation);
    } else if (type === 'error') {
      this.error = event.error ?? event;
    }
    return false;
  }

  result(): JsonFields {
    if (this.#final) return this.#final;
    const items = [...this.#items].sort(([a], [b]) => a - b).map(([, item]) => item.result());
    return items.length > 0 ? { ...this.#snapshot, output: items } : this.#snapshot;
  }

  #addDelta(type: string, event: Record<string, unknown>): boolean {
    const target = DELTAS[type];
    if (typeof event.delta !== 'string') return target !== undefined;
    if (!target) return true;
    const item = this.#itemAt(event.output_index);
    if (target.at === 'item') item?.append(target.field, event.delta);
    else {
      const index = target.at === 'summary' ? event.summary_index : event.content_index;
      item?.appendToPart(target.at, index, target.field, event.delta);
    }
    return event.delta !== '';
  }

  #itemAt(index: unknown): Item | undefined {
    const at = typeof index === 'number' ? index : 0;
    let item = this.#items.get(at);
    if (!item && this.#items.size < MAX_ITEMS) this.#items.set(at, (item = new Item(this.#budget)));
    return item;
  }

  #copyFields(value: unknown): JsonFields | undefined {
    const copy = isObject(value) ? new Snapshot({ fieldLength: this.#maxText }).copy(value) : undefined;
    return isObject(copy) && !Array.isArray(copy) ? (copy as JsonFields) : undefined;
  }
}

/** Fields as announced, and the texts that are still growing. */
class Growing {
  fields: JsonFields = {};
  readonly texts = new Map<string, TextBuffer>();
  readonly #budget: TextBudget;

  constructor(budget: TextBudget) {
    this.#budget = budget;
  }

  append(field: string, piece: string): void {
    let text = this.texts.get(field);
    if (!text) this.texts.set(field, (text = new TextBuffer(this.#budget)));
    text.add(piece);
  }

  /** Announced fields win only where no text of that name has grown: the announcement begins empty. */
  result(): JsonFields {
    const whole = { ...this.fields };
    for (const [field, text] of this.texts) if (!text.isEmpty) setOwn(whole, field, text.toString());
    return whole;
  }
}

class Item {
  readonly #own: Growing;
  readonly #parts = new Map<string, Growing>();
  readonly #budget: TextBudget;
  #isDone = false;

  constructor(budget: TextBudget) {
    this.#budget = budget;
    this.#own = new Growing(budget);
  }

  replace(fields: JsonFields | undefined, isDone: boolean): void {
    if (!fields) return;
    this.#own.fields = fields;
    this.#isDone = isDone;
  }

  append(field: string, piece: string): void {
    this.#own.append(field, piece);
  }

  appendToPart(list: 'content' | 'summary', index: unknown, field: string, piece: string): void {
    this.#partAt(list, index)?.append(field, piece);
  }

  setPart(list: 'content' | 'summary', index: unknown, fields: JsonFields | undefined): void {
    const part = this.#partAt(list, index);
    if (part && fields) part.fields = { ...part.fields, ...fields };
  }

  addAnnotation(index: unknown, annotation: JsonFields): void {
    const part = this.#partAt('content', index);
    if (!part) return;
    const { annotations } = part.fields;
    const list = Array.isArray(annotations) ? annotations : [];
    if (list.length < MAX_ITEMS) part.fields.annotations = [...list, annotation];
  }

  result(): JsonFields {
    if (this.#isDone) return this.#own.fields;
    const item = this.#own.result();
    for (const list of ['content', 'summary'] as const) {
      const parts = [...this.#parts]
        .filter(([key]) => key.startsWith(list))
        .sort(([a], [b]) => Number(a.split(' ')[1]) - Number(b.split(' ')[1]));
      if (parts.length > 0) item[list] = parts.map(([, part]) => withPartType(list, part.result()));
    }
    if (item.type === undefined && item.content) item.type = 'message';
    return item;
  }

  #partAt(list: 'content' | 'summary', index: unknown): Growing | undefined {
    const key = `${list} ${typeof index === 'number' ? index : 0}`;
    let part = this.#parts.get(key);
    if (!part && this.#parts.size < MAX_ITEMS) this.#parts.set(key, (part = new Growing(this.#budget)));
    return part;
  }
}

/** A part that was never announced gets the type its text implies. */
function withPartType(list: 'content' | 'summary', part: JsonFields): JsonFields {
  if (part.type !== undefined) return part;
  return {
    type: list === 'summary' ? 'summary_text' : part.refusal === undefined ? 'output_text' : 'refusal',
    ...part,
  };
}
