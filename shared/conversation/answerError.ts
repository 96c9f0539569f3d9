/**
 * How a call ended, as its answer tells: the error in it, or that it holds nothing or was cut off. Providers and gateways
 * say so in the body of a 200, in a choice, or by leaving the answer out.
 */
import { type JsonObject, type JsonValue, putInWords } from '#shared/primitives';
import { ExactNumber } from '#shared/exactJson';
import { bodyOf } from './answerBody.ts';
import { endOfReason, isResponse, isRun, readFinishReason } from './finishReason.ts';
import { countOf, listOf, objectOf, textOf } from './part.ts';
import { withPieces } from './streamText.ts';

export interface AnswerEnd {
  readonly status: 'error' | 'aborted' | 'incomplete';
  /** What is wrong, where the answer says it. */
  readonly error: { readonly type?: string; readonly code?: string; readonly message?: string } | null;
}

/** What is said of an answer that ended so, where nothing else is. */
export const ENDED_IN_ERROR = 'The provider ended the answer with finish_reason "error".';

const INCOMPLETE: AnswerEnd = { status: 'incomplete', error: null };
const ABORTED: AnswerEnd = { status: 'aborted', error: null };

/**
 * Null where nothing in the answer says that the call failed: a JSON of any other form is an answer.
 * @param hasWords the words of the answer are known beside it.
 */
export function readAnswerEnd(response: JsonValue | null, hasWords: boolean): AnswerEnd | null {
  const body = bodyOf(response);
  if (response === null || body === null) return null;
  const error = errorOf(body);
  if (error !== null) return { status: 'error', error: describeError(error) };
  if (isResponse(body)) {
    if (body.status === 'cancelled') return ABORTED;
    return UNFINISHED.has(textOf(body.status) ?? '') ? INCOMPLETE : null;
  }
  if (isRun(body) && body.status === 'cancelled') return ABORTED;
  if (isRun(body) && UNFINISHED.has(textOf(body.status) ?? '')) return INCOMPLETE;
  const reason = readFinishReason(body);
  const isEarly = endOfReason(reason) === 'incomplete' || (reason === null && isCutStream(withPieces(response), body));
  return isEarly || (!hasWords && isEmpty(body)) ? INCOMPLETE : null;
}

const UNFINISHED = new Set(['incomplete', 'queued', 'in_progress', 'expired']);

/** A list of pieces of which none says why it is the last one. Transcriptions and images have no word for it. */
function isCutStream(
  response: JsonValue,
  { choices, candidates, content, message, output, done }: JsonObject,
): boolean {
  if (!Array.isArray(response) || response.length < 2 || done === true) return false;
  const hasList = [choices, candidates, content].some(Array.isArray);
  return hasList || done === false || [message, output].some((fields) => objectOf(fields) !== null);
}
/** What the whole of a chat says it is. */
const CHATS = new Set(['chat.completion', 'text_completion']);

/** Lists without what was asked for: choices, vectors, pictures, verdicts; a prompt that Gemini blocked. */
function isEmpty(body: JsonObject): boolean {
  const { choices, candidates, data, results, promptFeedback, prompt_feedback } = body;
  if (Array.isArray(choices)) return choices.length === 0;
  if (CHATS.has(textOf(body.object) ?? '')) return true;
  if (Array.isArray(data) && data.length === 0) return body.object === 'list' || countOf(body.created) !== null;
  if (Array.isArray(results) && results.length === 0) return textOf(body.model) !== null;
  const isBlocked = textOf(objectOf(promptFeedback ?? prompt_feedback)?.blockReason) !== null;
  return isBlocked && listOf(candidates).length === 0;
}

/** In the body itself, in what a gateway puts around it, or in one of its choices. */
function errorOf(body: JsonObject): JsonObject | null {
  // Of any other JSON, a member called so may be a part of what was asked for.
  const isOnlyError = !holdsAnswer(body);
  const own = asError(body.error, isOnlyError) ?? asError(objectOf(body.x_groq)?.error, true);
  if (own !== null && (isOnlyError || isProviders(body))) return own;
  if (isResponse(body) && body.status === 'failed') {
    // Realtime
    const told = asError(objectOf(body.status_details)?.error, true);
    return told ?? { type: 'response_failed', message: 'The response failed.' };
  }
  // Runs of assistants and interactions
  const last = asError(body.last_error, true);
  if (isRun(body) && (body.status === 'failed' || last !== null)) return last ?? { message: FAILED };
  // vLLM, Mistral; Anthropic has its error in a member.
  if (body.object === 'error' || (body.type === 'error' && isOnlyError)) return body;
  // AWS: what its client throws, and what its servers write.
  if (isOnlyError && objectOf(body.Error) !== null) return objectOf(body.Error);
  const thrown = textOf(body.__type);
  if (thrown !== null && isOnlyError) return { ...body, type: thrown.slice(thrown.lastIndexOf('#') + 1) };
  // Cloudflare, watsonx
  const isFailed = body.success === false || (isOnlyError && hasFailedStatus(body));
  if (isFailed && Array.isArray(body.errors)) return asError(body.errors, true) ?? { message: FAILED };
  if (isOnlyError && isRefusedCall(body)) return body;
  // The last line of Claude Code
  if (body.type === 'result' && body.is_error === true)
    return { type: body.subtype ?? null, message: body.result ?? null };
  // MiniMax
  const base = objectOf(body.base_resp);
  const code = wordOf(base?.status_code);
  if (base !== null && code !== null && code !== '0') return { code, message: base.status_msg ?? null };
  // Cohere
  if (body.finish_reason === 'ERROR') return { message: ENDED_IN_ERROR };
  for (const choice of listOf(body.choices)) {
    const found = choiceError(objectOf(choice));
    if (found !== null) return found;
  }
  return imageError(body);
}

/** Volcengine has an error in place of each image. */
function imageError({ data, created }: JsonObject): JsonObject | null {
  if (countOf(created) === null) return null;
  const errorIn = (image: JsonValue | undefined) => asError(objectOf(image)?.error, false);
  return listOf(data).every((image) => errorIn(image) !== null) ? errorIn(listOf(data)[0]) : null;
}

const FAILED = 'The provider says that the call failed.';

/** The body of a status of 400 and more, as servers write it that have no object for it: DashScope, Baidu, FastAPI and others. */
function isRefusedCall(body: JsonObject): boolean {
  const names = Object.keys(body);
  if (names.length === 1) return names[0] === 'detail';
  if (MESSAGES.every((name) => textOf(body[name]) === null)) return false;
  const { code, error_code: numbered, request_id: id } = body;
  // OpenAI's error without what is around it, as its library has it, and Cerebras sends it.
  const isBare = ['type', 'code', 'param'].every((name) => Object.hasOwn(body, name));
  // Portkey says it in a word.
  const isFailure = body.status === 'failure' || hasFailedStatus(body) || isBare;
  return isFailure || wordOf(numbered) !== null || (textOf(code) !== null && textOf(id) !== null);
}

function hasFailedStatus({ code, status, statusCode, status_code: statusOf }: JsonObject): boolean {
  return [code, status, statusCode, statusOf].some((given) => (countOf(given) ?? 0) >= 400);
}

/** Members that hold what was asked for. */
const ANSWERS = [
  'choices',
  'candidates',
  'output',
  'content',
  'message',
  'data',
  'results',
  'text',
  'response',
] as const;

function holdsAnswer(body: JsonObject): boolean {
  return ANSWERS.some((name) => {
    const value = body[name];
    if (name === 'message') return objectOf(value) !== null;
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== '';
  });
}

/** Providers whose own members are known: an error among them is theirs, also where it ends a stream. */
function isProviders(body: JsonObject): boolean {
  const { choices, candidates, type, done } = body;
  return [choices, candidates].some(Array.isArray) || type === 'error' || typeof done === 'boolean' || isResponse(body);
}

function choiceError(choice: JsonObject | null): JsonObject | null {
  if (choice === null) return null;
  const own = asError(choice.error, true);
  if (own !== null || endOfReason(textOf(choice.finish_reason)) !== 'error') return own;
  const inner = asError(objectOf(choice.message)?.error, true);
  return inner ?? { message: ENDED_IN_ERROR };
}

/** What stands for no error in some answers: null, an empty text, an empty object, false. */
function asError(error: JsonValue | undefined, takesText: boolean): JsonObject | null {
  if (typeof error === 'string') return takesText && error !== '' ? { message: error } : null;
  if (Array.isArray(error)) return error.length === 0 ? null : (asError(error[0], true) ?? { message: FAILED });
  if (error === true) return { message: FAILED };
  const fields = objectOf(error);
  return fields === null || Object.keys(fields).length === 0 ? null : fields;
}

const MESSAGES = ['message', 'msg', 'error_msg', 'detail', 'errorMessage', 'Message'] as const;

/** What it says, under whichever names. */
export function describeError(error: JsonObject): NonNullable<AnswerEnd['error']> {
  // Anthropic's library has the whole body in its error.
  const inner = error.type === 'error' ? objectOf(error.error) : null;
  if (inner !== null) return describeError(inner);
  const type = textOf(error.type);
  const code =
    wordOf(error.code) ??
    wordOf(error.error_code) ??
    wordOf(error.Code) ??
    wordOf(error.errorCode) ??
    wordOf(error.status);
  const message = MESSAGES.map((name) => messageOf(error[name])).find((text) => text !== null);
  return {
    ...(type === null || type === 'error' ? {} : { type }),
    ...(code === null ? {} : { code }),
    ...(message === undefined || message === null ? {} : { message }),
  };
}

/** FastAPI lists what is wrong, Mistral hands the list on in an object. */
function messageOf(value: JsonValue | undefined): string | null {
  const isListed = Array.isArray(value) ? value.length > 0 : objectOf(value) !== null;
  return isListed && value !== undefined ? putInWords(value) : textOf(value);
}

/** Codes are numbers in some answers. */
function wordOf(value: JsonValue | undefined): string | null {
  const given: unknown = value;
  if (given instanceof ExactNumber) return given.literal;
  return typeof given === 'number' ? String(given) : textOf(value);
}
