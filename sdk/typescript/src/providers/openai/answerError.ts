/** Calls that failed although the HTTP status was 200: gateways say so in the body, in a choice, or by leaving the answer out. */
import { hideSecrets, MAX_MESSAGE } from '../../record/callError.js';
import { cutText } from '../../runtime/truncation.js';
import { isObject, isRecord, isString, nonEmptyString, wordOf } from '../../runtime/values.js';
import type { RequestError } from '../../wire.js';
import { endOfReason } from './finishReason.js';
import type { Kind } from './kind.js';

type Fields = Readonly<Record<string, unknown>>;

/** Where a provider that answers without an answer says why. */
const MESSAGE_FIELDS = ['message', 'msg', 'error_msg', 'detail', 'errorMessage', 'Message'];

/** A page, as a proxy in between answers in place of the provider. */
const HTML = /^\s*<(?:!doctype html|html)\b/i;

/** The error in an answer, or undefined where there is none. */
export function findAnswerError(kind: Kind, body: Fields, secrets: () => readonly string[]): RequestError | undefined {
  const found = errorOf(kind, body);
  if (!found) return undefined;
  const { message, type, code, error_code: errorCode, param, status } = found;
  const text = messageOf(message ?? firstMessage(found));
  return {
    type: wordOf(type) ?? 'api_error',
    code: wordOf(code) ?? wordOf(errorCode) ?? wordOf(status),
    message: text === undefined ? undefined : cutText(hideSecrets(text, secrets()), MAX_MESSAGE),
    param: wordOf(param),
  };
}

/** False where the body holds nothing that a call of this kind asks for. */
export function hasAnswer(kind: Kind, answer: unknown): boolean {
  const body: Fields = isObject(answer) ? answer : {};
  switch (kind) {
    case 'chat':
    case 'completion':
      return isFilled(body.choices);
    case 'responses':
      return isFilled(body.output) || nonEmptyString(body.output_text) !== undefined;
    case 'embeddings':
    case 'images':
      return isFilled(body.data);
    case 'moderation':
      return isFilled(body.results);
    case 'transcription':
      // Silence is an answer too; a page of HTML is none.
      return isString(answer) ? !HTML.test(answer) : isString(body.text);
    case 'speech':
      return !isTextual(body);
  }
}

/** The error of an answer: in its body, in what a gateway puts around it, or in one of its choices. */
function errorOf(kind: Kind, body: Fields): Fields | undefined {
  const { error, errors, success, base_resp: base, status, x_groq: groq } = body;
  const own =
    asError(error) ??
    asError(isObject(groq) ? groq.error : undefined) ??
    (kind === 'responses' && status === 'failed' ? FAILED_RESPONSE : undefined);
  if (own) return own;
  // Cloudflare
  if (success === false || (!hasAnswer(kind, body) && isFilled(errors))) {
    return asError(Array.isArray(errors) ? errors[0] : undefined) ?? body;
  }
  // MiniMax
  if (isObject(base) && typeof base.status_code === 'number' && base.status_code !== 0) {
    return { code: base.status_code, message: base.status_msg };
  }
  if (Array.isArray(body.choices)) {
    const inChoice = (body.choices as unknown[]).map(choiceError).find((one) => one !== undefined);
    if (inChoice) return inChoice;
  }
  // An HTTP response has a status and no message of its own.
  if (kind !== 'speech' && !hasAnswer(kind, body) && firstMessage(body) !== undefined) return body;
  return undefined;
}

const FAILED_RESPONSE: Fields = { type: 'response_failed', message: 'The response failed.' };

function choiceError(choice: unknown): Fields | undefined {
  if (!isObject(choice)) return undefined;
  const own = asError(choice.error);
  const reason = String(choice.finish_reason);
  if (own || endOfReason(reason) !== 'error') return own;
  const message = isObject(choice.message) ? asError(choice.message.error) : undefined;
  return message ?? { message: `The provider ended the answer with finish_reason "${reason}".` };
}

/** What stands for no error in some answers: null, an empty text, an empty object, false, 0. */
function asError(error: unknown): Fields | undefined {
  if (isString(error)) return error === '' ? undefined : { message: error };
  if (!isRecord(error)) return error === true || Array.isArray(error) ? asErrors(error) : undefined;
  return Object.keys(error).length > 0 ? error : undefined;
}

function asErrors(error: unknown): Fields | undefined {
  if (!Array.isArray(error)) return { message: 'The provider says that the call failed.' };
  return error.length > 0 ? (asError(error[0]) ?? { message: 'The provider says that the call failed.' }) : undefined;
}

function firstMessage(fields: Fields): unknown {
  return MESSAGE_FIELDS.map((name) => fields[name]).find((value) => messageOf(value) !== undefined);
}

function messageOf(value: unknown): string | undefined {
  if (!isObject(value)) return nonEmptyString(value);
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function isFilled(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0;
}

/** An HTTP response that holds a text where sound was asked for: its body is the caller's to read. */
function isTextual(answer: Fields): boolean {
  const { headers } = answer as { headers?: { get?(name: string): unknown } };
  const type = typeof headers?.get === 'function' ? String(headers.get('content-type')) : '';
  return /\bjson\b|text\/html/.test(type);
}
