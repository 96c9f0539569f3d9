/** The message of Bedrock's ConverseStream as its events tell of it. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { objectOf, textOf } from './part.ts';
import { growText } from './streamedMessage.ts';

/** Each is a member of its own object. */
export const CONVERSE_EVENTS = new Set([
  'messageStart',
  'contentBlockStart',
  'contentBlockDelta',
  'contentBlockStop',
  'messageStop',
  'metadata',
]);

export class StreamedConverse {
  readonly #blocks: JsonObject[] = [];
  /** Where the last block is; words and thoughts begin without an event of their own. */
  #place: JsonValue | undefined;
  #isBegun = false;

  get isEmpty(): boolean {
    return !this.#isBegun;
  }

  add(name: string, event: JsonObject): void {
    this.#isBegun ||= name !== 'metadata';
    if (name === 'contentBlockStart') this.#begin(event, objectOf(event.start));
    else if (name === 'contentBlockDelta') this.#grow(event, objectOf(event.delta) ?? {});
  }

  result(): JsonObject {
    return { role: 'assistant', content: this.#blocks };
  }

  #begin(event: JsonObject, start: JsonObject | null): JsonObject {
    const call = objectOf(start?.toolUse);
    const block: JsonObject = call === null ? {} : { toolUse: { ...call } };
    this.#blocks.push(block);
    this.#place = event.contentBlockIndex;
    return block;
  }

  #grow(event: JsonObject, delta: JsonObject): void {
    const last = this.#blocks.at(-1);
    const block = last !== undefined && this.#place === event.contentBlockIndex ? last : this.#begin(event, null);
    growText(block, 'text', delta.text);
    const call = objectOf(block.toolUse);
    if (call !== null) growText(call, 'input', objectOf(delta.toolUse)?.input);
    const thought = objectOf(delta.reasoningContent);
    if (textOf(thought?.text) === null) return;
    const known = objectOf(objectOf(block.reasoningContent)?.reasoningText) ?? {};
    block.reasoningContent = { reasoningText: known };
    growText(known, 'text', thought?.text);
  }
}
