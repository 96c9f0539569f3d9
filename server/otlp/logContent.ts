/**
 * What log records add to the call, or the step, of their span. All log records of a span are put on it anew each time one
 * more comes, in the order of their time, so that the order in which they came does not matter. Pure.
 */
import { ENDED_IN_ERROR } from '#shared/conversation/answerError';
import { endOfReason } from '#shared/conversation/finishReason';
import { listOf, objectOf } from '#shared/conversation/part';
import type { JsonObject, JsonValue } from '#shared/primitives';
import { addEvent, hasWords } from './families/logRecord.ts';
import type { MappedEvent } from './mapping.ts';
import { isSaid } from './versions.ts';

/** A log record, as it waits. */
export interface LogContent {
  /** ISO; null where it was not said. */
  readonly at: string | null;
  /** Its place among those that were sent with it: many have the same time. */
  readonly order: number;
  readonly event: MappedEvent;
}

/** Below `metadata`: which fields log records have filled. */
const FILLED = 'from_logs';
/** Events of a call that tell the whole of something. It has one or two; what comes behind these adds nothing. */
const MOST_WHOLES = 100;
/** What a step has for the fields of a call. */
const STEP_FIELDS = ['input', 'output', 'status', 'error'] as const;

/** The fields without what log records have filled. */
export function withoutLogContent(fields: JsonObject): JsonObject {
  const metadata = objectOf(fields.metadata);
  const filled = metadata?.[FILLED];
  if (!metadata || !Array.isArray(filled)) return fields;
  const { [FILLED]: _filled, ...others } = metadata;
  const rest = Object.entries(fields).filter(([name]) => !filled.includes(name) && name !== 'metadata');
  return Object.fromEntries(Object.keys(others).length === 0 ? rest : [...rest, ['metadata', others]]);
}

/** The fields of a call, filled where the span itself says nothing. */
export function fillCall(own: JsonObject, contents: readonly LogContent[]): JsonObject {
  const hasMessages = hasWords(own.messages);
  const hasAnswer = isSaid(own.response) || isSaid(own.response_content);
  let filled = own;
  for (const event of joinEvents(inOrder(contents))) {
    const { isWhole, fields } = event;
    const isKnown = !isWhole && ('messages' in fields ? hasMessages : hasAnswer);
    if (!isKnown) filled = addEvent(filled, event);
  }
  const noted = noteFilled(own, settleEnd(own, filled));
  return 'messages' in noted ? noted : { ...noted, messages: [] };
}

/** A reason that log records tell says how the call ended, unless the span or a record says so itself. */
function settleEnd(own: JsonObject, filled: JsonObject): JsonObject {
  const reason = filled.finish_reason;
  if (typeof reason !== 'string' || reason === own.finish_reason) return filled;
  // What is stored says `success` where nothing else was said.
  if (isSaid(filled.status) && filled.status !== 'success') return filled;
  const end = endOfReason(reason);
  if (end === null) return filled;
  return end === 'error' ? { ...filled, status: end, error: { message: ENDED_IN_ERROR } } : { ...filled, status: end };
}

/** The fields of a step: what its log records tell of a call is what it was given, and gave back. */
export function fillStep(own: JsonObject, contents: readonly LogContent[]): JsonObject {
  const call = fillCall({}, contents);
  const told: JsonObject = {
    input: call.messages ?? null,
    output: call.response ?? call.response_content ?? null,
    error: call.error ?? null,
    status: isSaid(call.error) ? 'error' : null,
  };
  const filled = { ...own };
  for (const name of STEP_FIELDS) {
    if (isSaid(told[name]) && (name === 'status' || !isSaid(own[name]))) filled[name] = told[name] ?? null;
  }
  return noteFilled(own, filled);
}

/**
 * Messages, and choices, between two events that tell the whole as one event each: added one by one, some thousand of them
 * would hold up the process for seconds.
 */
function joinEvents(contents: readonly LogContent[]): MappedEvent[] {
  const joined: MappedEvent[] = [];
  let messages: JsonValue[] = [];
  let choices: JsonValue[] = [];
  const close = () => {
    if (messages.length > 0) joined.push({ isWhole: false, fields: { messages }, notes: [] });
    if (choices.length > 0) joined.push({ isWhole: false, fields: { response: { choices } }, notes: [] });
    messages = [];
    choices = [];
  };
  let wholes = 0;
  for (const { event } of contents) {
    if (event.isWhole) {
      if (++wholes > MOST_WHOLES) continue;
      close();
      joined.push(event);
      continue;
    }
    for (const message of listOf(event.fields.messages)) messages.push(message);
    for (const choice of listOf(objectOf(event.fields.response)?.choices)) choices.push(choice);
  }
  close();
  return joined;
}

function inOrder(contents: readonly LogContent[]): LogContent[] {
  return contents.toSorted((a, b) => {
    const [one, other] = [a.at ?? '', b.at ?? ''];
    return one === other ? a.order - b.order : one < other ? -1 : 1;
  });
}

function noteFilled(own: JsonObject, filled: JsonObject): JsonObject {
  const names = Object.keys(filled)
    .filter((name) => name !== 'metadata' && filled[name] !== own[name])
    .toSorted();
  return names.length === 0 ? filled : { ...filled, metadata: { ...objectOf(filled.metadata), [FILLED]: names } };
}
