/**
 * The words of a request as a list of messages, whatever endpoint they come from: chat completions, Responses,
 * embeddings, Anthropic-like parts. What is not recognised is kept as JSON and never dropped.
 */
import type { JsonValue, JsonObject } from '#shared/primitives';
import type { LoggedRequest } from '#shared/request';
import { parseContent, toolCallPart, type Part, isObject, textOf } from './messageParts.ts';

export type Message = {
  /** `system`, `developer`, `user`, `assistant`, `tool` or what the caller wrote. */
  readonly role: string;
  /** A speaker, a tool or "choice 2"; null when there is nothing to add to the role. */
  readonly name: string | null;
  /** The call that a `tool` message answers. */
  readonly toolCallId: string | null;
  readonly parts: readonly Part[];
};

export type Conversation = { readonly sent: readonly Message[]; readonly answer: readonly Message[] };

export function parseConversation(
  request: Pick<LoggedRequest, 'messages' | 'response' | 'response_content'>,
): Conversation {
  return { sent: parseInput(request.messages), answer: parseAnswer(request.response, request.response_content) };
}

/** Names of the tools that were called, for marking them among those offered. */
export function calledTools(conversation: Conversation): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const message of [...conversation.sent, ...conversation.answer]) {
    for (const part of message.parts) {
      if (part.kind === 'tool_call') names.set(part.id ?? part.name, part.name);
    }
  }
  return names;
}

function parseInput(input: JsonValue): Message[] {
  if (Array.isArray(input)) return input.map(parseItem);
  if (!isObject(input)) return [parseItem(input)];
  const nested = input.input ?? input.messages;
  if (nested === undefined) return [parseItem(input)];
  const instructions = input.instructions ?? input.system;
  const first = instructions ? [message('system', parseContent(instructions))] : [];
  return [...first, ...parseInput(nested)];
}

function parseItem(item: JsonValue): Message {
  if (typeof item === 'string') return message('user', parseContent(item));
  if (!isObject(item)) return message('input', [{ kind: 'json', value: item }]);
  if (typeof item.role === 'string') return parseRoleMessage(item, item.role);
  switch (textOf(item.type) ?? '') {
    case 'message':
      return parseRoleMessage(item, 'assistant');
    case 'function_call':
    case 'custom_tool_call':
      return message('assistant', [toolCallPart(item.call_id, item.name, item.arguments ?? item.input)]);
    case 'function_call_output':
    case 'custom_tool_call_output':
      return { ...message('tool', parseContent(item.output)), toolCallId: textOf(item.call_id) };
    case 'reasoning':
      return message('assistant', reasoningParts(item));
    default:
      return message(typeof item.type === 'string' ? item.type : 'input', [{ kind: 'json', value: item }]);
  }
}

function parseRoleMessage(item: JsonObject, role: string): Message {
  const parts = parseContent(item.content);
  const reasoning = textOf(item.reasoning_content) ?? textOf(item.reasoning);
  if (reasoning) parts.unshift({ kind: 'reasoning', text: reasoning });
  if (typeof item.refusal === 'string') parts.push({ kind: 'refusal', text: item.refusal });
  for (const call of Array.isArray(item.tool_calls) ? item.tool_calls : []) parts.push(parseToolCall(call));
  if (isObject(item.function_call))
    parts.push(toolCallPart(null, item.function_call.name, item.function_call.arguments));
  return { role, name: textOf(item.name), toolCallId: textOf(item.tool_call_id), parts };
}

function parseToolCall(call: JsonValue): Part {
  if (!isObject(call)) return { kind: 'json', value: call };
  const named = isObject(call.function) ? call.function : isObject(call.custom) ? call.custom : call;
  return toolCallPart(call.id, named.name, named.arguments ?? named.input);
}

function parseAnswer(response: JsonValue | null, responseContent: string | null): Message[] {
  const messages = response === null ? [] : parseResponse(response);
  const text = message('assistant', parseContent(responseContent));
  const isTextShown = messages.some(({ parts }) => parts.some(({ kind }) => kind === 'text'));
  return isTextShown || text.parts.length === 0 ? messages : [...messages, text];
}

function parseResponse(response: JsonValue): Message[] {
  if (typeof response === 'string') return [message('assistant', parseContent(response))];
  if (Array.isArray(response))
    return response.map((item) =>
      isObject(item) && isObject(item.message) ? parseItem(item.message) : parseItem(item),
    );
  if (!isObject(response)) return [];
  if (Array.isArray(response.choices)) return parseChoices(response.choices);
  if (Array.isArray(response.output)) return response.output.map(parseItem);
  if (isObject(response.message)) return [parseItem(response.message)];
  const isMessage = 'content' in response || 'tool_calls' in response || 'refusal' in response;
  if (isMessage) return [parseRoleMessage(response, textOf(response.role) ?? 'assistant')];
  // Embeddings and the like: no message, but what came back.
  return [textOf(response.type) ? parseItem(response) : message('output', [{ kind: 'json', value: response }])];
}

function parseChoices(choices: JsonValue[]): Message[] {
  return choices.map((choice, index) => {
    const inner = isObject(choice) ? (choice.message ?? choice.text ?? choice) : choice;
    const parsed =
      typeof inner === 'string' ? message('assistant', parseContent(inner)) : parseItem(inner as JsonValue);
    return choices.length > 1 ? { ...parsed, name: `choice ${index + 1}` } : parsed;
  });
}

function reasoningParts(item: JsonObject): Part[] {
  const blocks = [item.summary, item.content].flatMap((list) => (Array.isArray(list) ? list : []));
  const texts = blocks.map((block) => (isObject(block) ? textOf(block.text) : null)).filter((text) => text !== null);
  return texts.length > 0 ? [{ kind: 'reasoning', text: texts.join('\n\n') }] : [{ kind: 'json', value: item }];
}

function message(role: string, parts: Part[]): Message {
  return { role, name: null, toolCallId: null, parts };
}
