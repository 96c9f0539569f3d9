/**
 * An answer as it was streamed: what its pieces say together. Each piece is added to what is there: to copy what came
 * before with each of a hundred thousand took a minute. What came is not changed.
 */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { countOf, listOf, objectOf, textOf } from './part.ts';
import { growText, StreamedMessage } from './streamedMessage.ts';
import { CONVERSE_EVENTS, StreamedConverse } from './streamedConverse.ts';
import { isLangChainChunk, StreamedLangChain } from './streamedLangChain.ts';
import { StreamedOutput } from './streamedOutput.ts';
import { isInteractionEvent, StreamedInteraction } from './streamedInteraction.ts';
import { isSdkPart, isSdkPiece, StreamedSdkParts } from './streamedSdkParts.ts';

/**
 * The pieces in a list, without what a reader of server-sent events keeps between them and around them; null where it is no
 * stream.
 */
export function listPieces(list: readonly JsonValue[]): JsonObject[] | null {
  const told = list.filter((one) => !isNothing(one)).map((one) => withoutMetadata(one));
  const pieces = told.map(objectOf).filter((piece) => piece !== null);
  if (pieces.length !== told.length) return null;
  if (isStream(pieces)) return pieces;
  const inner = pieces.map(({ data }) => objectOf(data)).filter((piece) => piece !== null);
  return inner.length === pieces.length && isStream(inner) ? inner : null;
}

/** LangGraph has each chunk in a list, with what it knows of the step. */
function withoutMetadata(value: JsonValue): JsonValue {
  const [chunk = null, metadata] = listOf(value);
  const isPair = listOf(value).length === 2 && objectOf(metadata) !== null;
  return isPair && isLangChainChunk(objectOf(chunk) ?? {}) ? chunk : value;
}

function isNothing(value: JsonValue): boolean {
  const fields = objectOf(value);
  return value === null || value === '[DONE]' || (fields !== null && Object.keys(fields).length === 0);
}

/** True of pieces, between which there may be whole parts, or an error in whatever words. */
function isStream(pieces: readonly JsonObject[]): boolean {
  const mayStandBetween = (piece: JsonObject) => isSdkPart(piece) || (piece.error ?? null) !== null;
  return pieces.some(isPiece) && pieces.every((piece) => isPiece(piece) || mayStandBetween(piece));
}

/** Of chat completions, Gemini, Anthropic, Responses, Ollama, llama.cpp, Bedrock, Cohere, Hugging Face, LangChain or the AI SDK. */
function isPiece(piece: JsonObject): boolean {
  return (
    holdsAnswers(piece.choices) ||
    holdsAnswers(piece.candidates) ||
    objectOf(piece.usageMetadata) !== null ||
    isOfOllama(piece) ||
    (typeof piece.stop === 'boolean' && typeof piece.content === 'string') ||
    isToken(piece) ||
    isCohereEvent(piece) ||
    isEvent(textOf(piece.type) ?? '') ||
    isSnapshot(piece) ||
    isLangChainChunk(piece) ||
    isSdkPiece(piece) ||
    isInteractionEvent(piece) ||
    CONVERSE_EVENTS.has(onlyNameOf(piece)) ||
    isException(onlyNameOf(piece))
  );
}

/** Members of a choice or a candidate: what a model made up may have a list that is called so. */
const OF_ANSWERS = new Set(
  'delta message text content finish_reason finishReason index error usage safetyRatings groundingMetadata'.split(' '),
);

/** An empty one may stand in a piece that tells of something else. */
function holdsAnswers(list: JsonValue | undefined): boolean {
  return Array.isArray(list) && list.every((one) => isOneOfAnswers(objectOf(one)));
}

function isOneOfAnswers(fields: JsonObject | null): boolean {
  if (fields === null) return false;
  const names = Object.keys(fields);
  return names.length === 0 || names.some((name) => OF_ANSWERS.has(name));
}

function isOfOllama({ done, message, response, error }: JsonObject): boolean {
  const isSaid = objectOf(message) !== null || typeof response === 'string' || error !== undefined;
  return typeof done === 'boolean' && isSaid;
}

/** Hugging Face, which ends with the whole. */
function isToken(piece: JsonObject): boolean {
  return objectOf(piece.token) !== null && 'generated_text' in piece;
}

function isEvent(type: string): boolean {
  return /^(?:response\.|message_|content_block_)|^(?:ping|error)$/.test(type) || isOtherEvent(type);
}

function isOtherEvent(type: string): boolean {
  return COHERE_EVENTS.test(type) || MEDIA_EVENTS.test(type);
}

/** Of transcriptions and images. */
const MEDIA_EVENTS = /^(?:transcript\.text|image_generation|image_edit)\.[a-z_]{1,40}$/;

/** What Anthropic's library for Python adds to the events: all words so far, which they tell too. */
function isSnapshot(piece: JsonObject): boolean {
  return 'snapshot' in piece && /^(?:text|thinking|citation|input_json)$/.test(textOf(piece.type) ?? '');
}

/** Of Cohere's second version. */
const COHERE_EVENTS = /^(?:message|content|tool-plan|tool-call|citation)-(?:start|delta|end)$/;

/** Of its first version, which ends with the whole answer. */
function isCohereEvent({ event_type: type }: JsonObject): boolean {
  return (
    typeof type === 'string' && /^stream-(?:start|end)$|^text-generation$|^tool-calls-|^citation-|^search-/.test(type)
  );
}

/** With AWS an error is one more event. */
function isException(name: string): boolean {
  return /^[a-z]{1,40}Exception$/i.test(name);
}

/** The name of the only member; empty where there are more. */
function onlyNameOf(piece: JsonObject): string {
  const names = Object.keys(piece);
  return names.length === 1 ? (names[0] ?? '') : '';
}

/** Lists are put together; what is told again is told better, but for the counts that are told once. */
export function joinPieces(pieces: readonly JsonObject[]): JsonObject {
  const answer = new StreamedAnswer();
  for (const piece of pieces) answer.add(piece);
  return answer.result();
}

class StreamedAnswer {
  readonly #members = new Map<string, JsonValue>();
  readonly #usage = new Map<string, JsonValue>();
  readonly #choices = new StreamedChoices('message');
  readonly #candidates = new StreamedChoices('content');
  /** Ollama's and Cohere's. */
  readonly #message = new StreamedMessage();
  /** Anthropic's. */
  readonly #blocks: JsonObject[] = [];
  readonly #blockPlaces = new Map<number, JsonObject>();
  readonly #output = new StreamedOutput();
  readonly #converse = new StreamedConverse();
  readonly #langChain = new StreamedLangChain();
  readonly #sdkParts = new StreamedSdkParts();
  readonly #interaction = new StreamedInteraction();
  /** Those of Hugging Face, as text. */
  readonly #tokens: string[] = [];

  add(piece: JsonObject): void {
    const type = textOf(piece.type) ?? '';
    const name = onlyNameOf(piece);
    if (isSnapshot(piece)) return;
    // The AI SDK's interface has a text for it.
    if (type === 'error') this.#addMembers({ ...piece, error: piece.error ?? piece.errorText ?? null });
    else if (isInteractionEvent(piece)) this.#addMembers(this.#interaction.add(piece));
    else if (isLangChainChunk(piece)) this.#langChain.add(piece);
    else if (type.startsWith('response.')) this.#addResponse(piece, type);
    else if (COHERE_EVENTS.test(type)) this.#addCohere(piece, type);
    else if (MEDIA_EVENTS.test(type)) this.#addMedia(piece, type);
    else if (isSdkPiece(piece) || isSdkPart(piece)) this.#sdkParts.add(piece, type);
    else if (isEvent(type)) this.#addAnthropic(piece, type);
    else if (CONVERSE_EVENTS.has(name)) this.#addConverse(name, objectOf(piece[name]) ?? {});
    else if (isException(name)) this.#addException(name, objectOf(piece[name]) ?? {});
    else if (isToken(piece)) this.#addToken(piece);
    else if (isCohereEvent(piece)) this.#addMembers(objectOf(piece.response) ?? textPiece(piece));
    else {
      const { type: _, ...told } = piece;
      this.#addMembers(told);
    }
  }

  result(): JsonObject {
    const whole = this.#members;
    for (const stream of [this.#langChain, this.#sdkParts]) if (!stream.isEmpty) this.#addMembers(stream.result());
    // Cut off before the piece that has them all.
    if (this.#tokens.length > 0 && !whole.has('generated_text')) {
      this.#addMembers({ generated_text: this.#tokens.join(''), done: false });
    }
    if (this.#usage.size > 0) whole.set('usage', Object.fromEntries(this.#usage));
    if (!this.#message.isEmpty) whole.set('message', this.#message.result());
    if (!this.#choices.isEmpty) whole.set('choices', this.#choices.result());
    if (!this.#candidates.isEmpty) whole.set('candidates', this.#candidates.result());
    if (!this.#converse.isEmpty) whole.set('output', { message: this.#converse.result() });
    if (this.#blocks.length > 0) whole.set('content', this.#blocks);
    // A stream that was cut off, or ends with an answer that has lost its output.
    if (!this.#output.isEmpty && listOf(whole.get('output')).length === 0) whole.set('output', this.#output.result());
    if (!this.#interaction.isEmpty && listOf(whole.get('outputs')).length === 0)
      whole.set('outputs', this.#interaction.result());
    return Object.fromEntries(whole);
  }

  #addToken({ token, ...told }: JsonObject): void {
    const fields = objectOf(token);
    if (fields?.special !== true) this.#tokens.push(textOf(fields?.text) ?? '');
    this.#addMembers(told);
  }

  #addMembers(piece: JsonObject): void {
    for (const [name, value] of Object.entries(piece)) {
      if (value === null || value === '') continue;
      const fields = objectOf(value);
      if (name === 'choices' || name === 'candidates') this.#addChoices(name, value);
      else if (name === 'usage') this.#addUsage(fields);
      // Ollama's is a text. Beside an answer that would be a member of it.
      else if (name === 'error' && typeof value === 'string') this.#members.set(name, { message: value });
      else if (name === 'message' && fields !== null) this.#message.add(fields);
      else if (GROWING.has(name) && typeof value === 'string') this.#growMember(name, value);
      else this.#members.set(name, value);
    }
  }

  #addChoices(name: 'choices' | 'candidates', pieces: JsonValue): void {
    // Told, and without any: that is an answer that holds nothing.
    this.#members.set(name, []);
    (name === 'choices' ? this.#choices : this.#candidates).add(pieces);
  }

  #addUsage(usage: JsonObject | null): void {
    for (const [counted, count] of Object.entries(usage ?? {})) this.#usage.set(counted, count);
  }

  #addResponse(event: JsonObject, type: string): void {
    const response = objectOf(event.response);
    if (response === null) this.#output.add(event, type);
    else this.#addMembers(response);
  }

  /** Each tells the words that are new, and the last one all; of pictures the last one is whole. */
  #addMedia(event: JsonObject, type: string): void {
    const { b64_json, usage, text } = event;
    if (type === 'transcript.text.delta') this.#growMember('text', event.delta);
    else if (type === 'transcript.text.done') this.#addMembers({ text: text ?? null, usage: usage ?? null });
    else if (type.endsWith('.completed'))
      this.#addMembers({ data: [{ b64_json: b64_json ?? null }], usage: usage ?? null });
  }

  #growMember(name: string, piece: JsonValue | undefined): void {
    this.#members.set(name, (textOf(this.#members.get(name)) ?? '') + (textOf(piece) ?? ''));
  }

  #addAnthropic(event: JsonObject, type: string): void {
    if (type === 'message_start') this.#addMembers(objectOf(event.message) ?? {});
    else if (type === 'message_delta') this.#addMembers({ ...objectOf(event.delta), usage: event.usage ?? null });
    else if (type === 'content_block_start') this.#beginBlock({ ...objectOf(event.content_block) }, event);
    else if (type === 'content_block_delta') addToBlock(this.#blockOf(event), objectOf(event.delta));
  }

  #beginBlock(block: JsonObject, { index }: JsonObject): void {
    this.#blocks.push(block);
    this.#blockPlaces.set(countOf(index) ?? 0, block);
  }

  #blockOf({ index }: JsonObject): JsonObject | undefined {
    const place = countOf(index);
    return place === null ? this.#blocks.at(-1) : this.#blockPlaces.get(place);
  }

  #addConverse(name: string, event: JsonObject): void {
    if (name === 'messageStop' || name === 'metadata') this.#addMembers(event);
    this.#converse.add(name, event);
  }

  #addException(name: string, thrown: JsonObject): void {
    this.#members.set('type', 'error');
    this.#members.set('error', { type: name, message: thrown.message ?? null });
  }

  #addCohere(event: JsonObject, type: string): void {
    const delta = objectOf(event.delta) ?? {};
    const message = objectOf(delta.message);
    if (type === 'message-end') this.#addMembers(delta);
    else if (type === 'message-start') this.#addMembers({ id: event.id ?? null, message });
    else if (type === 'content-start') this.#message.add({ content: [{ ...objectOf(message?.content) }] });
    else if (type === 'content-delta') this.#message.addToContent(objectOf(message?.content) ?? {});
    else if (type === 'tool-plan-delta') this.#message.add({ tool_plan: message?.tool_plan ?? null });
    else if (type.startsWith('tool-call-')) {
      const call = objectOf(message?.tool_calls);
      if (call !== null) this.#message.add({ tool_calls: [{ ...call, index: event.index ?? null }] });
    }
  }
}

/** Texts that are streamed word by word: of Ollama's `generate`, of llama.cpp. */
const GROWING = new Set(['response', 'thinking', 'content']);

/** Cohere's first version */
function textPiece({ text }: JsonObject): JsonObject {
  return { content: text ?? null };
}

/** Words, thoughts, or the JSON of what a tool is called with. */
function addToBlock(block: JsonObject | undefined, delta: JsonObject | null): void {
  if (block === undefined || delta === null) return;
  growText(block, 'text', delta.text);
  growText(block, 'thinking', delta.thinking);
  growText(block, 'input', delta.partial_json);
}

/** One of several answers: a choice with its message, or a candidate with its content. */
interface StreamedChoice {
  readonly members: Map<string, JsonValue>;
  readonly message: StreamedMessage;
}

class StreamedChoices {
  readonly #list: StreamedChoice[] = [];
  readonly #places = new Map<number, StreamedChoice>();
  readonly #holder: 'message' | 'content';

  constructor(holder: 'message' | 'content') {
    this.#holder = holder;
  }

  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  add(pieces: JsonValue): void {
    for (const [at, piece] of listOf(pieces).entries()) {
      const fields = objectOf(piece);
      if (fields !== null) addToChoice(this.#choiceAt(countOf(fields.index) ?? at, fields), fields, this.#holder);
    }
  }

  result(): JsonObject[] {
    return this.#list.map(({ members, message }) => {
      if (!message.isEmpty) members.set(this.#holder, message.result());
      return Object.fromEntries(members);
    });
  }

  #choiceAt(place: number, piece: JsonObject): StreamedChoice {
    const known = this.#places.get(place);
    // A list of whole answers, each with a choice of its own.
    const isAnother = objectOf(piece.message) !== null && known?.members.has('finish_reason') === true;
    if (known !== undefined && !isAnother) return known;
    const choice: StreamedChoice = { members: new Map(), message: new StreamedMessage() };
    this.#list.push(choice);
    this.#places.set(place, choice);
    return choice;
  }
}

function addToChoice({ members, message }: StreamedChoice, piece: JsonObject, holder: string): void {
  const delta = objectOf(piece.delta);
  const hasDelta = delta !== null && Object.keys(delta).length > 0;
  for (const [name, value] of Object.entries(piece)) {
    const said = name === 'delta' ? delta : name === holder ? objectOf(value) : null;
    // Perplexity has all words so far beside each delta.
    if (said !== null && (said === delta || !hasDelta)) message.add(said);
    // Completions of before chats.
    else if (name === 'text' && typeof value === 'string') members.set(name, (textOf(members.get(name)) ?? '') + value);
    else if (said === null && value !== null && value !== '') members.set(name, value);
  }
}
