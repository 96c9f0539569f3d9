/** What a call sends, sorted into the fields of a record. Copied at call time. */
import type { ReadExtras } from '../../record/callExtras.js';
import { toChatMessages, toMessages } from '../../record/messages.js';
import type { CallInput, Primitive } from '../../record/modelCall.js';
import { COMPUTED, hasToJson, type Snapshot } from '../../record/snapshot.js';
import { hasAccessors, isAccessor } from '../../runtime/accessors.js';
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

/** `user` and `metadata` are parameters too: the call cannot be made again without them, and the record may get others. */
const OWN_FIELDS = new Set(['model', 'stream', 'tools', 'functions']);

/** `params`: what goes on the wire, without our extras. */
export function readInput(
  method: TrackedMethod,
  params: unknown,
  { copier, capture, extras, fields }: InputOptions,
): CallInput {
  const body = readBody(params, copier);
  // Most bodies are plain; then its names need not be asked one by one.
  const read = hasAccessors(body)
    ? (name: string): unknown => copier.read(body, name)
    : (name: string): unknown => (body as Record<string, unknown>)[name];
  copier.defers = true;
  // Small fields first, so that the conversation is what is cut. Some values are reserved for it.
  copier.valuesLeft -= INPUT_RESERVE;
  const ownMetadata = capture ? copier.copy(read('metadata')) : undefined;
  const tools = capture ? copier.copy(read('tools') ?? read('functions')) : undefined;
  const hasOwnField = (name: string) => OWN_FIELDS.has(name) || method.input.includes(name);
  const parameters = capture ? copier.copyWithout(body, hasOwnField) : undefined;
  copier.defers = false;
  // Given for the record alone, so nobody else reads them.
  const metadata = copyMetadata(copier, [fields?.metadata, ownMetadata, extras.metadata]);
  const variables = capture ? copier.copy(extras.promptVariables) : undefined;
  copier.defers = true;
  copier.valuesLeft = Math.max(0, copier.valuesLeft) + INPUT_RESERVE;
  const input = capture
    ? copier.copy(pickInput(method, (name) => read(name) ?? (isAccessor(body, name) ? COMPUTED : undefined)))
    : undefined;
  const model = primitiveOf(read('model'));
  const user = primitiveOf(read('user') ?? read('safety_identifier'));
  return {
    model,
    messages: method.kind === 'chat' ? toChatMessages(input, copier) : toMessages(input),
    parameters,
    tools,
    variables: isRecord(variables) ? variables : undefined,
    user,
    metadata,
    isStream: read('stream') === true,
    isBackground: read('background') === true,
    hasDeferred: copier.hasDeferred,
    isTruncated: copier.isTruncated,
    size: copier.size,
    valuesLeft: Math.max(0, copier.valuesLeft),
  };
}

/** A body that writes itself is read when it is written. */
function readBody(params: unknown, copier: Snapshot): object {
  if (!isObject(params)) return {};
  if (isAccessor(params, 'toJSON') || !hasToJson(params)) return params;
  copier.hasDeferred = true;
  return {};
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

function pickInput({ input }: TrackedMethod, read: (name: string) => unknown): unknown {
  const [only] = input;
  if (input.length === 1 && only !== undefined) return read(only);
  const picked: Record<string, unknown> = {};
  for (const name of input) {
    const value = read(name);
    if (value !== undefined && value !== null) picked[name] = value;
  }
  return picked;
}
