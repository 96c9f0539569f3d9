/**
 * One line of what was said, for lists: the last thing the user said, and the answer or the tools it calls. It knows the
 * members that hold words and calls, not the providers: chat completions, Responses, Anthropic, Gemini, Bedrock,
 * OpenTelemetry and their like differ in where they nest them. Pure.
 */
import { ExactNumber } from '#shared/exactJson';
import { type JsonObject, type JsonValue, putInWords } from '#shared/primitives';

const PREVIEW_LENGTH = 200;
/** Enough to fill a preview of ordinary text; where most of it is white space, the second look goes further. */
const LOOK_AT = [400, 4_000] as const;
const MOST_CALLS = 20;

/** Runs of white space, and single characters that break a line: a plain space between words is left alone. */
const WHITE_SPACE = /\s{2,}|[^\S ]/g;

/** Members that hold words, or what holds them. */
const WORDS = ['content', 'parts', 'text', 'input_text', 'output_text', 'refusal', 'output', 'message', 'completion'];
/** Members that hold the messages of a whole input. */
const INPUTS = ['messages', 'input', 'contents', 'prompt'];
/** Members of an answer, in the order in which they are looked into; the first of several choices speaks for all. */
const ANSWERS = ['choices', 'candidates', 'output_text', 'output', 'message', 'content', 'parts', 'text', 'completion'];
/** Parts that are no words of an answer. */
const THOUGHTS = new Set(['thinking', 'redacted_thinking', 'reasoning', 'reasoning_text', 'summary_text']);

/** The last thing the user said, or the last thing anybody said. Null where there are no words. */
export function previewInput(messages: JsonValue): string | null {
  if (isObject(messages)) {
    const nested = INPUTS.map((name) => ownMember(messages, name)).find((value) => value !== null);
    return nested === undefined ? toPreview(firstWords(messages)) : previewInput(nested);
  }
  if (!Array.isArray(messages)) return toPreview(firstWords(messages));
  const isOfUser = (message: JsonValue) => isObject(message) && ownMember(message, 'role') === 'user';
  return toPreview(lastWords(messages, isOfUser) ?? lastWords(messages, () => true));
}

/** The answer: its words, else its tool calls as `name(arguments)`. Null where there is neither. */
export function previewOutput(response_content: string | null, response: JsonValue | null): string | null {
  const given = toPreview(response_content);
  if (given !== null || response === null) return given;
  const answer = answerOf(response);
  return toPreview(firstWords(answer)) ?? toPreview(listCalls(answer).join(', '));
}

/** The first choice of a response, or all of it. */
function answerOf(response: JsonValue): JsonValue {
  if (!isObject(response)) return response;
  for (const name of ANSWERS) {
    const value = ownMember(response, name);
    if (value === null) continue;
    if (name === 'choices' || name === 'candidates') return Array.isArray(value) ? (value[0] ?? null) : null;
    if (name !== 'output_text' || hasWords(value)) return response;
  }
  return response;
}

function lastWords(messages: readonly JsonValue[], isWanted: (message: JsonValue) => boolean): string | null {
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index] ?? null;
    const words = isWanted(message) ? firstWords(message) : null;
    if (words !== null) return words;
  }
  return null;
}

/** The first words in a value, white space being none; thoughts and calls are passed over. */
function firstWords(value: JsonValue): string | null {
  if (typeof value === 'string') return hasWords(value) ? value : null;
  if (Array.isArray(value)) {
    for (const part of value) {
      const words = firstWords(part);
      if (words !== null) return words;
    }
    return null;
  }
  if (!isObject(value) || THOUGHTS.has(typeOf(value)) || isThought(value) || describeCall(value) !== null) return null;
  for (const name of WORDS) {
    const inner = ownMember(value, name);
    const words = inner === null ? null : firstWords(inner);
    if (words !== null) return words;
  }
  return null;
}

/** Gemini marks a part that is a thought. */
function isThought(value: JsonObject): boolean {
  return ownMember(value, 'thought') === true;
}

/** The calls in an answer, wherever its provider puts them. */
function listCalls(value: JsonValue): string[] {
  const calls: string[] = [];
  collectCalls(value, calls);
  return calls;
}

function collectCalls(value: JsonValue, calls: string[]): void {
  if (calls.length >= MOST_CALLS) return;
  if (Array.isArray(value)) {
    for (const part of value) collectCalls(part, calls);
    return;
  }
  if (!isObject(value)) return;
  const call = describeCall(value);
  if (call !== null) {
    calls.push(call);
    return;
  }
  for (const name of ['message', 'content', 'parts', 'output', 'tool_calls', 'toolCalls']) {
    const inner = ownMember(value, name);
    if (inner !== null) collectCalls(inner, calls);
  }
  const old = ownMember(value, 'function_call');
  if (isObject(old)) calls.push(...(nameCall(old) ?? []));
}

/** Members under which a call nests its name and arguments. */
const NESTED_CALLS = ['function', 'custom', 'functionCall', 'toolUse', 'tool_use'];
/** Types of a part or an item that is a call by itself. `web_search_call` and its like have no name but their type. */
const CALL_TYPE = /^(?:tool_use|server_tool_use|mcp_tool_use|tool_call|tool-call|\w+_call)$/;

/** A call as `name(arguments)`; null for what is none. */
function describeCall(value: JsonObject): string | null {
  for (const name of NESTED_CALLS) {
    const nested = ownMember(value, name);
    const call = isObject(nested) ? nameCall(nested) : null;
    if (call !== null) return call[0];
  }
  const type = typeOf(value);
  if (!CALL_TYPE.test(type)) return null;
  return (nameCall(value) ?? nameCall({ ...value, name: type.replace(/_call$/, '') }))?.[0] ?? null;
}

/** One call, or null where it has no name. */
function nameCall(value: JsonObject): [call: string] | null {
  const name = ownMember(value, 'name') ?? ownMember(value, 'toolName');
  if (typeof name !== 'string' || !hasWords(name)) return null;
  for (const member of ['arguments', 'input', 'args', 'action', 'code']) {
    const given = ownMember(value, member);
    if (given !== null) return [`${name}(${putInWords(given)})`];
  }
  return [`${name}()`];
}

function typeOf(value: JsonObject): string {
  const type = ownMember(value, 'type');
  return typeof type === 'string' ? type : '';
}

/** Null where there is no such member, or none of its own. */
function ownMember(value: JsonObject, name: string): JsonValue {
  return Object.hasOwn(value, name) ? (value[name] ?? null) : null;
}

function hasWords(value: JsonValue): boolean {
  return typeof value === 'string' && /\S/.test(value);
}

function toPreview(text: string | null): string | null {
  const start = text === null ? -1 : text.search(/\S/);
  if (text === null || start === -1) return null;
  let line = '';
  for (const length of LOOK_AT) {
    line = text
      .slice(start, start + length)
      .trim()
      .replace(WHITE_SPACE, ' ');
    if (line.length >= PREVIEW_LENGTH || text.length <= start + length) break;
  }
  // A cut may fall between the halves of a character outside the BMP.
  return line.length > PREVIEW_LENGTH ? `${line.slice(0, PREVIEW_LENGTH).toWellFormed()}…` : line.toWellFormed();
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}
