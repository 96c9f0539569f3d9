/** What a call sends, sorted into the fields of a record. Copied at call time. */
import type { ReadExtras } from '../../record/callExtras.js';
import { toChatMessages, toMessages } from '../../record/messages.js';
import type { CallInput, Primitive } from '../../record/modelCall.js';
import type { Snapshot } from '../../record/snapshot.js';
import type { SpanFields } from '../../tracing/types.js';
import { isObject, isRecord, isString } from '../../runtime/values.js';
import type { JsonObject } from '../../wire.js';
import type { TrackedMethod } from './methods.js';

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
  return isString(value) || typeof value === 'number' ? value : undefined;
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
