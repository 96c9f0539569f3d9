/**
 * Writes what was said in the form of chat completions, which the dashboard, search and exports read. Other forms are read
 * by shared/conversation, the one reader of them; a message that has this form already is kept as it came.
 */
import { listSent, parseSent } from '#shared/conversation/conversation';
import { pickReason } from '#shared/conversation/finishReason';
import { joinTexts, listOf, type Media, objectOf, type Part, textOf } from '#shared/conversation/part';
import { type Message, parseMessage } from '#shared/conversation/parseMessage';
import { type JsonObject, type JsonValue, putInWords } from '#shared/primitives';

/** An answer as a log has it. */
export interface Answer {
  /** In the form of chat completions, or as the provider gave it; null where the text says it all. */
  readonly response: JsonValue;
  readonly response_content: string | null;
  readonly finish_reason: string | null;
}

/** Messages, items, one input, or the parameters of a call around them. Empty where nothing was sent. */
export function toChatMessages(sent: JsonValue): JsonObject[] {
  if (Array.isArray(sent) && sent.every(isChatMessage)) return sent;
  const items = listSent(sent);
  const read = parseSent(sent);
  // Instructions stand beside the messages, and are read as one more.
  const beside = read.length - items.length;
  return read.flatMap((message, index) => {
    const item = items[index - beside] ?? null;
    return index >= beside && isChatMessage(item) ? [item] : writeMessage(message);
  });
}

/** Instructions as a message; none where they say nothing. */
export function toSystemMessage(instructions: JsonValue): JsonObject[] {
  if (typeof instructions === 'string') return instructions === '' ? [] : [{ role: 'system', content: instructions }];
  if (!Array.isArray(instructions)) return [];
  return writeMessage(parseMessage({ role: 'system', parts: instructions })).filter(({ content }) => content !== null);
}

/** Output messages, each a choice of its own, as the conventions of OpenTelemetry and OpenInference have it. */
export function toChoices(messages: JsonValue, finishReasons: readonly (string | null)[] = []): Answer | null {
  if (typeof messages === 'string') return textAnswer(messages, finishReasons[0] ?? null);
  const items = (Array.isArray(messages) ? messages : [messages]).filter((item) => objectOf(item) !== null);
  const choices = items.map((item, index) => {
    const reason = textOf(objectOf(item)?.finish_reason) ?? finishReasons[index] ?? null;
    return toChoice(toAnswerMessage(parseMessage(item, 'assistant'), item), index, toFinishReason(reason));
  });
  return fromChoices(choices);
}

/** Messages that are parts of one answer, such as the items of the Responses endpoint. */
export function toOneAnswer(messages: readonly Message[], finishReason: string | null): Answer | null {
  const parts = messages.flatMap((message) => message.parts);
  if (parts.length === 0) return null;
  return fromChoices([toChoice(writeParts('assistant', parts), 0, toFinishReason(finishReason))]);
}

/** An answer of plain text; null where there is none. */
export function textAnswer(text: string, finishReason: string | null): Answer | null {
  return text === '' ? null : { response: null, response_content: text, finish_reason: toFinishReason(finishReason) };
}

/** One spelling for reasons that libraries write in different ways. */
export function toFinishReason(reason: string | null): string | null {
  if (reason === null) return null;
  // The name of an enumeration in Python: `FinishReason.STOP`.
  const word = reason
    .trim()
    .toLowerCase()
    .replaceAll('-', '_')
    .replace(/^finish_?reason\./, '');
  return word === 'tool_call' ? 'tool_calls' : word === '' ? null : word;
}

/** A choice of chat completions. */
export function toChoice(message: JsonObject, index: number, finishReason: string | null): JsonObject {
  return finishReason === null ? { index, message } : { index, message, finish_reason: finishReason };
}

/** Choices as an answer: of a single one that is but text, the text. Null where there is none. */
export function fromChoices(choices: readonly JsonObject[]): Answer | null {
  const [first] = choices;
  if (first === undefined) return null;
  const message = objectOf(first.message) ?? {};
  const isAlone = choices.length === 1 && (first.index ?? 0) === 0;
  const isOnlyText = isAlone && typeof message.content === 'string' && Object.keys(message).length === 2;
  return {
    response: isOnlyText ? null : { choices: [...choices] },
    response_content: wordsOf(message.content),
    finish_reason: pickReason(choices.flatMap((choice) => textOf(choice.finish_reason) ?? [])),
  };
}

/** The text of a message's content; null where it has none. */
function wordsOf(content: JsonValue | undefined): string | null {
  if (typeof content === 'string') return textOf(content);
  return textOf(
    listOf(content)
      .map((part) => (objectOf(part)?.type === 'text' ? (textOf(objectOf(part)?.text) ?? '') : ''))
      .join(''),
  );
}

const CHAT_PARTS = new Set(['text', 'image_url', 'input_audio', 'file', 'video_url', 'refusal']);
/** Members that other forms have. */
const OTHER_MEMBERS = ['parts', 'toolCalls', 'finish_reason', 'kwargs', 'lc'];

/** True for a message that chat completions would take. */
export function isChatMessage(item: JsonValue): item is JsonObject {
  const fields = objectOf(item);
  if (fields === null || typeof fields.role !== 'string' || fields.role === '') return false;
  if (OTHER_MEMBERS.some((name) => Object.hasOwn(fields, name))) return false;
  const { content, tool_calls: calls } = fields;
  if (calls !== undefined && calls !== null && !listOf(calls).every(isChatCall)) return false;
  if (content === undefined || content === null || typeof content === 'string') return true;
  return (
    Array.isArray(content) &&
    content.every((part) => CHAT_PARTS.has(textOf(objectOf(part)?.type) ?? '') && isOfChat(part))
  );
}

/** The arguments are JSON as text. */
function isChatCall(call: JsonValue): boolean {
  const named = objectOf(objectOf(call)?.function);
  return named !== null && objectOf(named.arguments) === null;
}

/** OpenTelemetry's `text` part has its words in `content`. */
function isOfChat(part: JsonValue): boolean {
  const fields = objectOf(part);
  return fields?.type !== 'text' || typeof fields.text === 'string';
}

function toAnswerMessage(message: Message, item: JsonValue): JsonObject {
  return isChatMessage(item) && item.role === 'assistant' ? item : writeParts('assistant', message.parts, message.name);
}

/** As messages of chat completions: what tools gave back is a message each. */
export function writeMessage(message: Message): JsonObject[] {
  const role = message.role === 'input' ? 'user' : message.role === 'output' ? 'assistant' : message.role;
  const results = message.parts.filter((part) => part.kind === 'tool_result');
  const others = results.length === 0 ? message.parts : message.parts.filter((part) => part.kind !== 'tool_result');
  const written: JsonObject[] = results.map(({ callId, name, parts }) => ({
    role: 'tool',
    ...(callId === null ? {} : { tool_call_id: callId }),
    ...(name === null ? {} : { name }),
    content: resultText(parts),
  }));
  if (others.length === 0 && results.length > 0) return written;
  if (role === 'tool') {
    const id: JsonObject = message.toolCallId === null ? {} : { tool_call_id: message.toolCallId };
    return [...written, { role, ...id, ...nameOf(message.name), content: resultText(others) }];
  }
  return [...written, writeParts(role, others, message.name)];
}

function nameOf(name: string | null): JsonObject {
  return name === null ? {} : { name };
}

/** What a tool gave back: text, or JSON as text; where there is more, the parts. */
function resultText(parts: readonly Part[]): JsonValue {
  const texts = parts.map((part) =>
    part.kind === 'text' ? part.text : part.kind === 'json' ? putInWords(part.value) : null,
  );
  return texts.every((text) => text !== null) ? texts.join('\n') : contentOf(parts);
}

function writeParts(role: string, parts: readonly Part[], name: string | null = null): JsonObject {
  // Most messages are one text.
  if (parts.length === 1 && parts[0]?.kind === 'text') return { role, ...nameOf(name), content: parts[0].text };
  const said = parts.filter(({ kind }) => kind !== 'reasoning' && kind !== 'tool_call' && kind !== 'refusal');
  const thoughts = parts.flatMap((part) =>
    part.kind === 'reasoning' && part.text !== '' ? readThought(part.text) : [],
  );
  const [refusal] = parts.flatMap((part) => (part.kind === 'refusal' ? part.text : []));
  const calls = listCalls(parts);
  const sources = parts.flatMap((part) => (part.kind === 'citations' ? part.sources : []));
  return {
    role,
    ...nameOf(name),
    content: contentOf(said),
    ...(thoughts.length === 0 ? {} : { reasoning_content: thoughts.join('\n\n') }),
    ...(refusal === undefined ? {} : { refusal }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(writeCall) }),
    ...(sources.length === 0
      ? {}
      : { annotations: sources.map(({ title, url, quote }) => ({ title, url, cited_text: quote })) }),
  };
}

/** OpenLLMetry writes the summaries of the Responses endpoint as JSON text. */
function readThought(text: string): string {
  if (!/^\s*\[\s*\{/.test(text)) return text;
  try {
    return joinTexts(JSON.parse(text) as JsonValue) ?? text; // JSON has no other values.
  } catch {
    return text;
  }
}

/** Each call once: some tell it among the parts, and again beside them. */
function listCalls(parts: readonly Part[]): Extract<Part, { kind: 'tool_call' }>[] {
  const seen = new Set<string>();
  return parts.flatMap((part) => {
    if (part.kind !== 'tool_call' || (part.id !== null && seen.has(part.id))) return [];
    if (part.id !== null) seen.add(part.id);
    return [part];
  });
}

function writeCall({ id, name, args, isRunByProvider }: Extract<Part, { kind: 'tool_call' }>): JsonObject {
  return {
    ...(id === null ? {} : { id }),
    type: 'function',
    function: { name, arguments: args === null ? '{}' : putInWords(args) },
    // Chat completions have no word for it; a cost has to know it.
    ...(isRunByProvider === true ? { provider_executed: true } : {}),
  };
}

/** One text as it is, else a list of parts; null where nothing is said. */
function contentOf(parts: readonly Part[]): JsonValue {
  const written = parts.flatMap(writePart);
  const [first] = written;
  if (first === undefined) return null;
  const isOneText = written.length === 1 && first.type === 'text' && typeof first.text === 'string';
  return isOneText ? (first.text ?? null) : written;
}

function writePart(part: Part): JsonObject[] {
  switch (part.kind) {
    case 'text':
      return [{ type: 'text', text: part.text }];
    case 'media':
      return [writeMedia(part)];
    case 'json':
      // What nobody knows is shown as it came.
      return [objectOf(part.value) ?? { type: 'text', text: putInWords(part.value) }];
    case 'tool_result':
      // Of a tool that the provider ran, within the answer: no words of it.
      return [{ type: 'tool_result', tool_use_id: part.callId, content: resultText(part.parts) }];
    case 'refusal':
    case 'reasoning':
    case 'tool_call':
    case 'citations':
      return [];
  }
}

function writeMedia({ media, mimeType, name, location, data }: Media): JsonObject {
  const url = data === null ? location : `data:${mimeType ?? ''};base64,${data}`;
  if (media === 'image' && url !== null) return { type: 'image_url', image_url: { url } };
  if (media === 'audio' && data !== null) {
    return { type: 'input_audio', input_audio: { data, format: mimeType?.split('/')[1] ?? 'wav' } };
  }
  const told: JsonObject = {
    ...(mimeType === null ? {} : { mime_type: mimeType }),
    ...(name === null ? {} : { filename: name }),
  };
  if (data !== null) return { type: 'file', file: { ...told, file_data: url } };
  // An id of an uploaded file is no address.
  const where: JsonObject =
    location === null ? {} : /^[a-z][a-z0-9+.-]*:/i.test(location) ? { url: location } : { file_id: location };
  return { type: media === 'file' ? 'file' : media, [media]: { ...told, ...where } };
}

/** Words without a speaker, as one message of the user. */
export function userMessage(text: string): JsonObject {
  return { role: 'user', content: text };
}
