/** What a log record adds to the call of its span: words of GenAI events, in the old form and the new, and exceptions. */
import { listOf, objectOf, textOf } from '#shared/conversation/part';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { MappedEvent } from '../mapping.ts';
import type { OtlpLogRecord } from '../span.ts';
import { isSaid } from '../versions.ts';
import { AttributeReader, toText } from './attributeReader.ts';
import { fromChoices, toChoice } from './chat.ts';
import { isAbort, readExceptionRecord } from './failure.ts';
import { line } from './fields.ts';
import { readGenAi } from './genAi.ts';
import { readSaidEvent, toBody } from './oldEvents.ts';
import { settleUsage } from './usage.ts';

const DETAILS = new Set(['gen_ai.client.inference.operation.details', 'gen_ai.client.operation.details']);
const EXCEPTION = 'gen_ai.client.operation.exception';
/** Who writes about calls of models. Exceptions of others belong to spans that are no AI work, and must not keep them. */
const AI_SCOPE =
  /openai|anthropic|gemini|bedrock|gen_?ai|llm|langchain|llama|traceloop|openinference|langfuse|pydantic|^ai$/i;

/** Null where it is no event that adds anything. */
export function readLogRecord(record: OtlpLogRecord): MappedEvent | null {
  // Older emitters have the name among the attributes.
  const name = record.eventName ?? toText(record.attributes.get('event.name'));
  if (name === null) return null;
  const reader = new AttributeReader(record.attributes);
  if (DETAILS.has(name)) return readDetails(reader, record.body);
  const isOfCall = name === EXCEPTION || reader.holds('gen_ai') || AI_SCOPE.test(record.scope.name);
  if (name === EXCEPTION || (name === 'exception' && isOfCall)) {
    const error = readExceptionRecord(reader);
    if (Object.keys(error).length === 0) return null;
    return { isWhole: true, fields: { error, status: isAbort(error) ? 'aborted' : 'error' }, notes: [...reader.notes] };
  }
  const body = readBody(record.body, reader);
  const said = body === null ? null : readSaidEvent(name, body);
  if (said === null) return null;
  const fields: JsonObject =
    said.kind === 'message' ? { messages: [said.message] } : { response: { choices: [said.choice] } };
  return { isWhole: false, fields, notes: [...reader.notes] };
}

/** Some write what was said among the attributes, as an event of a span has it. */
function readBody(body: JsonValue, reader: AttributeReader): JsonObject | null {
  if (body === null || body === '') return toBody(reader);
  return typeof body === 'string' ? objectOf(reader.parse(body)) : objectOf(body);
}

/** All messages, or the whole answer, with counts; in the attributes, or where some write them, in the body. */
function readDetails(attributes: AttributeReader, body: JsonValue): MappedEvent | null {
  const inBody = objectOf(body);
  const isInBody = inBody !== null && Object.keys(inBody).some((name) => name.startsWith('gen_ai.'));
  const reader = isInBody ? new AttributeReader(new Map(Object.entries(inBody))) : attributes;
  const facts = readGenAi(reader);
  const given: { readonly [name: string]: JsonValue } = {
    messages: facts.messages ?? null,
    response: facts.answer?.response ?? null,
    response_content: facts.answer?.response_content ?? null,
    finish_reason: line(facts.answer?.finish_reason ?? facts.finish_reason),
    tools: facts.tools ?? null,
    response_model: line(facts.response_model),
    ...settleUsage(facts.usage ?? {}, reader.notes),
  };
  const fields = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  return Object.keys(fields).length === 0 ? null : { isWhole: true, fields, notes: [...reader.notes] };
}

/**
 * The fields of a log with what an event adds. Single messages go behind those that are there, and choices take the place
 * of their index; whatever tells the whole of something counts only where nothing is there yet.
 */
export function addEvent(fields: JsonObject, { isWhole, fields: added }: MappedEvent): JsonObject {
  if (isWhole) return addMissing(fields, added);
  const { messages, response } = added;
  if (messages !== undefined) {
    return { ...fields, messages: withoutRepeatedResults([...listOf(fields.messages), ...listOf(messages)]) };
  }
  return response === undefined ? fields : addChoices(fields, listOf(objectOf(response)?.choices));
}

/** Bedrock's instrumentation tells what a tool gave back as a message of the tool, and again as one of the user. */
function withoutRepeatedResults(messages: readonly JsonValue[]): JsonValue[] {
  return messages.filter((message, index) => {
    const [one, before] = [objectOf(message), objectOf(messages[index - 1])];
    const isResult = one?.role === 'tool' && before?.role === 'tool' && textOf(one.tool_call_id) !== null;
    return !isResult || one?.tool_call_id !== before?.tool_call_id;
  });
}

function addMissing(fields: JsonObject, added: JsonObject): JsonObject {
  const isAnswered = isSaid(fields.response) || isSaid(fields.response_content);
  const merged = { ...fields };
  for (const [name, value] of Object.entries(added)) {
    const isOfAnswer = name === 'response' || name === 'response_content';
    // A failed call is failed whatever its span says.
    if (name === 'messages') merged.messages = addSent(fields.messages, value);
    else if (name === 'status' || (isOfAnswer ? !isAnswered : !isSaid(fields[name]))) merged[name] = value;
  }
  return merged;
}

/** True where something was said besides instructions: some instrumentations have those alone on the span. */
export function hasWords(messages: JsonValue | undefined): boolean {
  return typeof messages === 'string' ? messages !== '' : listOf(messages).some((message) => !isInstruction(message));
}

function isInstruction(message: JsonValue): boolean {
  return objectOf(message)?.role === 'system';
}

/** What was sent, where the span has no more than instructions; these stay, unless they are told again. */
function addSent(known: JsonValue | undefined, told: JsonValue): JsonValue {
  if (hasWords(known)) return known ?? null;
  const instructions = listOf(known);
  return listOf(told).some(isInstruction) ? told : [...instructions, ...listOf(told)];
}

function addChoices(fields: JsonObject, added: readonly JsonValue[]): JsonObject {
  const choices = new Map<JsonValue, JsonObject>();
  for (const choice of [...choicesOf(fields), ...added]) {
    const one = objectOf(choice);
    if (one !== null) choices.set(one.index ?? 0, one);
  }
  const sorted = [...choices.values()].toSorted((a, b) => Number(a.index ?? 0) - Number(b.index ?? 0));
  const answer = fromChoices(sorted);
  if (answer === null) return fields;
  const { response: _response, response_content: _content, ...others } = fields;
  return {
    ...others,
    ...(answer.response === null ? {} : { response: answer.response }),
    ...(answer.response_content === null ? {} : { response_content: answer.response_content }),
    ...(isSaid(fields.finish_reason) || answer.finish_reason === null ? {} : { finish_reason: answer.finish_reason }),
  };
}

function choicesOf({ response, response_content: content, finish_reason: reason }: JsonObject): readonly JsonValue[] {
  const choices = listOf(objectOf(response)?.choices);
  if (choices.length > 0 || typeof content !== 'string') return choices;
  return [toChoice({ role: 'assistant', content }, 0, toText(reason))];
}
