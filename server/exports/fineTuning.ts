/** Logged chats as examples for fine-tuning in OpenAI's format: `{"messages":[…],"tools":[…]}`. Pure. */
import type { JsonObject, JsonValue } from '#shared/primitives';

export interface LoggedChat {
  readonly status: string;
  readonly endpoint: string | null;
  readonly messages: JsonValue;
  readonly response_content: string | null;
  readonly response: JsonValue;
  readonly tools: JsonValue;
}

const ROLES: ReadonlySet<JsonValue | undefined> = new Set([
  'system',
  'developer',
  'user',
  'assistant',
  'tool',
  'function',
]);
/** What a message of an example may hold. */
const KEPT = ['role', 'content', 'name', 'tool_calls', 'tool_call_id', 'function_call'] as const;

/** Null where it is no chat, or was not answered as asked. */
export function toFineTuningExample(chat: LoggedChat): JsonObject | null {
  if (chat.status !== 'success' || (chat.endpoint ?? 'chat.completions') !== 'chat.completions') return null;
  if (!Array.isArray(chat.messages) || chat.messages.length === 0) return null;
  const answer = answerOf(chat);
  if (answer === null) return null;
  const messages = [...chat.messages, answer].map(toMessage);
  if (messages.some((message) => message === null)) return null;
  const tools = toolsOf(chat.tools);
  return { messages, ...(tools === null ? {} : { tools }) };
}

/** The message of the model: as the provider sent it, or the text that was logged. */
function answerOf({ response, response_content }: LoggedChat): JsonObject | null {
  const choices = objectOf(response)?.choices;
  const message = Array.isArray(choices) ? objectOf(objectOf(choices[0])?.message) : null;
  if (message !== null) return typeof message.refusal === 'string' ? null : { ...message, role: 'assistant' };
  return response_content ? { role: 'assistant', content: response_content } : null;
}

/** Null for what the format does not take. */
function toMessage(value: JsonValue): JsonObject | null {
  const fields = objectOf(value);
  if (fields === null || !ROLES.has(fields.role)) return null;
  const { content } = fields;
  const calls = fields.tool_calls ?? fields.function_call;
  const hasCalls = Array.isArray(calls) ? calls.length > 0 : objectOf(calls) !== null;
  const isText = typeof content === 'string' || (Array.isArray(content) && content.every(isPart));
  if (!isText && !(fields.role === 'assistant' && hasCalls)) return null;
  if (fields.role === 'tool' && typeof fields.tool_call_id !== 'string') return null;
  return Object.fromEntries(
    KEPT.flatMap((name) => {
      const kept = fields[name];
      return kept === undefined || (kept === null && name !== 'content') ? [] : [[name, kept]];
    }),
  );
}

/** Parts that other providers have are not taken. */
function isPart(part: JsonValue): boolean {
  const type = objectOf(part)?.type;
  return type === 'text' || type === 'image_url';
}

/** The functions that were offered; null where there are none. */
function toolsOf(tools: JsonValue): JsonValue[] | null {
  const functions = Array.isArray(tools) ? tools.filter((tool) => objectOf(objectOf(tool)?.function) !== null) : [];
  return functions.length > 0 ? functions : null;
}

function objectOf(value: JsonValue | undefined): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
}
