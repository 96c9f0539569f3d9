/** Streams of pictures and transcriptions: what the events say ends in the fields of the answer without streaming. */
import { toEventError, type StreamAccumulator } from '../../../record/streamAccumulator.js';
import { ObjectAccumulator, type JsonFields } from './objectAccumulator.js';
import { StreamBudget } from './streamBudget.js';
import { isObject, isString } from '../../../runtime/values.js';

/** What only a streamed picture has. */
const EVENT_FIELDS = new Set(['type', 'sequence_number', 'partial_image_index']);

export class MediaStreamAccumulator implements StreamAccumulator {
  error: unknown;
  isComplete = false;
  readonly #hasPictures: boolean;
  readonly #budget: StreamBudget;
  readonly #whole: ObjectAccumulator;

  constructor(hasPictures: boolean, maxText: number) {
    this.#hasPictures = hasPictures;
    this.#budget = new StreamBudget(maxText);
    this.#whole = new ObjectAccumulator(this.#budget);
  }

  get isTruncated(): boolean {
    return this.#budget.isTruncated;
  }

  add(event: unknown): boolean {
    if (!isObject(event) || !isString(event.type)) return false;
    const { type } = event;
    switch (type.slice(type.lastIndexOf('.') + 1)) {
      case 'delta':
        if (isString(event.delta)) this.#whole.textAt('text')?.add(event.delta);
        return event.delta !== '';
      case 'segment':
        this.#whole.push('segments', [event]);
        return true;
      case 'partial_image':
        this.#addFields(event, false);
        return true;
      case 'done':
      case 'completed':
        this.isComplete = true;
        this.#addFields(event, true);
        return true;
      case 'error':
        this.error = toEventError(event);
    }
    return false;
  }

  result(): JsonFields {
    return { ...(this.#hasPictures ? { data: [] } : { text: '' }), ...this.#whole.result() };
  }

  /** A partial picture tells all about the one that is coming, but is not it. */
  #addFields(event: Record<string, unknown>, isWhole: boolean): void {
    for (const key in event) {
      const value = event[key];
      if (EVENT_FIELDS.has(key)) continue;
      if (key !== 'b64_json') this.#whole.set(key === 'created_at' ? 'created' : key, value);
      else if (isWhole) this.#whole.push('data', [{ b64_json: value }]);
    }
  }
}
