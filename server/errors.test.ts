import { z } from 'zod';
import { ErrorBody, ErrorCode } from '#shared/error';
import { LogInput } from '#shared/request';
import { expectOurWords } from '#tests/support/expectContract';
import { aLogInput } from '#tests/support/factories';
import { ERROR_RESPONSES, AppError, formatPath, fromZodError } from './errors.ts';

test.each(ErrorCode.options)('%s has a status that fits its type', (code) => {
  const types: Record<number, string> = {
    400: 'invalid_request_error',
    401: 'authentication_error',
    403: 'permission_error',
    404: 'not_found',
    405: 'invalid_request_error',
    408: 'invalid_request_error',
    409: 'conflict',
    413: 'invalid_request_error',
    415: 'invalid_request_error',
    417: 'invalid_request_error',
    431: 'invalid_request_error',
    429: 'rate_limit_error',
    500: 'api_error',
    503: 'overloaded',
  };
  const { status, type } = ERROR_RESPONSES[code];
  expect(types[status]).toBe(type);
});

test('an error is written as docs/api.md shows it', () => {
  const body = new AppError('invalid_value', '`model` is required.', { param: 'model' }).toBody('req_1');
  expect(body).toEqual({
    error: {
      type: 'invalid_request_error',
      code: 'invalid_value',
      message: '`model` is required.',
      param: 'model',
      request_id: 'req_1',
    },
  });
  expect(ErrorBody.parse(body)).toEqual(body);
});

test('what may pass later says when to come back, what never will does not', () => {
  // Those who were refused together do not come back together.
  const waits = Array.from({ length: 100 }, () => new AppError('overloaded', 'x').retryAfter);
  expect(new Set(waits)).toEqual(new Set([1, 2, 3]));
  expect(new AppError('overloaded', 'x', { retryAfter: 30 }).retryAfter).toBe(30);
  expect(new AppError('invalid_value', 'x').retryAfter).toBeNull();
});

test.each<[PropertyKey[], string]>([
  [[], ''],
  [['model'], 'model'],
  [['messages', 0, 'role'], 'messages[0].role'],
  [['logs', 3, 'tags', 'env'], 'logs[3].tags.env'],
  [[0], '[0]'],
])('the path %j is written as %j', (path, expected) => {
  expect(formatPath(path)).toBe(expected);
});

test.each<[string, z.ZodType, unknown, string]>([
  ['a field that is missing', z.object({ a: z.string() }), {}, '`a` is required.'],
  ['a wrong type', z.object({ a: z.string() }), { a: 5 }, '`a` must be a string.'],
  ['a wrong type in an array', z.object({ a: z.array(z.number()) }), { a: [1, 'x'] }, '`a[1]` must be a number.'],
  ['a value of a list', z.object({ a: z.enum(['x', 'y']) }), { a: 'z' }, '`a` must be one of "x", "y".'],
  ['a number that is too large', z.object({ a: z.number().max(5) }), { a: 6 }, '`a` must be at most 5.'],
  ['a number that is too small', z.object({ a: z.number().min(5) }), { a: 4 }, '`a` must be at least 5.'],
  ['a rule of our own', z.object({ a: z.string().min(1, 'must not be empty') }), { a: '' }, '`a` must not be empty.'],
  ['a field too many', z.strictObject({}), { b: 1 }, '`b` is not a field that is known here.'],
  ['the whole', z.object({}), 5, 'The body must be an object.'],
  ['something else', z.object({ a: z.email() }), { a: 'x' }, '`a` is not valid.'],
])('%s is told in one sentence', (_, schema, value, message) => {
  const { error } = schema.safeParse(value);
  if (!error) throw new Error('The value was meant to be wrong.');
  expect(fromZodError(error).message).toBe(message);
});

test('every field of a log, wrong in every way, is told in our words', () => {
  for (const name of Object.keys(LogInput.shape)) {
    for (const wrong of [5.5, -1, '', 'x'.repeat(300), true, [5], { a: 5 }, 'a\nb']) {
      const { error } = LogInput.safeParse({ ...aLogInput(), [name]: wrong });
      if (!error) continue;
      const { message, param } = fromZodError(error);
      expectOurWords(message);
      expect(param).toMatch(new RegExp(`^${name}`));
    }
  }
});
