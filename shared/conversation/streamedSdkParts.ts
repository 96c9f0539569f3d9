/** An answer as the streams of the AI SDK tell of it, in versions 4 to 6: those of a model, of `streamText`, and of its interface. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { textOf } from './part.ts';
import { growText } from './streamedMessage.ts';

/** What only a stream has. */
const PIECES = new Set(
  (
    'stream-start start start-step step-start response-metadata text-start text-delta text-end reasoning-start ' +
    'reasoning-delta reasoning-end reasoning-signature tool-input-start tool-input-delta tool-input-end ' +
    'tool-input-available tool-output-available tool-output-error tool-call-streaming-start finish-step step-finish ' +
    'finish abort message-metadata raw'
  ).split(' '),
);

/** What an answer that was not streamed has as well. */
const PARTS = new Set(['reasoning', 'tool-call', 'tool-result', 'tool-error', 'source', 'file']);

/** True of a part that only a stream has. */
export function isSdkPiece({ type }: JsonObject): boolean {
  return typeof type === 'string' && PIECES.has(type);
}

/** What may stand between such pieces. */
export function isSdkPart({ type }: JsonObject): boolean {
  return typeof type === 'string' && PARTS.has(type);
}

/** Puts the parts of one answer together, also where it has several steps. */
export class StreamedSdkParts {
  readonly #content: JsonObject[] = [];
  /** Where the texts, thoughts, calls and results are that may go on, by their kind and id. */
  readonly #places = new Map<string, number>();
  readonly #members = new Map<string, JsonValue>();
  #isBegun = false;

  get isEmpty(): boolean {
    return !this.#isBegun;
  }

  add(piece: JsonObject, type: string): void {
    this.#isBegun = true;
    switch (type) {
      case 'text-start':
      case 'text-end':
      case 'reasoning-start':
      case 'reasoning-end':
        // Each step may begin with the same ids.
        this.#places.delete(`${type.slice(0, type.indexOf('-'))} ${textOf(piece.id) ?? ''}`);
        return;
      case 'text-delta':
        return this.#addWords('text', piece);
      case 'reasoning':
      case 'reasoning-delta':
        return this.#addWords('reasoning', piece);
      case 'tool-input-start':
      case 'tool-call-streaming-start':
      case 'tool-input-delta':
      case 'tool-input-available':
      case 'tool-call':
        return this.#addCall(piece);
      case 'tool-result':
      case 'tool-error':
      case 'tool-output-available':
      case 'tool-output-error':
        return this.#addResult(piece, type.endsWith('error') ? 'tool-error' : 'tool-result');
      case 'source':
      case 'file':
        this.#content.push(piece);
        return;
    }
    this.#addStep(piece, type);
  }

  result(): JsonObject {
    return { role: 'assistant', content: this.#content, ...Object.fromEntries(this.#members) };
  }

  #addWords(kind: 'text' | 'reasoning', piece: JsonObject): void {
    const id = textOf(piece.id);
    const last = this.#content.at(-1);
    // Version 4 has no ids: what goes on is the last.
    const known = id === null ? (last?.type === kind ? last : undefined) : this.#find(`${kind} ${id}`);
    growText(known ?? this.#put(`${kind} ${id ?? ''}`, { type: kind, text: '' }), 'text', wordsOf(piece));
  }

  #addCall(piece: JsonObject): void {
    const id = textOf(piece.toolCallId) ?? textOf(piece.id) ?? '';
    const call = this.#find(`call ${id}`) ?? this.#put(`call ${id}`, { type: 'tool-call', toolCallId: id });
    if (piece.toolName !== undefined) call.toolName = piece.toolName;
    if (piece.providerExecuted === true) call.providerExecuted = true;
    const input = piece.input ?? piece.args;
    if (input === undefined) growText(call, 'input', piece.delta);
    else call.input = input;
  }

  /** What is preliminary is told again. */
  #addResult(piece: JsonObject, type: 'tool-result' | 'tool-error'): void {
    const key = `result ${textOf(piece.toolCallId) ?? ''}`;
    const place = this.#places.get(key);
    if (place === undefined) this.#put(key, { ...piece, type });
    else this.#content[place] = { ...piece, type };
  }

  #addStep(piece: JsonObject, type: string): void {
    const { finishReason, usage, totalUsage, response, providerMetadata, modelId } = piece;
    if (type === 'start-step' || type === 'step-start') this.#members.delete('finishReason');
    // That of its interface has no reason.
    if (type === 'finish') this.#members.set('done', true);
    const told = {
      finishReason,
      usage: totalUsage ?? usage,
      response: modelId === undefined ? response : { modelId },
      providerMetadata,
    };
    for (const [name, value] of Object.entries(told)) {
      if (value !== undefined && value !== null) this.#members.set(name, value);
    }
  }

  #find(key: string): JsonObject | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#content[place];
  }

  #put(key: string, part: JsonObject): JsonObject {
    this.#places.set(key, this.#content.push(part) - 1);
    return part;
  }
}

/** Of version 4, of `streamText`, and of a model or its interface. */
function wordsOf({ textDelta, text, delta }: JsonObject): JsonValue | undefined {
  return textDelta ?? text ?? delta;
}
