/** One message, or one item of the Responses endpoint, with its role and parts. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { parseCitations } from './citations.ts';
import { innerMessage, typeOfMessageClass } from './innerMessage.ts';
import { joinTexts, listOf, objectOf, type Part, readCall, reasoningParts, textOf, toolCall } from './part.ts';
import { parseMedia } from './parseMedia.ts';
import { parseItem } from './parseItem.ts';
import { parseAudio, parseParts, toolResult } from './parseParts.ts';

export interface Message {
  /** `system`, `developer`, `user`, `assistant`, `tool`, `input`, `output`, or what the caller wrote. */
  readonly role: string;
  /** A speaker, a tool or "choice 2"; null when there is nothing to add to the role. */
  readonly name: string | null;
  /** The call that a `tool` message answers. */
  readonly toolCallId: string | null;
  readonly parts: readonly Part[];
}

/** A message of these parts. */
export function messageOf(role: string, parts: readonly Part[]): Message {
  return { role, name: null, toolCallId: null, parts };
}

/** Other names of the roles of chat completions. */
const ROLES = new Map([
  ['human', 'user'],
  ['ai', 'assistant'],
  ['model', 'assistant'],
  ['chatbot', 'assistant'],
]);
const TYPES_WITH_CONTENT = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function']);
/** Roles that some write in capital letters. */
const USUAL_ROLES = new Set(['system', 'developer', 'user', 'assistant', 'tool']);

/** An entry of a list of messages or items; `speaker` said what names none. What is not recognised is a `json` part. */
export function parseMessage(item: JsonValue, speaker: 'user' | 'assistant' = 'user'): Message {
  if (typeof item === 'string') return messageOf(speaker, parseParts(item));
  const outer = objectOf(item);
  if (outer === null) return messageOf('input', [{ kind: 'json', value: item }]);
  const fields = innerMessage(outer);
  const role = roleOf(fields);
  if (role !== null) return parseWithRole(fields, role);
  if (fields.type === 'message') return parseWithRole(fields, 'assistant');
  const { role: of, parts, toolCallId } = parseItem(fields, textOf(fields.type) ?? '', speaker);
  return { role: of, name: null, toolCallId: toolCallId ?? null, parts };
}

/** True where it is said by the user, without reading what is said: for finding a message in a long history. */
export function isOfUser(item: JsonValue): boolean {
  if (typeof item === 'string') return true;
  const fields = objectOf(item);
  return fields !== null && roleOf(innerMessage(fields)) === 'user';
}

/** Null for what is an item and no message. */
function roleOf(fields: JsonObject): string | null {
  if (typeof fields.role === 'string') return usualRole(fields.role);
  // LangChain names the speaker by the type.
  const type = typeOfMessageClass(textOf(fields.type) ?? '');
  const role = ROLES.get(type);
  if (role !== undefined || (TYPES_WITH_CONTENT.has(type) && ('content' in fields || 'contents' in fields)))
    return role ?? type;
  if (!Array.isArray(fields.parts)) return null;
  // Pydantic AI
  return fields.kind === 'response' ? 'assistant' : 'user';
}

function usualRole(role: string): string {
  const word = role.toLowerCase();
  return ROLES.get(word) ?? (USUAL_ROLES.has(word) ? word : role);
}

/** A message of any provider whose role is known. */
export function parseWithRole(fields: JsonObject, role: string): Message {
  const parts: Part[] = [...thoughtsOf(fields), ...contentOf(fields)];
  // LangChain has there what it has no name for.
  const beside = objectOf(fields.additional_kwargs);
  const refusal = textOf(fields.refusal) ?? textOf(beside?.refusal);
  if (refusal !== null) parts.push({ kind: 'refusal', text: refusal });
  for (const call of callsBeside(fields, parts)) parts.push(call);
  const legacyCall = objectOf(fields.function_call ?? beside?.function_call);
  if (legacyCall !== null) parts.push(toolCall(null, legacyCall.name, legacyCall.arguments));
  for (const image of listOf(fields.images)) parts.push(parseMedia('image', image));
  // The AI SDK 4
  for (const file of listOf(fields.experimental_attachments)) parts.push(parseMedia('file', file));
  const audio = objectOf(fields.audio ?? beside?.audio);
  if (audio !== null) parts.push(...parseAudio(audio));
  // One by one: a hundred thousand arguments of one call are more than the stack holds.
  const cited = fields.annotations ?? fields.citations ?? objectOf(fields.context)?.citations;
  for (const part of parseCitations(cited)) parts.push(part);
  for (const tool of listOf(fields.executed_tools)) parts.push(...executedTool(tool));
  if (parts.length === 0 && holdsMore(fields)) parts.push({ kind: 'json', value: fields });
  // Ollama has `tool_name`.
  const name = textOf(fields.name) ?? textOf(fields.tool_name);
  return { role: usualRole(role), name, toolCallId: textOf(fields.tool_call_id), parts };
}

/** Calls in a list beside the content. LangChain and the AI SDK repeat there what the content has. */
function callsBeside(fields: JsonObject, content: readonly Part[]): Part[] {
  const ids = new Set(content.map((part) => (part.kind === 'tool_call' ? part.id : null)));
  const lists = [
    fields.tool_calls,
    fields.toolCalls,
    // LangChain and LlamaIndex; LangChain4j.
    objectOf(fields.additional_kwargs)?.tool_calls,
    fields.toolExecutionRequests,
  ];
  const calls = lists.map(listOf).find((list) => list.length > 0) ?? [];
  const isNew = (part: Part) => part.kind !== 'tool_call' || part.id === null || !ids.has(part.id);
  // What LangChain could not read of a call.
  const invalid = listOf(fields.invalid_tool_calls).map((value): Part => ({ kind: 'json', value }));
  // The AI SDK 4, which has parts with the same beside them since 4.2.
  const invocations = Array.isArray(fields.parts) ? [] : listOf(fields.toolInvocations);
  const run = parseParts([
    ...invocations.map((toolInvocation) => ({ type: 'tool-invocation', toolInvocation })),
    ...listOf(fields.toolResults).map((given) => ({ ...objectOf(given), type: 'tool-result' })),
  ]);
  return [...calls.map(parseToolCall).filter(isNew), ...run, ...invalid];
}

/** What is said, under the name that its provider gives it; an empty one says nothing. */
function contentOf(fields: JsonObject): Part[] {
  // LlamaIndex has blocks; Semantic Kernel has items, and .NET contents.
  for (const content of [fields.content, fields.parts, fields.text, fields.blocks, fields.items, fields.contents]) {
    const parts = parseParts(content);
    if (parts.length > 0) return parts;
  }
  return typeof fields.message === 'string' ? parseParts(fields.message) : [];
}

/** `function`, `custom`, or LangChain's and the AI SDK's with neither. */
function parseToolCall(call: JsonValue): Part {
  const fields = objectOf(call);
  if (fields === null) return { kind: 'json', value: call };
  const named = objectOf(fields.function) ?? objectOf(fields.custom) ?? fields;
  const hasName = textOf(named.name ?? named.toolName) !== null;
  return hasName ? readCall({ ...fields, ...named }) : { kind: 'json', value: call };
}

/** Of Groq's systems: what its server ran, with what came of it. */
function executedTool(tool: JsonValue): Part[] {
  const fields = objectOf(tool);
  if (fields === null) return [{ kind: 'json', value: tool }];
  const name = fields.name ?? fields.type;
  const result = fields.output ?? fields.search_results ?? null;
  const call = toolCall(null, name, fields.arguments);
  return result === null ? [call] : [call, toolResult(null, name, result, false)];
}

/** What the model thought, in the field of each gateway. They repeat each other: the first that says something counts. */
function thoughtsOf(fields: JsonObject): Part[] {
  const { reasoning_content, reasoning, thinking, reasoning_details, thinking_blocks, tool_plan } = fields;
  const texts = [
    textOf(reasoning_content),
    textOf(reasoning),
    textOf(thinking),
    joinTexts(reasoning_details, ''),
    // LiteLLM
    joinTexts(thinking_blocks),
    // LangChain
    textOf(objectOf(fields.additional_kwargs)?.reasoning_content),
  ];
  return reasoningParts(texts.find((text) => text !== null) ?? textOf(tool_plan));
}

/** Members that say who speaks and how it ended, not what. */
const BESIDE_CONTENT = new Set([
  'role',
  'type',
  'id',
  'name',
  'status',
  'content',
  'parts',
  'text',
  'refusal',
  'tool_calls',
  'tool_call_id',
  'finish_reason',
  'object',
  'model',
  'usage',
  'stop_reason',
  'stop_sequence',
]);

function holdsMore(fields: JsonObject): boolean {
  const isMarked = [fields.content, fields.parts].some((content) => listOf(content).some(isMark));
  return isMarked || Object.keys(fields).some((name) => !BESIDE_CONTENT.has(name) && !isEmpty(fields[name]));
}

/** A part that has nothing to read, and is no empty text: a mark of a cache or of a step. */
function isMark(part: JsonValue): boolean {
  const fields = objectOf(part);
  return fields !== null && fields.text !== '' && fields.content !== '';
}

function isEmpty(value: JsonValue | undefined): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}
