/** Messages that come as events: of a span, or as log records bound to one. */
import { listOf, objectOf, textOf } from '#shared/conversation/part';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { MappingNote } from '../mapping.ts';
import type { OtlpEvent } from '../span.ts';
import { AttributeReader } from './attributeReader.ts';
import { type Answer, fromChoices, isChatMessage, toChatMessages, toChoice, toFinishReason } from './chat.ts';
import { readCompletion } from './exchange.ts';
import { type Facts, NOTHING } from './facts.ts';
import { parseContent } from './content.ts';
import { readGenAi } from './genAi.ts';

/** One event in its own words: a message that was sent, or a choice of the answer. */
export type SaidEvent =
  | { readonly kind: 'message'; readonly message: JsonObject }
  | { readonly kind: 'choice'; readonly choice: JsonObject };

const ROLES: ReadonlyMap<string, string> = new Map([
  ['gen_ai.system.message', 'system'],
  ['gen_ai.user.message', 'user'],
  ['gen_ai.assistant.message', 'assistant'],
  ['gen_ai.tool.message', 'tool'],
]);

/** An event of the conventions up to v1.36 with what it holds; null where it is another event, or holds no words. */
export function readSaidEvent(name: string, body: JsonObject): SaidEvent | null {
  if (name === 'gen_ai.choice') {
    const isContent = typeof body.message === 'string' || Array.isArray(body.message);
    const inner = isContent ? { content: body.message ?? null } : (objectOf(body.message) ?? body);
    const [message] = toMessage('assistant', inner);
    const index = typeof body.index === 'number' ? body.index : 0;
    const reason = toFinishReason(textOf(body.finish_reason));
    return message === undefined ? null : { kind: 'choice', choice: toChoice(message, index, reason) };
  }
  const role = ROLES.get(name);
  if (role === undefined) return null;
  const [message] = toMessage(role, body);
  return message === undefined ? null : { kind: 'message', message };
}

function toMessage(role: string, body: JsonObject): JsonObject[] {
  const { content, tool_calls: calls, id, name } = body;
  if (content === undefined && listOf(calls).length === 0) return [];
  const callId = role === 'tool' ? textOf(id) : null;
  const message: JsonObject = {
    role: textOf(body.role) ?? role,
    content: content ?? null,
    ...(callId === null ? {} : { tool_call_id: callId }),
    ...(textOf(name) === null ? {} : { name: name ?? null }),
    ...(listOf(calls).length === 0 ? {} : { tool_calls: [...listOf(calls)] }),
  };
  return isChatMessage(message) ? [message] : toChatMessages([message]);
}

/** Words among the events of a span, in the old form and in the new one. */
export function readEvents(events: readonly OtlpEvent[], notes: Set<MappingNote>): Facts {
  if (!events.some(({ name }) => name.startsWith('gen_ai.'))) return NOTHING;
  const messages: JsonValue[] = [];
  const choices: JsonObject[] = [];
  let details: Facts = {};
  for (const { name, attributes } of events) {
    if (!name.startsWith('gen_ai.')) continue;
    const reader = new AttributeReader(attributes);
    if (name === 'gen_ai.client.inference.operation.details')
      details = { ...readGenAi(reader), role: null, name: null };
    else if (name === 'gen_ai.content.prompt') pushAll(messages, toChatMessages(reader.json('gen_ai.prompt')));
    else if (name === 'gen_ai.content.completion')
      pushAll(choices, listChoices(readCompletion(reader, ['gen_ai.completion'])));
    else {
      const said = readSaidEvent(name, toBody(reader));
      if (said?.kind === 'message') messages.push(said.message);
      else if (said?.kind === 'choice') choices.push(said.choice);
    }
    for (const note of reader.notes) notes.add(note);
  }
  const answer = fromChoices(choices);
  return {
    ...details,
    messages: details.messages ?? (messages.length === 0 ? null : messages),
    answer: details.answer ?? answer,
    finish_reason: details.finish_reason ?? answer?.finish_reason ?? null,
    input: details.input ?? inputOf(messages),
    output: details.output ?? answer?.response_content ?? answer?.response ?? null,
  };
}

/** OpenLLMetry tells what a search in a store of vectors found, an event for each. */
const FOUND = ['db.query.result', 'db.search.result'];

/** What was found, without its vectors. */
export function readFound(events: readonly OtlpEvent[]): Facts {
  const found = events.filter(({ name }) => FOUND.includes(name));
  if (found.length === 0) return NOTHING;
  const documents = found.map(({ name, attributes }) => {
    const { vector: _vector, ...told } = new AttributeReader(attributes).below(`${name}.`);
    return told;
  });
  return { output: documents };
}

/** What a step was given: of a tool, which has one message of its own role, its arguments. */
function inputOf(messages: readonly JsonValue[]): JsonValue {
  const [first] = messages;
  if (first === undefined) return null;
  const only = messages.length === 1 ? objectOf(first) : null;
  if (only?.role !== 'tool') return [...messages];
  return typeof only.content === 'string' ? new AttributeReader(new Map()).parse(only.content) : (only.content ?? null);
}

/** One by one: a hundred thousand arguments of one call are more than the stack holds. */
function pushAll<Entry>(list: Entry[], added: readonly Entry[]): void {
  for (const entry of added) list.push(entry);
}

/** Attributes of an event as the body that a log record would have; lists and messages come as JSON text. */
export function toBody(reader: AttributeReader): JsonObject {
  const content = reader.value('content');
  return {
    ...reader.rest(),
    ...(content === undefined
      ? {}
      : { content: typeof content === 'string' ? parseContent(reader, content) : content }),
    ...(reader.has('message') ? { message: readMessage(reader) } : {}),
    ...(reader.has('tool_calls') ? { tool_calls: reader.json('tool_calls') } : {}),
    ...(reader.has('gen_ai.event.content') ? objectOf(reader.json('gen_ai.event.content')) : {}),
  };
}

/** A message, or, of Strands, its content. */
function readMessage(reader: AttributeReader): JsonValue {
  const message = reader.json('message');
  const text = reader.text('message');
  return Array.isArray(message) && text !== null ? parseContent(reader, text) : message;
}

function listChoices(answer: Answer | null): JsonObject[] {
  if (answer === null) return [];
  const choices = listOf(objectOf(answer.response)?.choices).flatMap((choice) => {
    const fields = objectOf(choice);
    return fields === null ? [] : [fields];
  });
  if (choices.length > 0) return choices;
  return [toChoice({ role: 'assistant', content: answer.response_content }, 0, answer.finish_reason)];
}
