/** What a call sends, sorted into the fields of a record. Copied at call time. */
import { cleanIdentifier } from '../clean.js';
import { Snapshot } from '../snapshot.js';
import type { JsonObject, JsonValue, LogInput } from '../wire.js';
import { isObject } from './assembler.js';
import type { TrackedMethod } from './methods.js';

export interface CallInput {
  readonly model: string | undefined;
  readonly messages: LogInput['messages'];
  readonly parameters: JsonObject | undefined;
  readonly tools: JsonValue | undefined;
  readonly userId: string | undefined;
  readonly metadata: JsonObject | undefined;
  readonly isStream: boolean;
  readonly isBackground: boolean;
  readonly isTruncated: boolean;
  readonly size: number;
}

const OWN_FIELDS = new Set(['model', 'stream', 'tools', 'functions', 'metadata', 'user']);

/** `params`: what goes on the wire, without our extras. `capture` false: only names and switches. */
export function readInput(
  method: TrackedMethod,
  params: unknown,
  { fieldLength, capture }: { fieldLength: number; capture: boolean },
): CallInput {
  const body = isObject(params) ? params : {};
  const words = new Snapshot({ fieldLength });
  const settings = new Snapshot({ fieldLength, hideSecrets: true });
  const input = capture ? words.copy(pickInput(method, body)) : undefined;
  const metadata = capture ? words.copy(body.metadata) : undefined;
  const tools = capture ? settings.copy(body.tools ?? body.functions) : undefined;
  const parameters = capture ? settings.copy(pickParameters(method, body)) : undefined;
  return {
    model: cleanIdentifier(body.model),
    messages: method.kind === 'chat' ? toChatMessages(input) : toMessages(input),
    parameters: isJsonObject(parameters) && Object.keys(parameters).length > 0 ? parameters : undefined,
    tools,
    userId: cleanIdentifier(body.user ?? body.safety_identifier),
    metadata: isJsonObject(metadata) ? metadata : undefined,
    isStream: body.stream === true,
    isBackground: body.background === true,
    isTruncated: words.isTruncated || settings.isTruncated,
    size: words.size + settings.size,
  };
}

function pickInput({ input }: TrackedMethod, body: Record<string, unknown>): unknown {
  const [only] = input;
  if (input.length === 1 && only !== undefined) return body[only];
  const picked: Record<string, unknown> = {};
  for (const name of input) if (body[name] !== undefined && body[name] !== null) picked[name] = body[name];
  return picked;
}

function pickParameters({ input }: TrackedMethod, body: Record<string, unknown>): Record<string, unknown> {
  const parameters: Record<string, unknown> = {};
  for (const key of Object.keys(body)) {
    if (OWN_FIELDS.has(key) || input.includes(key)) continue;
    Object.defineProperty(parameters, key, Object.getOwnPropertyDescriptor(body, key) as PropertyDescriptor);
  }
  return parameters;
}

/** The contract wants objects with a role; what is not one is kept as text, so that the record of an odd call is kept. */
export function toChatMessages(input: JsonValue | undefined): JsonValue[] {
  if (input === undefined) return [];
  if (!Array.isArray(input)) return [{ role: 'unknown', content: asText(input) }];
  return input.map((message) => {
    if (!isJsonObject(message)) return { role: 'unknown', content: asText(message) };
    const { role, content } = message;
    const isContentFine =
      content === undefined || content === null || typeof content === 'string' || Array.isArray(content);
    if (typeof role === 'string' && isContentFine) return message;
    return {
      ...message,
      role: typeof role === 'string' ? role : 'unknown',
      ...(content === undefined ? {} : { content: isContentFine ? content : asText(content) }),
    };
  });
}

export function toMessages(input: JsonValue | undefined): LogInput['messages'] {
  if (input === undefined || input === null) return [];
  return typeof input === 'string' || typeof input === 'object' ? input : String(input);
}

function asText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
