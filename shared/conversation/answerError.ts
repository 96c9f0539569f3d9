/**
 * How a call ended, as its answer tells: the error in it, or that it holds nothing or was cut off. Providers and gateways
 * say so in the body of a 200, in a choice, or by leaving the answer out.
 */
import type { JsonObject, JsonValue } from '#shared/primitives';
import { ExactNumber } from '#shared/exactJson';
import { endOfReason, isResponse, readFinishReason } from './finishReason.ts';
import { listOf, objectOf, textOf } from './part.ts';

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
  // Gemini streams its errors in a list.
  const body = objectOf(Array.isArray(response) && response.length === 1 ? response[0] : (response ?? undefined));
  if (body === null) return null;
  const error = errorOf(body);
  if (error !== null) return { status: 'error', error: describe(error) };
  if (isResponse(body)) {
    if (body.status === 'cancelled') return ABORTED;
    return body.status === 'incomplete' ? INCOMPLETE : null;
  }
  const isEarly = endOfReason(readFinishReason(response)) === 'incomplete';
  return isEarly || (!hasWords && isEmpty(body)) ? INCOMPLETE : null;
}

/** A list of choices without any; a prompt that Gemini blocked. */
function isEmpty({ choices, candidates, promptFeedback, prompt_feedback }: JsonObject): boolean {
  if (Array.isArray(choices)) return choices.length === 0;
  const isBlocked = textOf(objectOf(promptFeedback ?? prompt_feedback)?.blockReason) !== null;
  return isBlocked && listOf(candidates).length === 0;
}

/** In the body itself, in what a gateway puts around it, or in one of its choices. */
function errorOf(body: JsonObject): JsonObject | null {
  // Of any other JSON, a member called so may be a part of what was asked for.
  const isOnlyError = !holdsAnswer(body);
  const own = asError(body.error, isOnlyError) ?? asError(objectOf(body.x_groq)?.error, true);
  if (own !== null && (isOnlyError || isProviders(body))) return own;
  if (isResponse(body) && body.status === 'failed') return { type: 'response_failed', message: 'The response failed.' };
  // vLLM; Anthropic has its error in a member.
  if ((body.object === 'error' || body.type === 'error') && isOnlyError) return body;
  // AWS
  const thrown = textOf(body.__type);
  if (thrown !== null && isOnlyError) return { ...body, type: thrown.slice(thrown.lastIndexOf('#') + 1) };
  // Cloudflare
  if (body.success === false && Array.isArray(body.errors)) return asError(body.errors, true) ?? { message: FAILED };
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
  return null;
}

const FAILED = 'The provider says that the call failed.';
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

/** Chat completions and Responses, whose own members are known. */
function isProviders(body: JsonObject): boolean {
  return Array.isArray(body.choices) || isResponse(body);
}

function choiceError(choice: JsonObject | null): JsonObject | null {
  if (choice === null) return null;
  const own = asError(choice.error, true);
  if (own !== null || choice.finish_reason !== 'error') return own;
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

function describe(error: JsonObject): NonNullable<AnswerEnd['error']> {
  const type = textOf(error.type);
  const code = wordOf(error.code) ?? wordOf(error.error_code) ?? wordOf(error.status);
  const message = MESSAGES.map((name) => textOf(error[name])).find((text) => text !== null);
  return {
    ...(type === null || type === 'error' ? {} : { type }),
    ...(code === null ? {} : { code }),
    ...(message === undefined || message === null ? {} : { message }),
  };
}

/** Codes are numbers in some answers. */
function wordOf(value: JsonValue | undefined): string | null {
  const given: unknown = value;
  if (given instanceof ExactNumber) return given.literal;
  return typeof given === 'number' ? String(given) : textOf(value);
}
