/** Calls that are told as two wholes, as what was sent and as what came back, in the words of the provider or of a library. */
import { firstChoiceOf, parseAnswer } from '#shared/conversation/conversation';
import { readFinishReason } from '#shared/conversation/finishReason';
import { listOf, objectOf, textOf } from '#shared/conversation/part';
import { readResponseModel } from '#shared/conversation/responseModel';
import { readUsage } from '#shared/conversation/usage';
import type { JsonObject, JsonValue } from '#shared/primitives';
import type { SpanRole } from '../mapping.ts';
import type { AttributeReader } from './attributeReader.ts';
import { type Answer, textAnswer, toChatMessages, toChoices, toFinishReason, toOneAnswer } from './chat.ts';
import type { Facts } from './facts.ts';
import { toTools } from './tools.ts';

/** What was sent and what came back. */
export interface Exchange {
  readonly sent: JsonValue;
  readonly received: JsonValue;
}

/** What a call was asked, what it answered, and the counts within the answer; of vectors no answer is kept. */
export function readExchange(reader: AttributeReader, role: SpanRole, { sent, received }: Exchange): Facts {
  const fields = objectOf(received);
  return {
    ...readSent(reader, sent),
    answer: role === 'llm' ? toAnswer(received) : null,
    usage: readUsage(received),
    response_model: readResponseModel(received),
    // A library's own message has an id of the library.
    provider_request_id: fields !== null && isProviderAnswer(fields) ? textOf(fields.id) : null,
  };
}

/** Members of a request that are fields of a call, words, or headers, which may hold credentials. */
const NO_PARAMETERS = new Set(
  (
    'model modelId messages system instructions input prompt prompts contents tools stream ' +
    'headers extra_headers extra_body extra_query'
  ).split(' '),
);

/** The messages alone, or the parameters of a call around them. */
export function readSent(reader: AttributeReader, sent: JsonValue): Facts {
  const messages = toChatMessages(sent);
  const request = objectOf(sent);
  return {
    model: textOf(request?.model) ?? textOf(request?.modelId),
    messages: messages.length === 0 ? null : messages,
    tools: toTools(reader, request?.tools ?? null),
    parameters: request === null ? null : readParameters(request),
    stream: typeof request?.stream === 'boolean' ? request.stream : null,
  };
}

const WORDS = ['messages', 'input', 'prompt', 'prompts', 'contents'];

/** What stands beside the words of a call; of anything else, such as one message, nothing. */
function readParameters(request: JsonObject): JsonObject | null {
  if (!WORDS.some((name) => Object.hasOwn(request, name))) return null;
  const parameters = Object.entries(request).filter(([name, value]) => !NO_PARAMETERS.has(name) && value !== null);
  return parameters.length === 0 ? null : Object.fromEntries(parameters);
}

/** The first of these attributes that says something: a text, messages of which each is a choice, or a whole answer. */
export function readCompletion(reader: AttributeReader, names: readonly string[]): Answer | null {
  const received = reader.json(...names);
  const written = readWritten(reader.text(...names), received);
  if (written !== null) return written;
  if (Array.isArray(received) && received.every((item) => objectOf(item) !== null)) return toChoices(received);
  // OpenRouter.
  const { completion, reasoning } = objectOf(received) ?? {};
  if (typeof completion !== 'string') return toAnswer(received);
  const thoughts = textOf(reasoning);
  const message = { role: 'assistant', content: completion };
  return toChoices([thoughts === null ? message : { ...message, reasoning_content: thoughts }]);
}

/** What has lists of answers by these names was not written by a model. */
const ANSWERS = ['generations', 'choices', 'candidates'];

/** JSON that a model wrote is text; null for JSON that says something, and for an empty list or object. */
export function readWritten(text: string | null, received: JsonValue): Answer | null {
  if (text === null || !/[^\s{}[\]]/.test(text)) return null;
  // A call that failed may have an answer around nothing.
  if (ANSWERS.some((name) => Array.isArray(objectOf(received)?.[name]))) return null;
  const isAnswer = parseAnswer(received, null).some(({ parts }) => parts.some(({ kind }) => kind !== 'json'));
  return isAnswer ? null : textAnswer(text, null);
}

/** A provider's whole answer as it is, since it also says its usage and its tier; of anything else what it says. */
export function toAnswer(received: JsonValue): Answer | null {
  if (received === null) return null;
  if (typeof received === 'string') return textAnswer(received, null);
  const fields = objectOf(received);
  if (fields !== null && Object.keys(fields).length === 0) return null;
  if (fields !== null && isProviderAnswer(fields)) return toWholeAnswer(fields);
  return toOneAnswer(parseAnswer(received, null), readFinishReason(received));
}

/** True for the answer of a provider, which holds more than what it says. */
export function isProviderAnswer(fields: JsonObject): boolean {
  const isOfAnthropic = fields.type === 'message' && listOf(fields.content).length > 0;
  return isOfAnthropic || ['choices', 'output', 'candidates'].some((name) => listOf(fields[name]).length > 0);
}

/** The answer of a provider as it is. */
export function toWholeAnswer({ sdk_http_response: _headers, ...whole }: JsonObject): Answer {
  const parts = parseAnswer(firstChoiceOf(whole), null).flatMap((message) => message.parts);
  const words = parts.flatMap((part) => (part.kind === 'text' ? part.text : []));
  return {
    response: whole,
    response_content: textOf(words.join('')),
    finish_reason: toFinishReason(readFinishReason(whole)),
  };
}
