/** Streams of pictures and transcriptions: text deltas are joined, the last event of a whole is kept, bytes are not. */
import { Snapshot } from '../snapshot.js';
import type { JsonValue } from '../wire.js';
import { isObject, type StreamAssembler } from './assembler.js';
import { TextBuffer } from './textBuffer.js';

export class MediaStreamAssembler implements StreamAssembler {
  readonly #text: TextBuffer;
  #final: { [key: string]: JsonValue } | undefined;
  error: unknown;

  constructor(maxText: number) {
    this.#text = new TextBuffer({ left: maxText });
  }

  get isComplete(): boolean {
    return this.#final !== undefined;
  }

  add(event: unknown): boolean {
    if (!isObject(event) || typeof event.type !== 'string') return false;
    if (event.type === 'error') this.error = event.error ?? event;
    if (event.type.endsWith('.delta')) {
      if (typeof event.delta !== 'string') return false;
      this.#text.add(event.delta);
      return event.delta !== '';
    }
    if (event.type.endsWith('.done') || event.type.endsWith('.completed')) {
      const copy = new Snapshot({ fieldLength: 1_000_000 }).copy(event);
      if (isObject(copy)) this.#final = copy as { [key: string]: JsonValue };
      return true;
    }
    return event.type.includes('partial');
  }

  result(): { [key: string]: JsonValue } {
    return this.#final ?? { text: this.#text.toString() };
  }
}
