/** What a call answered, sorted into the fields of a record. */
import { normalizeIdentifier } from '../../record/normalize.js';
import { ANSWER_VALUES, Snapshot } from '../../record/snapshot.js';
import { isObject, isString, nonEmptyString, parseJsonText } from '../../runtime/values.js';
import type { JsonObject, JsonValue, RequestStatus } from '../../wire.js';
import { hideSecrets, MAX_MESSAGE } from '../../record/callError.js';
import type { CallOutput, OutputOptions } from '../../record/modelCall.js';
import type { Kind } from './kind.js';
import { findAnswerError, hasAnswer } from './answerError.js';
import { readCost } from './cost.js';
import { endOfReason } from './finishReason.js';
import { readUsage } from './usage.js';

const USAGE_VALUES = 1_000;

export function readOutput(kind: Kind, given: unknown, options: OutputOptions): CallOutput {
  // Some gateways send their JSON as text.
  const answer = wholeAnswer(kind, unwrapError(parseJsonText(given)), options.secrets);
  const body = isObject(answer) ? answer : {};
  const { fieldLength, capture, valuesLeft } = options;
  const copy = new Snapshot({ fieldLength, values: valuesLeft + ANSWER_VALUES });
  const finishReason = findFinishReason(kind, body);
  const response = capture ? copy.copy(keptAnswer(kind, answer, options)) : undefined;
  // The same copy where the whole answer is kept: it is in both places of the record.
  const isWhole = isObject(response) && copy.valuesLeft >= 0;
  const rawUsage = isWhole
    ? findUsage(response as JsonObject)
    : new Snapshot({ fieldLength, values: USAGE_VALUES }).copy(findUsage(body));
  const error = findAnswerError(kind, body, options.secrets);
  return {
    status: error ? 'error' : findStatus(kind, answer, finishReason),
    error,
    response,
    responseContent: capture ? (copy.copy(findText(kind, answer)) as string | undefined) : undefined,
    responseModel: normalizeIdentifier(body.model),
    finishReason: normalizeIdentifier(finishReason),
    serviceTier: normalizeIdentifier(body.service_tier),
    counts: readUsage(findUsage(body), hasOutputTokens(kind)),
    costUsd: readCost(findUsage(body)) ?? readCost(body),
    rawUsage: rawUsage ?? undefined,
    isTruncated: options.isTruncated || copy.isTruncated || (error?.message?.length ?? 0) >= MAX_MESSAGE,
    size: copy.size,
  };
}

function hasOutputTokens(kind: Kind): boolean {
  return kind === 'chat' || kind === 'completion' || kind === 'responses';
}

/** Beside the answer, as most have it; Groq streams it apart, Moonshot in the choice. */
function findUsage(body: Readonly<Record<string, unknown>>): JsonValue | undefined {
  const { usage, x_groq: groq, choices } = body;
  const [first] = Array.isArray(choices) ? (choices as unknown[]) : [];
  const found = [usage, isObject(groq) && groq.usage, isObject(first) && first.usage].find(isObject);
  return found as JsonValue | undefined;
}

function findFinishReason(kind: Kind, body: Record<string, unknown>): string | undefined {
  if (kind === 'responses') {
    const { incomplete_details: details, status } = body;
    return nonEmptyString(isObject(details) ? details.reason : undefined) ?? nonEmptyString(status);
  }
  if (!Array.isArray(body.choices)) return undefined;
  let first: string | undefined;
  for (const choice of body.choices as readonly unknown[]) {
    const reason = isObject(choice) ? nonEmptyString(choice.finish_reason) : undefined;
    if (reason !== undefined && endOfReason(reason) === 'incomplete') return reason;
    first ??= reason;
  }
  return first;
}

function findStatus(kind: Kind, answer: unknown, finishReason: string | undefined): RequestStatus {
  const status = isObject(answer) ? answer.status : undefined;
  if (kind === 'responses' && status === 'cancelled') return 'aborted';
  if (kind === 'responses' && status !== undefined && status !== null && status !== 'completed') return 'incomplete';
  const isEarly = kind !== 'responses' && finishReason !== undefined && endOfReason(finishReason) === 'incomplete';
  return isEarly || !hasAnswer(kind, answer) ? 'incomplete' : 'success';
}

/** The text of the answer, for lists and search. */
function findText(kind: Kind, answer: unknown): string | undefined {
  if (isString(answer)) return answer;
  if (!isObject(answer)) return undefined;
  switch (kind) {
    case 'chat':
    case 'completion':
      return firstText(answer.choices, choiceText);
    case 'responses':
      return (
        nonEmptyString(answer.output_text) ??
        nonEmptyString(partTexts(answer.output, 'output_text', 'text').join('')) ??
        partTexts(answer.output, 'refusal', 'refusal')[0]
      );
    case 'transcription':
      return nonEmptyString(answer.text);
    case 'images':
      return firstText(answer.data, (image) => nonEmptyString(image.revised_prompt));
    case 'embeddings':
    case 'moderation':
    case 'speech':
      return undefined;
  }
}

function firstText(list: unknown, read: (entry: Record<string, unknown>) => string | undefined): string | undefined {
  if (!Array.isArray(list)) return undefined;
  for (const entry of list) {
    const text = isObject(entry) ? read(entry) : undefined;
    if (text !== undefined) return text;
  }
  return undefined;
}

function choiceText({ message, text }: Record<string, unknown>): string | undefined {
  if (!isObject(message)) return nonEmptyString(text);
  const transcript = isObject(message.audio) ? nonEmptyString(message.audio.transcript) : undefined;
  return contentText(message.content) ?? nonEmptyString(message.refusal) ?? transcript;
}

/** Mistral's models that think answer with a list of parts. */
function contentText(content: unknown): string | undefined {
  if (!Array.isArray(content)) return nonEmptyString(content);
  return nonEmptyString(content.map((part) => (isObject(part) && nonEmptyString(part.text)) || '').join(''));
}

/** As the library hands it on: it adds all the text of a response in one piece. An error in it must not show a key. */
function wholeAnswer(kind: Kind, answer: unknown, secrets: OutputOptions['secrets']): unknown {
  if (!isObject(answer)) return answer;
  const { object, output, error, choices } = answer;
  let whole = answer;
  if (kind === 'responses' && object === 'response' && answer.output_text === undefined && Array.isArray(output)) {
    whole = { ...whole, output_text: partTexts(output, 'output_text', 'text').join('') };
  }
  if (hasWords(error)) whole = { ...whole, error: withoutSecrets(error, secrets()) };
  if (Array.isArray(choices) && choices.some((choice) => isObject(choice) && hasWords(choice.error))) {
    const safe = choices.map((choice: unknown) =>
      isObject(choice) && hasWords(choice.error)
        ? { ...choice, error: withoutSecrets(choice.error, secrets()) }
        : choice,
    );
    whole = { ...whole, choices: safe };
  }
  return whole;
}

function hasWords(error: unknown): boolean {
  return isObject(error) || nonEmptyString(error) !== undefined;
}

/** All texts of an error: providers repeat the key in its message, and the answer of their own provider beside it. */
function withoutSecrets(error: unknown, secrets: readonly string[]): unknown {
  if (isString(error)) return hideSecrets(error, secrets);
  return JSON.parse(JSON.stringify(error), (_, value: unknown) =>
    isString(value) ? hideSecrets(value, secrets) : value,
  );
}

/** Gemini's compatible endpoint sends its errors in a list. */
function unwrapError(answer: unknown): unknown {
  const only: unknown = Array.isArray(answer) && answer.length === 1 ? answer[0] : undefined;
  return isObject(only) && isObject(only.error) ? only : answer;
}

/** One field of all content parts of a type, in order. */
function partTexts(output: unknown, type: string, field: string): string[] {
  const texts: string[] = [];
  for (const item of Array.isArray(output) ? (output as unknown[]) : []) {
    if (!isObject(item) || !Array.isArray(item.content)) continue;
    for (const part of item.content as unknown[]) {
      const text = isObject(part) && part.type === type ? nonEmptyString(part[field]) : undefined;
      if (text !== undefined) texts.push(text);
    }
  }
  return texts;
}

/** What of the answer is worth keeping: not the vectors, unless asked for, and not the bytes of sound. */
function keptAnswer(kind: Kind, answer: unknown, { captureEmbeddings }: OutputOptions): unknown {
  if (!isObject(answer)) return answer;
  if (kind === 'embeddings' && !captureEmbeddings && Array.isArray(answer.data)) {
    return { ...answer, data: describeVectors(answer.data) };
  }
  if (kind === 'embeddings' && Array.isArray(answer.data)) return { ...answer, data: answer.data.map(plainVector) };
  if (isHttpResponse(answer)) return describeHttpResponse(answer);
  return answer;
}

function describeVectors(vectors: readonly unknown[]): JsonObject {
  const [first] = vectors;
  const embedding = isObject(first) ? first.embedding : undefined;
  return { count: vectors.length, dimensions: countDimensions(embedding) };
}

function countDimensions(embedding: unknown): number | null {
  // As base64: four characters for three bytes, four bytes for a number.
  if (isString(embedding)) return Math.floor((embedding.length * 3) / 16);
  return Array.isArray(embedding) || ArrayBuffer.isView(embedding) ? (embedding as unknown[]).length : null;
}

function plainVector(entry: unknown): unknown {
  if (!isObject(entry) || !ArrayBuffer.isView(entry.embedding)) return entry;
  return { ...entry, embedding: Array.from(entry.embedding as Float32Array) };
}

function isHttpResponse(answer: Record<string, unknown>): boolean {
  return typeof answer.arrayBuffer === 'function' && isObject(answer.headers);
}

function describeHttpResponse(answer: Record<string, unknown>): JsonObject {
  const headers = answer.headers as { get?(name: string): string | null };
  return {
    content_type: headers.get?.('content-type') ?? null,
    content_length: headers.get?.('content-length') ?? null,
  };
}
