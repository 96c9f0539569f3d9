/**
 * An answer as one object: taken out of what a batch, a gateway or a library puts around it, and of a list of pieces, as
 * they are streamed, what they say together. How a call ended, what it used and which model answered is read from it.
 */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { readAnswerText } from './answerText.ts';
import { libraryAnswer } from './libraryAnswer.ts';
import { countOf, objectOf, textOf } from './part.ts';
import { joinPieces, listPieces } from './streamedPieces.ts';
import { withPieces } from './streamText.ts';

/** Null for what is no object: a text that is no answer as JSON, or a list of other things than pieces of one answer. */
export function bodyOf(given: JsonValue | null): JsonObject | null {
  const response = given === null ? null : withPieces(given);
  if (typeof response === 'string') {
    const answer = readAnswerText(response);
    return answer && libraryAnswer(answer);
  }
  if (!Array.isArray(response)) {
    const fields = objectOf(response ?? undefined);
    return fields === null ? null : answerIn(fields);
  }
  if (response.length === 1) return bodyOf(response[0] ?? null);
  const known = joinedLists.get(response);
  if (known !== undefined) return known;
  const pieces = listPieces(response);
  const whole = pieces && joinPieces(pieces);
  joinedLists.set(response, whole);
  return whole;
}

/** The answer of a model in what a batch, a gateway or a library puts around it. */
function answerIn(fields: JsonObject): JsonObject {
  const known = madeAnswers.get(fields);
  if (known !== undefined) return known;
  const answer = libraryAnswer(unwrapAnswer(fields));
  if (answer !== fields) madeAnswers.set(fields, answer);
  return answer;
}

/** Of one log the same answer is asked about several times: for its end, its counts, its model, its cost. */
const joinedLists = new WeakMap<readonly JsonValue[], JsonObject | null>();
const madeAnswers = new WeakMap<JsonObject, JsonObject>();

/** The answer in what is around it; the same object where nothing is. */
export function unwrapAnswer(fields: JsonObject): JsonObject {
  if (isAnswer(fields)) return fields;
  const batched = objectOf(fields.response);
  // OpenAI's batches: one line of the file.
  const body = batched !== null && 'status_code' in batched ? objectOf(batched.body) : null;
  if (body !== null) return { ...body, service_tier: 'batch' };
  if (fields.custom_id !== undefined) return readAnthropicLine(objectOf(fields.result)) ?? fields;
  const isRefused = [fields.status, fields.statusCode, fields.status_code].some((code) => (countOf(code) ?? 0) >= 400);
  for (const name of WRAPPERS) {
    const inner = objectOf(fields[name]);
    if (inner === null || !(isWrapped(inner) || (isRefused && inner.error !== undefined))) continue;
    if (isGeminiLine(fields, inner)) return { ...inner, service_tier: 'batch' };
    // DashScope has its usage beside its output.
    return inner.usage === undefined && fields.usage !== undefined ? { ...inner, usage: fields.usage } : inner;
  }
  return fields;
}

/** A line of the results of Anthropic's batches. */
function readAnthropicLine(result: JsonObject | null): JsonObject | null {
  const message = objectOf(result?.message);
  if (message !== null) return { ...message, service_tier: 'batch' };
  const type = textOf(result?.type);
  if (type !== 'errored') return type === null ? null : { type: 'error', error: { type } };
  return objectOf(result?.error);
}

/** A line of the results of Gemini's batches, by its key (among its metadata, of those sent inline), or of Vertex's, by when it was made. */
function isGeminiLine({ key, metadata, processed_time }: JsonObject, inner: JsonObject): boolean {
  const isLine = [key, objectOf(metadata)?.key, processed_time].some((told) => typeof told === 'string');
  return isLine && Array.isArray(inner.candidates);
}

/** Gemini's library and Code Assist, Cloudflare, DashScope, LangServe, libraries for HTTP. */
const WRAPPERS = ['response', 'result', 'output', 'data', 'body'] as const;

function isAnswer({ choices, candidates, content, output, text }: JsonObject): boolean {
  return [choices, candidates, content, output].some(Array.isArray) || typeof text === 'string';
}

function isWrapped(inner: JsonObject): boolean {
  const { response, content, messages, promptFeedback } = inner;
  return (
    isAnswer(inner) ||
    typeof response === 'string' ||
    typeof content === 'string' ||
    Array.isArray(messages) ||
    objectOf(promptFeedback) !== null
  );
}
