/** The outputs of Mistral's conversations and of Gemini's interactions, as their events tell of them. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { countOf, objectOf, textOf } from './part.ts';
import { growText, StreamedMessage } from './streamedMessage.ts';

const EVENTS =
  /^(?:conversation\.response|message\.output|function\.call|tool\.execution|agent\.handoff)\.[a-z]{1,20}$/;
/** Gemini's have their own name for it. */
const INTERACTION_EVENTS =
  /^(?:content\.(?:start|delta|stop)|interaction\.(?:start|created|status_update|requires_action|completed?|failed|cancelled))$/;

/** True of an event of either. */
export function isInteractionEvent(piece: JsonObject): boolean {
  return EVENTS.test(textOf(piece.type) ?? '') || INTERACTION_EVENTS.test(textOf(piece.event_type) ?? '');
}

/** Puts the events of one answer together. */
export class StreamedInteraction {
  readonly #outputs: JsonObject[] = [];
  readonly #places = new Map<number, JsonObject>();
  /** What the messages among them say. */
  readonly #messages = new Map<JsonObject, StreamedMessage>();

  /** Lists of our own, of Gemini's thoughts. */
  readonly #summaries = new Map<JsonObject, JsonValue[]>();

  get isEmpty(): boolean {
    return this.#outputs.length === 0;
  }

  /** What the event tells of the whole answer. */
  add(event: JsonObject): JsonObject {
    const name = textOf(event.type) ?? textOf(event.event_type) ?? '';
    if (name.startsWith('interaction.')) return objectOf(event.interaction) ?? { status: event.status ?? null };
    if (name.startsWith('content.')) this.#addContent(event);
    else if (name === 'message.output.delta') this.#addWords(event);
    else if (name === 'function.call.delta') this.#addCall(event);
    else if (name === 'tool.execution.started') this.#begin(event, { ...event, type: 'tool.execution' });
    else if (name === 'conversation.response.error') {
      return { error: { code: event.code ?? null, message: event.message ?? null } };
    }
    // Mistral gives no reason for an end.
    return { model: event.model ?? null, usage: event.usage ?? null, done: name === 'conversation.response.done' };
  }

  result(): JsonObject[] {
    return this.#outputs.map((output) => ({ ...output, ...this.#messages.get(output)?.result() }));
  }

  #addWords(event: JsonObject): void {
    const output = this.#find(event) ?? this.#begin(event, { type: 'message.output', role: 'assistant' });
    const message = this.#messages.get(output) ?? new StreamedMessage();
    this.#messages.set(output, message);
    const { content } = event;
    message.add({ content: objectOf(content) === null ? (content ?? null) : [objectOf(content)] });
  }

  #addCall(event: JsonObject): void {
    const { name, tool_call_id } = event;
    const type = 'function.call';
    const call =
      this.#find(event) ?? this.#begin(event, { type, name: name ?? null, tool_call_id: tool_call_id ?? null });
    growText(call, 'arguments', event.arguments);
  }

  #addContent(event: JsonObject): void {
    const output = this.#find(event) ?? this.#begin(event, {});
    const told = objectOf(event.content ?? event.delta) ?? {};
    if (told.type === 'thought_summary') this.#summaryOf(output).push(told.content ?? null);
    else if (told.type === 'text' && typeof told.text === 'string') {
      output.type = 'text';
      growText(output, 'text', told.text);
    } else if (told.type !== 'thought_signature') Object.assign(output, told);
  }

  #summaryOf(output: JsonObject): JsonValue[] {
    const known = this.#summaries.get(output) ?? [];
    this.#summaries.set(output, known);
    output.summary = known;
    return known;
  }

  #find(event: JsonObject): JsonObject | undefined {
    return this.#places.get(placeOf(event));
  }

  #begin(event: JsonObject, output: JsonObject): JsonObject {
    this.#outputs.push(output);
    this.#places.set(placeOf(event), output);
    return output;
  }
}

function placeOf({ output_index, index }: JsonObject): number {
  const place: JsonValue = output_index ?? index ?? 0;
  return countOf(place) ?? 0;
}
