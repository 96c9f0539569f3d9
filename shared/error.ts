/** The one error shape of every answer that is not 2xx, and the closed list of its codes. */
import { z } from 'zod';

export const ErrorType = z.enum([
  'invalid_request_error',
  'authentication_error',
  'permission_error',
  'not_found',
  'conflict',
  'rate_limit_error',
  'overloaded',
  'api_error',
]);
export type ErrorType = z.infer<typeof ErrorType>;

export const ErrorCode = z.enum([
  // the call could not be read
  'empty_body',
  'invalid_json',
  'invalid_protobuf',
  'invalid_utf8',
  'invalid_encoding',
  'unsupported_media_type',
  'body_too_large',
  'too_many_items',
  'too_deep',
  'too_many_keys',
  'key_too_long',
  'too_many_values',
  'answer_too_large',
  'malformed_request',
  'expectation_failed',
  'headers_too_large',
  'request_timeout',
  // the call was read, a value is wrong
  'invalid_value',
  'invalid_cursor',
  'unstorable',
  // who is calling
  'missing_api_key',
  'invalid_api_key',
  'insufficient_scope',
  'admin_token_required',
  'invalid_admin_token',
  'invalid_sign_in_code',
  // what was asked for
  'not_found',
  'unknown_endpoint',
  'method_not_allowed',
  'conflict',
  // we cannot serve it now
  'rate_limited',
  'overloaded',
  'database_unavailable',
  'query_timeout',
  'outcome_unknown',
  'draining',
  'internal',
]);
export type ErrorCode = z.infer<typeof ErrorCode>;

/** What went wrong with one item of a batch, or with the whole call. */
export const ErrorDetail = z.object({
  type: ErrorType,
  code: ErrorCode,
  message: z.string().describe('One sentence: what is wrong and what is accepted.'),
  param: z.string().nullable().describe('The field at fault, such as `messages[0].role`.'),
});
export type ErrorDetail = z.infer<typeof ErrorDetail>;

export const ErrorBody = z
  .object({ error: ErrorDetail.extend({ request_id: z.string().describe('Also in the `X-Request-Id` header.') }) })
  .meta({ id: 'Error', description: 'Every answer that is not 2xx.' });
export type ErrorBody = z.infer<typeof ErrorBody>;
