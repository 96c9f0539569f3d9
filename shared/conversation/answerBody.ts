/**
 * An answer as one object: taken out of what a batch, a gateway or a library puts around it, and of a list of pieces, as
 * they are streamed, what they say together. How a call ended, what it used and which model answered is read from it.
 */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { listOf, objectOf, textOf } from './part.ts';

/** Null for what is no object: a text, or a list of other things than pieces of one answer. */
export function bodyOf(response: JsonValue | null): JsonObject | null {
  if (!Array.isArray(response)) {
    const fields = objectOf(response ?? undefined);
    return fields === null ? null : unwrapAnswer(fields);
  }
  if (response.length === 1) return bodyOf(response[0] ?? null);
  const known = joinedLists.get(response);
  if (known !== undefined) return known;
  const pieces = response.map(objectOf).filter((piece) => piece !== null);
  const isStream = pieces.length > 0 && pieces.length === response.length && pieces.every(isPiece);
  const whole = isStream ? joinPieces(pieces) : null;
  joinedLists.set(response, whole);
  return whole;
}

/** Of one log the same list is asked about several times: for its end, its counts, its model, its cost. */
const joinedLists = new WeakMap<readonly JsonValue[], JsonObject | null>();

/** The answer in what is around it; the same object where nothing is. */
export function unwrapAnswer(fields: JsonObject): JsonObject {
  if (isAnswer(fields)) return fields;
  const batched = objectOf(fields.response);
  // OpenAI's batches: one line of the file.
  const body = batched !== null && 'status_code' in batched ? objectOf(batched.body) : null;
  if (body !== null) return { ...body, service_tier: 'batch' };
  if (fields.custom_id !== undefined) return readAnthropicLine(objectOf(fields.result)) ?? fields;
  for (const name of WRAPPERS) {
    const inner = objectOf(fields[name]);
    if (inner === null || !isWrapped(inner)) continue;
    if (isGeminiLine(fields, inner)) return { ...inner, service_tier: 'batch' };
    // DashScope has its usage beside its output.
    return inner.usage === undefined && fields.usage !== undefined ? { ...inner, usage: fields.usage } : inner;
  }
  return fields;
}

/** A line of the results of Anthropic's batches. */
function readAnthropicLine(result: JsonObject | null): JsonObject | null {
  const message = objectOf(result?.message);
  if (message !== null) return { ...message, service_tier: 'batch' };
  const type = textOf(result?.type);
  if (type !== 'errored') return type === null ? null : { type: 'error', error: { type } };
  return objectOf(result?.error);
}

/** A line of the results of Gemini's batches, by its key, or of Vertex's, by when it was made. */
function isGeminiLine({ key, processed_time }: JsonObject, inner: JsonObject): boolean {
  return Array.isArray(inner.candidates) && (typeof key === 'string' || typeof processed_time === 'string');
}

/** Gemini's library and Code Assist, Cloudflare, DashScope, LangServe, libraries for HTTP. */
const WRAPPERS = ['response', 'result', 'output', 'data', 'body'] as const;

function isAnswer({ choices, candidates, content, output, text }: JsonObject): boolean {
  return [choices, candidates, content, output].some(Array.isArray) || typeof text === 'string';
}

function isWrapped(inner: JsonObject): boolean {
  const { response, content, messages, promptFeedback } = inner;
  return (
    isAnswer(inner) ||
    typeof response === 'string' ||
    typeof content === 'string' ||
    Array.isArray(messages) ||
    objectOf(promptFeedback) !== null
  );
}

/** Of chat completions, Gemini, Anthropic, Responses or Ollama; an error may come in between. */
function isPiece(piece: JsonObject): boolean {
  return (
    Array.isArray(piece.choices) ||
    Array.isArray(piece.candidates) ||
    objectOf(piece.usageMetadata) !== null ||
    typeof piece.done === 'boolean' ||
    isEvent(textOf(piece.type) ?? '') ||
    (piece.error !== undefined && Object.keys(piece).length === 1)
  );
}

function isEvent(type: string): boolean {
  return /^(?:response\.|message_|content_block_)|^(?:ping|error)$/.test(type);
}

/**
 * Lists are put together; what is told again is told better, but for the counts that are told once. Each piece is added to what
 * is there: to copy what came before with each of a hundred thousand took a minute.
 */
function joinPieces(pieces: readonly JsonObject[]): JsonObject {
  const joined = { members: new Map(), lists: new Map(), usage: new Map(), message: new Map() } satisfies Joined;
  const blocks: JsonObject[] = [];
  for (const piece of pieces) {
    const { type, ...told } = piece;
    const ended = typeof type === 'string' && type.startsWith('response.') ? objectOf(piece.response) : null;
    if (type === 'error') addMembers(joined, piece);
    else if (ended !== null) addMembers(joined, ended);
    else if (type === 'message_start') addMembers(joined, objectOf(piece.message) ?? {});
    else if (type === 'message_delta') addMembers(joined, { ...objectOf(piece.delta), usage: piece.usage ?? null });
    else if (type === 'content_block_start') blocks.push({ ...objectOf(piece.content_block) });
    else if (type === 'content_block_delta') addToBlock(blocks.at(-1), objectOf(piece.delta));
    else if (!isEvent(textOf(type) ?? '')) addMembers(joined, told);
  }
  const whole = joined.members;
  for (const [name, list] of joined.lists) whole.set(name, list);
  if (joined.usage.size > 0) whole.set('usage', Object.fromEntries(joined.usage));
  if (joined.message.size > 0) whole.set('message', Object.fromEntries(joined.message));
  if (blocks.length > 0) whole.set('content', blocks);
  return Object.fromEntries(whole);
}

/** What pieces say together, as far as they were read. */
interface Joined {
  readonly members: Map<string, JsonValue>;
  /** Members whose pieces follow each other. */
  readonly lists: Map<string, JsonValue[]>;
  readonly usage: Map<string, JsonValue>;
  /** Ollama's, which is streamed word by word. */
  readonly message: Map<string, JsonValue>;
}

const LISTS = new Set(['choices', 'candidates']);

function addMembers({ members, lists, usage, message }: Joined, piece: JsonObject): void {
  for (const [name, value] of Object.entries(piece)) {
    if (value === null) continue;
    const fields = objectOf(value);
    if (LISTS.has(name)) {
      const list = lists.get(name) ?? [];
      lists.set(name, list);
      for (const item of listOf(value)) list.push(item);
    } else if (name === 'usage') {
      for (const [counted, count] of Object.entries(fields ?? {})) usage.set(counted, count);
    } else if (name === 'message' && fields !== null) addTexts(message, fields);
    else if (name === 'response' && typeof value === 'string') members.set(name, textBefore(members, name) + value);
    else members.set(name, value);
  }
}

function addTexts(whole: Map<string, JsonValue>, piece: JsonObject): void {
  for (const [name, value] of Object.entries(piece)) {
    const isGrowing = name !== 'role' && typeof value === 'string';
    whole.set(name, isGrowing ? textBefore(whole, name) + value : value);
  }
}

function textBefore(whole: ReadonlyMap<string, JsonValue>, name: string): string {
  return textOf(whole.get(name)) ?? '';
}

/** Words, thoughts, or the JSON of what a tool is called with. */
function addToBlock(block: JsonObject | undefined, delta: JsonObject | null): void {
  if (block === undefined || delta === null) return;
  for (const name of ['text', 'thinking'] as const) {
    const piece = textOf(delta[name]);
    if (piece !== null) block[name] = (textOf(block[name]) ?? '') + piece;
  }
  const json = textOf(delta.partial_json);
  if (json !== null) block.input = (textOf(block.input) ?? '') + json;
}
