/** What can go wrong: one table from a code to its HTTP status, its type and its tRPC code. */
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';
import type { ErrorBody, ErrorCode, ErrorDetail, ErrorType } from '#shared/error';
import type { z } from 'zod';

interface Answer {
  readonly status: number;
  readonly type: ErrorType;
  readonly trpc: TRPC_ERROR_CODE_KEY;
}

const badRequest: Answer = { status: 400, type: 'invalid_request_error', trpc: 'BAD_REQUEST' };
const tooLarge: Answer = { status: 413, type: 'invalid_request_error', trpc: 'PAYLOAD_TOO_LARGE' };
const unsupported: Answer = { status: 415, type: 'invalid_request_error', trpc: 'UNSUPPORTED_MEDIA_TYPE' };
const unauthenticated: Answer = { status: 401, type: 'authentication_error', trpc: 'UNAUTHORIZED' };
const forbidden: Answer = { status: 403, type: 'permission_error', trpc: 'FORBIDDEN' };
const notFound: Answer = { status: 404, type: 'not_found', trpc: 'NOT_FOUND' };
const unavailable: Answer = { status: 503, type: 'overloaded', trpc: 'SERVICE_UNAVAILABLE' };

export const ERROR_RESPONSES: Record<ErrorCode, Answer> = {
  empty_body: badRequest,
  invalid_json: badRequest,
  invalid_protobuf: badRequest,
  invalid_utf8: badRequest,
  invalid_encoding: badRequest,
  unsupported_media_type: unsupported,
  body_too_large: tooLarge,
  too_many_items: tooLarge,
  too_deep: badRequest,
  too_many_keys: badRequest,
  key_too_long: badRequest,
  too_many_values: tooLarge,
  answer_too_large: tooLarge,
  malformed_request: badRequest,
  expectation_failed: { status: 417, type: 'invalid_request_error', trpc: 'BAD_REQUEST' },
  headers_too_large: { status: 431, type: 'invalid_request_error', trpc: 'BAD_REQUEST' },
  request_timeout: { status: 408, type: 'invalid_request_error', trpc: 'TIMEOUT' },
  invalid_value: badRequest,
  invalid_cursor: badRequest,
  unstorable: badRequest,
  missing_api_key: unauthenticated,
  invalid_api_key: unauthenticated,
  insufficient_scope: forbidden,
  admin_token_required: unauthenticated,
  invalid_admin_token: unauthenticated,
  invalid_sign_in_code: unauthenticated,
  not_found: notFound,
  unknown_endpoint: notFound,
  method_not_allowed: { status: 405, type: 'invalid_request_error', trpc: 'METHOD_NOT_SUPPORTED' },
  conflict: { status: 409, type: 'conflict', trpc: 'CONFLICT' },
  rate_limited: { status: 429, type: 'rate_limit_error', trpc: 'TOO_MANY_REQUESTS' },
  overloaded: unavailable,
  database_unavailable: unavailable,
  query_timeout: unavailable,
  outcome_unknown: unavailable,
  draining: unavailable,
  internal: { status: 500, type: 'api_error', trpc: 'INTERNAL_SERVER_ERROR' },
};

export interface AppErrorOptions {
  /** The field at fault, such as `messages[0].role`. */
  readonly param?: string;
  /** Seconds after which a retry makes sense; sent as `Retry-After`. Default: a few where the status is 503. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
  /** False: whoever asked was told what was asked for, and the log does not name it. Default: true. */
  readonly isLogged?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An expected failure. `message` is read by the caller: it says what is wrong and what is accepted. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly param: string | null;
  readonly retryAfter: number | null;
  readonly isLogged: boolean;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    // Refusals are made by the thousand when there is least time for them, and nobody reads where they were made.
    const { stackTraceLimit } = Error;
    if (code === 'overloaded') Error.stackTraceLimit = 0;
    super(message, { cause: options.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'AppError';
    this.code = code;
    this.param = options.param ?? null;
    this.retryAfter = options.retryAfter ?? (ERROR_RESPONSES[code].status === 503 ? soon() : null);
    this.isLogged = options.isLogged ?? true;
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return ERROR_RESPONSES[this.code].status;
  }

  toDetail(): ErrorDetail {
    return { type: ERROR_RESPONSES[this.code].type, code: this.code, message: this.message, param: this.param };
  }

  toBody(request_id: string): ErrorBody {
    return { error: { ...this.toDetail(), request_id } };
  }
}

/** The first problem of a failed parse, as one sentence that names the field. */
export function fromZodError(error: z.core.$ZodError, subject = 'The body'): AppError {
  const issue = error.issues[0];
  if (!issue) return new AppError('invalid_value', `${subject} is not valid.`);
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const param = formatPath([...issue.path, ...unknown]);
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  const rule = isMissing ? 'is required' : readableRule(issue);
  return new AppError(
    'invalid_value',
    `${param === '' ? subject : `\`${param}\``} ${rule}.`,
    param === '' ? {} : { param },
  );
}

/** `['messages', 0, 'role']` as `messages[0].role`. Names come from the caller: they are cut, and made printable. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const name = printable(String(part));
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

function printable(name: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this replaces
  const clean = name.toWellFormed().replace(/[\u0000-\u001f\u007f]/g, '\uFFFD');
  return clean.length > 80 ? `${clean.slice(0, 80)}…` : clean;
}

const EXPECTED: ReadonlyMap<string, string> = new Map([
  ['string', 'a string'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['object', 'an object'],
  ['array', 'an array'],
  ['record', 'an object'],
]);

function readableRule(issue: z.core.$ZodIssue): string {
  if (issue.message.startsWith('must ')) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${EXPECTED.get(issue.expected) ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    case 'too_small':
      return `must be at least ${issue.minimum}`;
    case 'invalid_key':
      return 'has a key that is not valid: it must be short, not empty and without control characters';
    case 'unrecognized_keys':
      return 'is not a field that is known here';
    case 'invalid_format':
    case 'not_multiple_of':
    case 'invalid_union':
    case 'invalid_element':
    case 'custom':
      return 'is not valid';
  }
}

/** One to three seconds: those who were refused together must not all come back at the same moment. */
function soon(): number {
  return 1 + Math.floor(Math.random() * 3);
}
