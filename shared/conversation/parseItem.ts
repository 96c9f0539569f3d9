/** Items of the Responses endpoint that are no messages: calls of tools, what came of them, thoughts. */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { callIdOf, joinTexts, listOf, type Part, readCall, textOf, toolCall } from './part.ts';
import { parseMedia } from './parseMedia.ts';
import { parseParts, toolResult } from './parseParts.ts';

interface Item {
  /** Who it is from; the type of an item that is not known. */
  readonly role: string;
  /** The call that it answers. */
  readonly toolCallId?: string | null;
  readonly parts: readonly Part[];
}

/** Calls of Responses, and of Mistral's conversations. */
const CALLS = new Set(['function_call', 'custom_tool_call', 'function.call', 'tool.execution']);

/** `speaker`: who says a part that stands alone. */
export function parseItem(fields: JsonObject, type: string, speaker: 'user' | 'assistant'): Item {
  if (CALLS.has(type)) return ofAssistant([readCall(fields)]);
  if (type.endsWith('_call_output') || type === 'function.result') {
    const callId = callIdOf(fields);
    const { parts } = toolResult(callId, null, fields.output ?? fields.result, false);
    return { role: 'tool', toolCallId: textOf(callId), parts };
  }
  // Gemini's interactions
  if (type === 'thought' && Array.isArray(fields.summary)) return ofAssistant(reasoningOf(fields));
  switch (type) {
    case 'reasoning':
      return ofAssistant(reasoningOf(fields));
    case 'image_generation_call':
      return ofAssistant([
        parseMedia('image', { data: fields.result ?? null }),
        ...kept({ revised_prompt: fields.revised_prompt }),
      ]);
    case 'mcp_call':
      return ofAssistant([
        readCall(fields),
        toolResult(fields.id, fields.name, fields.error ?? fields.output, (fields.error ?? null) !== null),
      ]);
    case 'mcp_approval_request':
      return ofAssistant([readCall(fields), ...kept({ approval_request_id: fields.id })]);
    case 'code_interpreter_call':
      return ofAssistant(withResult(toolCall(fields.id, 'code_interpreter', fields.code), fields.outputs));
  }
  if (type.endsWith('_call')) return ofAssistant(builtInCall(fields, type));
  const parts = parseParts(fields);
  // A part that stands alone, as in an input of pictures.
  const isPart = parts.some(({ kind }) => kind !== 'json');
  return { role: isPart ? speaker : type === '' ? 'input' : type, parts };
}

function ofAssistant(parts: readonly Part[]): Item {
  return { role: 'assistant', parts };
}

/** Names under which a tool of the provider's own says what it is asked. */
const INPUTS = ['action', 'actions', 'operation', 'queries', 'query', 'arguments', 'input'] as const;

/** `web_search_call` and the like, with whatever it says of its input, and what it found. */
function builtInCall(fields: JsonObject, type: string): Part[] {
  const args = INPUTS.map((name) => fields[name]).find((value) => value !== undefined && value !== null);
  const call = toolCall(fields.call_id ?? fields.id, type.slice(0, -'_call'.length), args);
  return [...withResult(call, fields.results), ...kept({ pending_safety_checks: fields.pending_safety_checks })];
}

function withResult(call: Extract<Part, { kind: 'tool_call' }>, results: JsonValue | undefined): Part[] {
  return listOf(results).length === 0 ? [call] : [call, toolResult(call.id ?? undefined, null, results, false)];
}

/** Members that say something, as JSON: they are no words of the answer. */
function kept(members: Readonly<Record<string, JsonValue | undefined>>): Part[] {
  return Object.entries(members).flatMap(([name, value]): Part[] => {
    const isEmpty =
      value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
    return isEmpty ? [] : [{ kind: 'json', value: { [name]: value } }];
  });
}

function reasoningOf(fields: JsonObject): Part[] {
  const texts = [joinTexts(fields.summary), joinTexts(fields.content)].filter((text) => text !== null);
  return [{ kind: 'reasoning', text: texts.join('\n\n') }];
}
