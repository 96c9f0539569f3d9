/** What a failed call says about itself, without its headers, request or any credential. */
import { cutText } from '../runtime/truncation.js';
import { isObject, isString, wordOf } from '../runtime/values.js';
import type { RequestError, RequestStatus } from '../wire.js';

export interface CallError {
  readonly status: Extract<RequestStatus, 'error' | 'aborted'>;
  readonly error: RequestError;
  readonly errorClass: string;
  readonly isTruncated: boolean;
  readonly providerRequestId: string | undefined;
}

export const MAX_MESSAGE = 10_000;
const CREDENTIALS = /\b(?:sk|rk|pk|pl_live|pl_test)[-_][A-Za-z0-9_*-]{8,}|\bBearer\s+[A-Za-z0-9._~+/=-]{8,}/g;

/** `secrets`: values that must not appear, such as the client's own key. */
export function readCallError(thrown: unknown, secrets: readonly string[]): CallError {
  const fields = isObject(thrown) ? thrown : {};
  const errorClass = classOf(thrown);
  const message = hideSecrets(messageText(thrown), secrets);
  const httpStatus = typeof fields.status === 'number' ? fields.status : undefined;
  return {
    status: isAbort(errorClass, fields) ? 'aborted' : 'error',
    error: {
      // An event of that type says no more than that it is one.
      type: (fields.type === 'error' ? undefined : wordOf(fields.type)) ?? errorClass,
      code: wordOf(fields.code),
      message: cutText(message, MAX_MESSAGE),
      ...(httpStatus !== undefined && httpStatus >= 0 && httpStatus <= 999
        ? { http_status: Math.floor(httpStatus) }
        : {}),
      param: wordOf(fields.param),
    },
    errorClass,
    isTruncated: message.length > MAX_MESSAGE,
    providerRequestId: wordOf(fields.requestID) ?? wordOf(fields.request_id),
  };
}

/** Replaces known secrets and what looks like a key. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  let hidden = text;
  for (const secret of secrets) {
    if (secret.length >= 6 && hidden.includes(secret)) hidden = hidden.replaceAll(secret, '[key]');
  }
  return hidden.replace(CREDENTIALS, '[key]');
}

/** The class by name; where a minifier took the names, by the sentences that openai gives these errors. */
function classOf(thrown: unknown): string {
  if (!isObject(thrown)) return typeof thrown;
  const name = (thrown.constructor as { name?: unknown } | undefined)?.name;
  const known = isString(name) && name.length > 3 ? name : undefined;
  if (known?.startsWith('API') || thrown.status !== undefined) return known ?? 'APIError';
  if (thrown.message === 'Request was aborted.') return 'APIUserAbortError';
  if (thrown.message === 'Request timed out.') return 'APIConnectionTimeoutError';
  if (thrown.message === 'Connection error.') return 'APIConnectionError';
  return wordOf(thrown.name) ?? known ?? 'Error';
}

function isAbort(errorClass: string, fields: Record<string, unknown>): boolean {
  return errorClass === 'APIUserAbortError' || fields.name === 'AbortError';
}

function messageText(thrown: unknown): string {
  try {
    if (isObject(thrown) && isString(thrown.message)) {
      const { cause } = thrown;
      const inner = isObject(cause) && isString(cause.message) ? cause.message : '';
      return inner && !thrown.message.includes(inner) ? `${thrown.message} (${inner})` : thrown.message;
    }
    return String(thrown);
  } catch {
    return '[unreadable]';
  }
}
