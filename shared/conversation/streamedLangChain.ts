/** The message of LangChain as its chunks tell of it: each has what is new of the words, of calls of tools, and of the counts. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { innerMessage } from './innerMessage.ts';
import { countOf, listOf, objectOf, textOf } from './part.ts';
import { growText, StreamedMessage } from './streamedMessage.ts';

/** As a chunk dumps itself, or as the call of its constructor. */
export function isLangChainChunk({ type, id }: JsonObject): boolean {
  return type === 'AIMessageChunk' || (type === 'constructor' && listOf(id).at(-1) === 'AIMessageChunk');
}

/** Puts the chunks of one message together. */
export class StreamedLangChain {
  readonly #message = new StreamedMessage();
  readonly #parts: JsonObject[] = [];
  readonly #usage = new Counts();
  readonly #metadata = new Map<string, JsonValue>();
  #isBegun = false;

  get isEmpty(): boolean {
    return !this.#isBegun;
  }

  add(piece: JsonObject): void {
    this.#isBegun = true;
    const chunk = innerMessage(piece);
    const { content, tool_call_chunks: calls } = chunk;
    if (typeof content === 'string') this.#message.add({ content });
    for (const part of listOf(content)) this.#addPart(typeof part === 'string' ? { type: 'text', text: part } : part);
    this.#message.add({ tool_calls: listOf(calls).map(toCallPiece) });
    this.#message.add({ reasoning_content: objectOf(chunk.additional_kwargs)?.reasoning_content ?? null });
    this.#usage.add(objectOf(chunk.usage_metadata));
    for (const [name, value] of Object.entries(objectOf(chunk.response_metadata) ?? {})) {
      if (value !== null && value !== '') this.#metadata.set(name, value);
    }
  }

  result(): JsonObject {
    if (this.#parts.length > 0) this.#message.add({ content: this.#parts });
    return {
      role: 'assistant',
      ...this.#message.result(),
      ...(this.#usage.isEmpty ? {} : { usage_metadata: this.#usage.result() }),
      response_metadata: Object.fromEntries(this.#metadata),
    };
  }

  /** Pieces of one part have one index; calls of tools are told beside the content, too. */
  #addPart(value: JsonValue): void {
    const piece = objectOf(value);
    const type = textOf(piece?.type) ?? '';
    if (piece === null || /^(?:tool_|input_json)/.test(type)) return;
    const last = this.#parts.at(-1);
    if (last === undefined || last.type !== piece.type || countOf(last.index) !== countOf(piece.index)) {
      this.#parts.push({ ...piece });
      return;
    }
    for (const name of ['text', 'thinking', 'reasoning']) growText(last, name, piece[name]);
  }
}

function toCallPiece(value: JsonValue): JsonObject {
  const { index, id, name, args } = objectOf(value) ?? {};
  return { index: index ?? null, id: id ?? null, function: { name: name ?? null, arguments: args ?? null } };
}

/** LangChain adds the counts of all chunks up: of some providers each has its part. */
class Counts {
  readonly #sums = new Map<string, number>();
  readonly #details = new Map<string, Counts>();

  get isEmpty(): boolean {
    return this.#sums.size === 0;
  }

  add(usage: JsonObject | null): void {
    for (const [name, value] of Object.entries(usage ?? {})) {
      const count = countOf(value);
      const details = objectOf(value);
      if (count !== null) this.#sums.set(name, (this.#sums.get(name) ?? 0) + count);
      if (details === null) continue;
      const known = this.#details.get(name) ?? new Counts();
      this.#details.set(name, known);
      known.add(details);
    }
  }

  result(): JsonObject {
    const details = [...this.#details].map(([name, counts]): [string, JsonObject] => [name, counts.result()]);
    return Object.fromEntries<JsonValue>([...this.#sums, ...details]);
  }
}
