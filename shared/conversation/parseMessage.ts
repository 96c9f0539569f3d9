/** One message, or one item of the Responses endpoint, with its role and parts. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { listOf, objectOf, type Part, reasoningParts, textOf, textPart, toolCall } from './part.ts';
import { parseMedia } from './parseMedia.ts';
import { parseItem } from './parseItem.ts';
import { joinTexts, parseCitations, parseParts, toolResult } from './parseParts.ts';

export interface Message {
  /** `system`, `developer`, `user`, `assistant`, `tool`, `input`, `output`, or what the caller wrote. */
  readonly role: string;
  /** A speaker, a tool or "choice 2"; null when there is nothing to add to the role. */
  readonly name: string | null;
  /** The call that a `tool` message answers. */
  readonly toolCallId: string | null;
  readonly parts: readonly Part[];
}

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
/** Roles that some write in capital letters. */
const USUAL_ROLES = new Set(['system', 'developer', 'user', 'assistant', 'tool']);

/** An entry of a list of messages or items; `speaker` said what names none. What is not recognised is a `json` part. */
export function parseMessage(item: JsonValue, speaker: 'user' | 'assistant' = 'user'): Message {
  if (typeof item === 'string') return messageOf(speaker, parseParts(item));
  const fields = objectOf(item);
  if (fields === null) return messageOf('input', [{ kind: 'json', value: item }]);
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
  return fields !== null && roleOf(fields) === 'user';
}

/** Null for what is an item and no message. */
function roleOf(fields: JsonObject): string | null {
  if (typeof fields.role === 'string') return usualRole(fields.role);
  const type = textOf(fields.type) ?? '';
  const role = ROLES.get(type);
  // LangChain names the speaker by the type.
  if (role !== undefined || ((type === 'system' || type === 'tool') && 'content' in fields)) return role ?? type;
  return Array.isArray(fields.parts) ? 'user' : null;
}

function usualRole(role: string): string {
  const word = role.toLowerCase();
  return ROLES.get(word) ?? (USUAL_ROLES.has(word) ? word : role);
}

/** A message of any provider whose role is known. */
export function parseWithRole(fields: JsonObject, role: string): Message {
  const parts: Part[] = [...thoughtsOf(fields), ...contentOf(fields)];
  if (typeof fields.refusal === 'string' && fields.refusal !== '')
    parts.push({ kind: 'refusal', text: fields.refusal });
  for (const call of listOf(fields.tool_calls ?? fields.toolCalls)) parts.push(parseToolCall(call));
  const legacyCall = objectOf(fields.function_call);
  if (legacyCall !== null) parts.push(toolCall(null, legacyCall.name, legacyCall.arguments));
  for (const image of listOf(fields.images)) parts.push(parseMedia('image', image));
  const audio = objectOf(fields.audio);
  if (audio !== null) parts.push(...audioParts(audio));
  // One by one: a hundred thousand arguments of one call are more than the stack holds.
  const cited = fields.annotations ?? fields.citations ?? objectOf(fields.context)?.citations;
  for (const part of parseCitations(cited)) parts.push(part);
  for (const tool of listOf(fields.executed_tools)) parts.push(...executedTool(tool));
  if (parts.length === 0 && holdsMore(fields)) parts.push({ kind: 'json', value: fields });
  return { role: usualRole(role), name: textOf(fields.name), toolCallId: textOf(fields.tool_call_id), parts };
}

/** What is said, under the name that its provider gives it; an empty one says nothing. */
function contentOf(fields: JsonObject): Part[] {
  // LlamaIndex has blocks.
  for (const content of [fields.content, fields.parts, fields.text, fields.blocks]) {
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
  const name = textOf(named.name) ?? textOf(named.toolName);
  if (name === null) return { kind: 'json', value: call };
  const args = named.arguments ?? named.input ?? named.args;
  // Cohere's first version has parameters.
  return toolCall(fields.id ?? fields.toolCallId, name, args ?? named.parameters);
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
  ];
  return reasoningParts(texts.find((text) => text !== null) ?? textOf(tool_plan));
}

function audioParts(audio: JsonObject): Part[] {
  const transcript = textOf(audio.transcript);
  return [...(transcript === null ? [] : [textPart(transcript)]), parseMedia('audio', audio)];
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
  return Object.keys(fields).some((name) => !BESIDE_CONTENT.has(name) && !isEmpty(fields[name]));
}

function isEmpty(value: JsonValue | undefined): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}
