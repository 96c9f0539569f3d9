/** Events of `responses`. A terminal event carries the whole answer; without one it is put together from its pieces. */
import { Snapshot } from '../../../record/snapshot.js';
import { toEventError, type StreamAccumulator } from '../../../record/streamAccumulator.js';
import { ObjectAccumulator, type JsonFields } from './objectAccumulator.js';
import { StreamBudget } from './streamBudget.js';
import { isObject, isRecord, isString } from '../../../runtime/values.js';

const TERMINAL = new Set(['completed', 'failed', 'incomplete', 'cancelled', 'done']);
const OPEN = new Set(['created', 'queued', 'in_progress']);

type TextTarget = readonly [field: string, at: 'item' | 'content' | 'summary'];

/** Which field of its item or part each text belongs to. Those that are not listed are ignored, whatever they are. */
const TEXTS = new Map<string, TextTarget>([
  ['output_text', ['text', 'content']],
  ['refusal', ['refusal', 'content']],
  ['reasoning_text', ['text', 'content']],
  ['reasoning_summary_text', ['text', 'summary']],
  ['function_call_arguments', ['arguments', 'item']],
  ['custom_tool_call_input', ['input', 'item']],
  ['mcp_call_arguments', ['arguments', 'item']],
  ['code_interpreter_call_code', ['code', 'item']],
  ['audio.transcript', ['transcript', 'item']],
]);

export class ResponsesStreamAccumulator implements StreamAccumulator {
  error: unknown;
  readonly #budget: StreamBudget;
  readonly #items = new Map<number, Item>();
  #snapshot: JsonFields = {};
  #final: JsonFields | undefined;
  #isSnapshotTruncated = false;

  constructor(maxText: number) {
    this.#budget = new StreamBudget(maxText);
  }

  /** What its pieces lost does not count once the whole is there. */
  get isTruncated(): boolean {
    return this.#isSnapshotTruncated || (!this.#hasOutput && this.#budget.isTruncated);
  }

  get isComplete(): boolean {
    return this.#final !== undefined;
  }

  add(event: unknown): boolean {
    if (!isObject(event) || !isString(event.type)) return false;
    const { type } = event;
    const name = type.startsWith('response.') ? type.slice('response.'.length) : type;
    if (TERMINAL.has(name)) this.#final = this.#copySnapshot(event.response);
    else if (OPEN.has(name)) this.#snapshot = this.#copySnapshot(event.response) ?? this.#snapshot;
    else if (name === 'error') this.error = toEventError(event);
    else {
      const dot = name.lastIndexOf('.');
      return this.#addPart(name.slice(0, dot), name.slice(dot + 1), event);
    }
    return false;
  }

  result(): JsonFields {
    const whole = this.#final ?? this.#snapshot;
    if (this.#hasOutput) return whole;
    const items = [...this.#items].sort(([a], [b]) => a - b).map(([, item]) => item.result());
    return items.length > 0 ? { ...whole, output: items } : whole;
  }

  /** Some servers end with an answer that has lost its output. */
  get #hasOutput(): boolean {
    return Array.isArray(this.#final?.output) && this.#final.output.length > 0;
  }

  /** `step`: `added`, `delta` or `done`. True where it holds text. */
  #addPart(name: string, step: string, event: Record<string, unknown>): boolean {
    const target = TEXTS.get(name);
    if (target) return this.#addText(target, step, event);
    if (step === 'delta') return isString(event.delta);
    switch (name) {
      case 'output_item':
        this.#itemAt(event.output_index)?.announce(event.item, step === 'done');
        break;
      case 'content_part':
        this.#itemAt(event.output_index)?.partAt('content', event.content_index)?.announce(event.part);
        break;
      case 'reasoning_summary_part':
        this.#itemAt(event.output_index)?.partAt('summary', event.summary_index)?.announce(event.part);
        break;
      case 'output_text.annotation':
        this.#itemAt(event.output_index)
          ?.partAt('content', event.content_index)
          ?.push('annotations', [event.annotation]);
    }
    return false;
  }

  /** Some servers say a text at its end alone, without deltas. */
  #addText([field, at]: TextTarget, step: string, event: Record<string, unknown>): boolean {
    const isDelta = step === 'delta';
    const text = isDelta ? event.delta : event[field];
    if (!isString(text)) return isDelta;
    const item = this.#itemAt(event.output_index);
    const index = at === 'summary' ? event.summary_index : event.content_index;
    const owner = at === 'item' ? item?.own : item?.partAt(at, index);
    if (isDelta) owner?.textAt(field)?.add(text);
    else owner?.announce({ [field]: text });
    return text !== '';
  }

  #itemAt(index: unknown): Item | undefined {
    const at = typeof index === 'number' ? index : 0;
    return this.#items.get(at) ?? this.#budget.addMember(this.#items, at, new Item(this.#budget));
  }

  /** The answer so far, in one event: kept as one that was not streamed. */
  #copySnapshot(response: unknown): JsonFields | undefined {
    const copier = new Snapshot({ fieldLength: this.#budget.maxText });
    const copy = isObject(response) ? copier.copy(response) : undefined;
    this.#isSnapshotTruncated = copier.isTruncated;
    return isRecord(copy) ? copy : undefined;
  }
}

class Item {
  readonly own: ObjectAccumulator;
  readonly #parts = new Map<string, ObjectAccumulator>();
  readonly #budget: StreamBudget;

  constructor(budget: StreamBudget) {
    this.#budget = budget;
    this.own = new ObjectAccumulator(budget);
  }

  /** An item that is done holds its parts; where there is no room for it, they are kept as they grew. */
  announce(fields: unknown, isDone: boolean): void {
    if (this.own.announce(fields) && isDone) this.#parts.clear();
  }

  partAt(list: 'content' | 'summary', index: unknown): ObjectAccumulator | undefined {
    const key = `${list} ${typeof index === 'number' ? index : 0}`;
    return this.#parts.get(key) ?? this.#budget.addMember(this.#parts, key, new ObjectAccumulator(this.#budget));
  }

  result(): JsonFields {
    const item = this.own.result();
    for (const list of ['content', 'summary'] as const) {
      const parts = [...this.#parts]
        .filter(([key]) => key.startsWith(list))
        .sort(([a], [b]) => Number(a.split(' ')[1]) - Number(b.split(' ')[1]));
      if (parts.length > 0) item[list] = parts.map(([, part]) => withPartType(list, part.result()));
    }
    if (item.type === undefined && item.content) item.type = 'message';
    return item;
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
