/**
 * Whether a span failed, by any of five signs: its status, `error.type`, an event `exception`, Langfuse's level, and an
 * exception that comes as a log record.
 */
import type { JsonObject } from '#shared/primitives';
import type { OtlpEvent, OtlpSpan } from '../span.ts';
import { type AttributeReader, toText } from './attributeReader.ts';
import type { Facts } from './facts.ts';

const STATUS_ERROR = 2;
/** Errors that say that the caller did not want the answer any more. */
const ABORTED = /(?:^|\.)(?:AbortError|APIUserAbortError|CancelledError|GeneratorExit|ResponseAborted)$/;
/**
 * How clients of OpenAI and Anthropic begin what they say: `429 Rate limit reached`, `Error code: 429 - {…}`, in Java
 * `429: …`; LangSmith writes the error as Python shows it: `RateLimitError("Error code: 429 - {…}")`.
 */
const HTTP_STATUS = /^(?:\w*Error(?:: |\(["']))?(?:Error code: )?([45]\d\d)(?:[ :]|$)/;

/** Null where nothing says that it failed. */
export function readFailure(span: OtlpSpan, reader: AttributeReader, facts: Facts): JsonObject | null {
  const exception = span.events.findLast(({ name }) => name === 'exception');
  const type = reader.text('error.type');
  const said = reader.text('error.message', 'exception.message');
  const ofFamily = facts.failure ?? null;
  const isFailed = span.status.code === STATUS_ERROR || type !== null || exception !== undefined || ofFamily !== null;
  if (!isFailed) return null;
  return toError({
    type: exceptionText(exception, 'exception.type') ?? reader.text('exception.type') ?? type,
    message: firstWords(exceptionText(exception, 'exception.message'), ofFamily, said, span.status.message),
    code: type,
    httpStatus: reader.number('http.response.status_code', 'http.status_code'),
  });
}

/** The error of a log record named `exception`. */
export function readExceptionRecord(reader: AttributeReader): JsonObject {
  return toError({
    type: reader.text('exception.type', 'error.type'),
    message: reader.text('exception.message'),
    code: null,
    httpStatus: null,
  });
}

/** True of an error that says that the caller gave up: such a call is aborted, and did not fail. */
export function isAbort(error: JsonObject): boolean {
  return typeof error.type === 'string' && ABORTED.test(error.type);
}

function toError(found: {
  readonly type: string | null;
  readonly message: string | null;
  readonly code: string | null;
  readonly httpStatus: number | null;
}): JsonObject {
  const { type, message, code } = found;
  const told = HTTP_STATUS.exec(message ?? '')?.[1] ?? /^[45]\d\d$/.exec(code ?? '')?.[0];
  const status = found.httpStatus ?? (told === undefined ? null : Number(told));
  const isStatus = status !== null && Number.isInteger(status) && status >= 400 && status <= 599;
  return {
    ...(type === null ? {} : { type }),
    // The type again, without its module, says nothing more.
    ...(code === null || code === type || type?.endsWith(`.${code}`) === true ? {} : { code }),
    ...(message === null ? {} : { message }),
    ...(isStatus ? { http_status: status } : {}),
  };
}

function firstWords(...texts: readonly (string | null)[]): string | null {
  return texts.find((text) => text !== null && text.trim() !== '') ?? null;
}

function exceptionText(exception: OtlpEvent | undefined, name: string): string | null {
  return toText(exception?.attributes.get(name));
}
