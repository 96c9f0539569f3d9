/** What a call sends, sorted into the fields of a record. Copied at call time. */
import type { ReadExtras } from '../callExtras.js';
import { countLeftOut } from '../clean.js';
import { Snapshot } from '../snapshot.js';
import type { SpanFields } from '../traceTypes.js';
import { isList, isObject, isRecord, isText } from '../values.js';
import type { JsonObject, JsonValue, LogInput } from '../wire.js';
import type { TrackedMethod } from './methods.js';

type Primitive = string | number | undefined;

export interface CallInput {
  /** As it was given, like the user: it is cleaned when the record is written. */
  readonly model: Primitive;
  readonly messages: LogInput['messages'];
  readonly parameters: JsonObject | undefined;
  readonly tools: JsonValue | undefined;
  readonly variables: JsonObject | undefined;
  readonly user: Primitive;
  /** That of the trace, of the parameters and of the extras. */
  readonly metadata: JsonObject | undefined;
  readonly isStream: boolean;
  readonly isBackground: boolean;
  readonly isTruncated: boolean;
  readonly size: number;
  /** Values that the record may still hold, beside those kept for the answer. */
  readonly valuesLeft: number;
}

export interface InputOptions {
  readonly copier: Snapshot;
  /** False: only names, switches and what was given for the record. */
  readonly capture: boolean;
  readonly extras: ReadExtras;
  readonly fields: SpanFields | undefined;
}

/** Values that only the input itself may use. */
const INPUT_RESERVE = 5_000;

const OWN_FIELDS = new Set(['model', 'stream', 'tools', 'functions', 'metadata', 'user']);

/** `params`: what goes on the wire, without our extras. */
export function readInput(
  method: TrackedMethod,
  params: unknown,
  { copier, capture, extras, fields }: InputOptions,
): CallInput {
  const body = isObject(params) ? params : {};
  // What is small first: of the rest, nobody misses the last of 90,000 values. Some are kept for the conversation.
  copier.valuesLeft -= INPUT_RESERVE;
  const metadata = copyMetadata(copier, [fields?.metadata, capture ? body.metadata : undefined, extras.metadata]);
  const tools = capture ? copier.copy(body.tools ?? body.functions) : undefined;
  const hasOwnField = (name: string) => OWN_FIELDS.has(name) || method.input.includes(name);
  const parameters = capture ? copier.copyWithout(body, hasOwnField) : undefined;
  const variables = capture ? copier.copy(extras.promptVariables) : undefined;
  copier.valuesLeft = Math.max(0, copier.valuesLeft) + INPUT_RESERVE;
  const input = capture ? copier.copy(pickInput(method, body)) : undefined;
  return {
    model: primitiveOf(body.model),
    messages: method.kind === 'chat' ? toChatMessages(input, copier) : toMessages(input),
    parameters,
    tools,
    variables: isRecord(variables) ? variables : undefined,
    user: primitiveOf(body.user ?? body.safety_identifier),
    metadata,
    isStream: body.stream === true,
    isBackground: body.background === true,
    isTruncated: copier.isTruncated,
    size: copier.size,
    valuesLeft: Math.max(0, copier.valuesLeft),
  };
}

/** Nothing that the caller could change meanwhile. */
function primitiveOf(value: unknown): Primitive {
  return isText(value) || typeof value === 'number' ? value : undefined;
}

/** The later wins where names meet. */
function copyMetadata(copier: Snapshot, sources: readonly unknown[]): JsonObject | undefined {
  let merged: JsonObject | undefined;
  for (const source of sources) {
    const copy = source === undefined ? undefined : copier.copy(source);
    // Copied once more, since together they may have more keys than one object may have.
    if (isRecord(copy)) merged = merged ? (copier.copy({ ...merged, ...copy }) as JsonObject) : copy;
  }
  return merged;
}

function pickInput({ input }: TrackedMethod, body: Record<string, unknown>): unknown {
  const [only] = input;
  if (input.length === 1 && only !== undefined) return body[only];
  const picked: Record<string, unknown> = {};
  for (const name of input) if (body[name] !== undefined && body[name] !== null) picked[name] = body[name];
  return picked;
}

/** The contract wants objects with a role; what is not one is kept as text, so that the record of an odd call is kept. */
export function toChatMessages(
  input: JsonValue | undefined,
  copier: Snapshot = new Snapshot({ fieldLength: Infinity }),
): JsonValue[] {
  if (input === undefined) return [];
  if (!isList(input)) return [{ role: 'unknown', content: asText(input, copier) }];
  if (input.every(isChatMessage)) return input;
  const messages: JsonValue[] = [];
  for (const [index, message] of input.entries()) {
    if (isChatMessage(message)) {
      messages.push(message);
      continue;
    }
    // A role and a content are values too, and what is left out makes room for them.
    copier.valuesLeft -= 2;
    const behind = input.length - 1 - index;
    if (behind > 0 && copier.valuesLeft + behind < 0) {
      copier.isTruncated = true;
      copier.valuesLeft += behind;
      messages.push({ role: 'unknown', content: `[truncated: ${behind + countLeftOut(input.at(-1))} more]` });
      break;
    }
    messages.push(toChatMessage(message, copier));
  }
  return messages;
}

function isChatMessage(message: JsonValue): boolean {
  if (!isRecord(message) || !isText(message.role)) return false;
  return isText(message.content) || isChatContent(message.content);
}

function isChatContent(content: JsonValue | undefined): boolean {
  return content === undefined || content === null || isText(content) || isList(content);
}

function toChatMessage(message: JsonValue, copier: Snapshot): JsonValue {
  if (!isRecord(message)) return { role: 'unknown', content: asText(message, copier) };
  const { role, content } = message;
  return {
    ...message,
    role: isText(role) ? role : 'unknown',
    ...(content === undefined || isChatContent(content) ? {} : { content: asText(content, copier) }),
  };
}

/** The contract takes a text, an object or a list; the rest is put in words. */
export function toMessages(input: JsonValue | undefined): LogInput['messages'] {
  if (input === undefined || input === null) return [];
  return isText(input) || typeof input === 'object' ? input : String(input);
}

function asText(value: JsonValue, copier: Snapshot): string {
  return isText(value) ? value : (copier.copy(JSON.stringify(value)) as string);
}
