/** Events of `responses`. A terminal event carries the whole answer; without one it is put together from its pieces. */
import { Snapshot } from '../../../record/snapshot.js';
import { toEventError, type StreamAccumulator } from '../../../record/streamAccumulator.js';
import { ObjectAccumulator, type JsonFields } from './objectAccumulator.js';
import { StreamBudget } from './streamBudget.js';
import { isObject, isRecord, isString } from '../../../runtime/values.js';

const TERMINAL = new Set(['response.completed', 'response.failed', 'response.incomplete', 'response.cancelled']);
const OPEN = new Set(['response.created', 'response.queued', 'response.in_progress']);

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
    if (type.endsWith('.delta')) return this.#addDelta(type, event);
    if (TERMINAL.has(type)) this.#final = this.#copySnapshot(event.response);
    else if (OPEN.has(type)) this.#snapshot = this.#copySnapshot(event.response) ?? this.#snapshot;
    else if (type === 'error') this.error = toEventError(event);
    else this.#addAnnounced(type, event);
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

  #addAnnounced(type: string, event: Record<string, unknown>): void {
    const isDone = type.endsWith('.done');
    switch (type.slice('response.'.length, isDone ? -'.done'.length : -'.added'.length)) {
      case 'output_item':
        this.#itemAt(event.output_index)?.announce(event.item, isDone);
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
  }

  #addDelta(type: string, event: Record<string, unknown>): boolean {
    const target = DELTAS[type];
    if (!isString(event.delta)) return target !== undefined;
    if (!target) return true;
    const item = this.#itemAt(event.output_index);
    const index = target.at === 'summary' ? event.summary_index : event.content_index;
    const owner = target.at === 'item' ? item?.own : item?.partAt(target.at, index);
    owner?.textAt(target.field)?.add(event.delta);
    return event.delta !== '';
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
