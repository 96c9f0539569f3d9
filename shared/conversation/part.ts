/** What a message is made of, whatever format it came in. */
import { ExactNumber } from '#shared/exactJson';
import type { JsonObject, JsonValue } from '#shared/primitives';

export type Part =
  | {
      readonly kind: 'text' | 'refusal';
      readonly text: string;
      /** True of a document that was sent along: it is read, and is not what was said. */
      readonly isDocument?: true;
      /** True of instructions that Pydantic AI has in one message with what the user said. */
      readonly isInstruction?: true;
    }
  /** Thoughts. The text is empty where the provider keeps them to itself. */
  | { readonly kind: 'reasoning'; readonly text: string }
  | Media
  | ToolCall
  | ToolResult
  | { readonly kind: 'citations'; readonly sources: readonly Citation[] }
  /** A form that is not recognised: shown as what it is, never dropped. */
  | { readonly kind: 'json'; readonly value: JsonValue };

export type MediaKind = 'image' | 'audio' | 'file' | 'video';

/** A picture, sound or file. It is described and never fetched: a logged URL may be a trap. */
export interface Media {
  readonly kind: 'media';
  readonly media: MediaKind;
  /** Such as `image/png`; null where nothing says it. */
  readonly mimeType: string | null;
  readonly name: string | null;
  /** Where it lies, when it is not held here: a URL, or the id of an uploaded file. */
  readonly location: string | null;
  /** Base64, without the head of a data URL. Null where it lies elsewhere, was left out or cut. */
  readonly data: string | null;
  /** Bytes that the base64 stands for, also where it was left out. Null where nothing says it. */
  readonly sizeBytes: number | null;
}

export interface ToolCall {
  readonly kind: 'tool_call';
  /** Pairs it with its result. */
  readonly id: string | null;
  readonly name: string;
  /** JSON as text, as most models give it, or the JSON itself. */
  readonly args: JsonValue;
  /** Of MCP: the server that has the tool. */
  readonly server?: string;
  /** The provider ran the tool itself, and may bill it. */
  readonly isRunByProvider?: true;
}

export interface ToolResult {
  readonly kind: 'tool_result';
  readonly callId: string | null;
  readonly name: string | null;
  readonly isError: boolean;
  readonly parts: readonly Part[];
}

export interface Citation {
  readonly title: string | null;
  readonly url: string | null;
  /** The text that is cited. */
  readonly quote: string | null;
}

/** A part that is text. */
export function textPart(text: string): Part {
  return { kind: 'text', text };
}

/** A reasoning part, or nothing where there is no text: encrypted thinking has none. */
export function reasoningParts(text: string | null): Part[] {
  return text === null || text.trim() === '' ? [] : [{ kind: 'reasoning', text }];
}

/** A part that calls a tool; one without a name is called `tool`. */
export function toolCall(
  id: JsonValue | undefined,
  name: JsonValue | undefined,
  args: JsonValue | undefined,
): ToolCall {
  return { kind: 'tool_call', id: textOf(id), name: textOf(name) ?? 'tool', args: args ?? null };
}

const RUN_BY_PROVIDER = { isRunByProvider: true } as const;

/** In the words of Anthropic, OpenTelemetry, Pydantic AI and the AI SDK. */
function isRun({ type, builtin, providerExecuted, provider_executed: isToldByUs }: JsonObject): boolean {
  const isOfServer = type === 'server_tool_use' || type === 'server_tool_call';
  return isOfServer || builtin === true || providerExecuted === true || isToldByUs === true;
}

/** A call in the words of any library: they agree on what it has, and not on its names. */
export function readCall(fields: JsonObject): ToolCall {
  const id = callIdOf(fields) ?? fields.id;
  const name = fields.name ?? fields.toolName ?? fields.tool_name;
  const args =
    fields.arguments ?? fields.input ?? fields.args ?? fields.tool_kwargs ?? fields.parameters ?? fields.rawInput;
  const server = textOf(fields.server_label) ?? textOf(fields.server_name);
  return { ...toolCall(id, name, args), ...(server !== null && { server }), ...(isRun(fields) && RUN_BY_PROVIDER) };
}

/** The id that pairs a result with its call, beside an id of the part's own. */
export function callIdOf(fields: JsonObject): JsonValue | undefined {
  return fields.tool_use_id ?? fields.toolCallId ?? fields.tool_call_id ?? fields.call_id ?? fields.callId;
}

/** Its JSON as an object; null for everything else. */
export function objectOf(value: JsonValue | undefined): JsonObject | null {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  // A number whose digits are kept is one too, to JavaScript.
  return isObject && !(value instanceof ExactNumber) ? value : null;
}

/** A text that says something; null for everything else. */
export function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A count that is told, whatever way its digits are kept; null for everything else, which is not zero. */
export function countOf(value: JsonValue | undefined): number | null {
  // Stores that keep no numbers give them back as texts.
  const isDigits = typeof value === 'string' && /^\d{1,16}$/.test(value);
  const number: unknown = value instanceof ExactNumber ? value.toNumber() : isDigits ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/** The items of a list; none of anything else. */
export function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** Texts of a list of thoughts: strings, or objects that hold one. */
export function joinTexts(value: JsonValue | undefined, separator = '\n\n'): string | null {
  if (typeof value === 'string') return textOf(value);
  const texts = listOf(value).map((entry) => {
    const fields = objectOf(entry);
    return textOf(entry) ?? textOf(fields?.text) ?? textOf(fields?.summary) ?? textOf(fields?.thinking);
  });
  return textOf(texts.filter((text) => text !== null).join(separator));
}
