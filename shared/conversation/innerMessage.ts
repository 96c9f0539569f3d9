/** A message without what a library wraps around it: LangChain, the Claude Agent SDK, Google's ADK. Pure. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { listOf, objectOf, textOf } from './part.ts';

/** Types of LangChain's messages; others name their role. */
export const LANGCHAIN_TYPES: ReadonlySet<string> = new Set([
  'human',
  'ai',
  'system',
  'tool',
  'function',
  'chat',
  'developer',
]);

/** What is inside of a type and its data, the call of a constructor, or an event; anything else as it is. */
export function innerMessage(fields: JsonObject): JsonObject {
  const type = textOf(fields.type) ?? '';
  const [data, kwargs, message] = [objectOf(fields.data), objectOf(fields.kwargs), objectOf(fields.message)];
  if (type === 'constructor' && kwargs !== null) return { type: typeOfClass(fields.id), ...kwargs };
  if (data !== null && LANGCHAIN_TYPES.has(type)) return { ...data, type };
  const content = objectOf(fields.content);
  if (content !== null && fields.role === undefined && typeof content.role === 'string') return content;
  if (message !== null && (type === 'user' || type === 'assistant') && message.role === type) return message;
  return fields;
}

/** `AIMessage` and `AIMessageChunk` as `ai`. */
export function typeOfMessageClass(name: string): string {
  return name.replace(/Message(?:Chunk)?$/, '').toLowerCase();
}

/** LangChain for JavaScript names the class and nothing else. */
function typeOfClass(id: JsonValue | undefined): string | null {
  const type = typeOfMessageClass(textOf(listOf(id).at(-1)) ?? '');
  return LANGCHAIN_TYPES.has(type) ? type : null;
}
