import { errorMessage, isForbidden, isTemporary, isUnauthorized } from './errorMessage.ts';

const answered = (httpStatus: number, code: string, message: string) =>
  Object.assign(new Error('shape message'), {
    name: 'TRPCClientError',
    data: { code, httpStatus, error: { type: 'api_error', code: 'internal', message, param: null, request_id: 'r1' } },
  });

test('the sentence of the server is what the user reads', () => {
  expect(errorMessage(answered(400, 'BAD_REQUEST', 'The cursor is not one of ours.'))).toBe(
    'The cursor is not one of ours.',
  );
});

test('no answer is said to be one', () => {
  const unreachable = Object.assign(new Error('Failed to fetch'), { name: 'TRPCClientError', data: undefined });
  expect(errorMessage(unreachable)).toMatch(/cannot be reached/);
  expect(isTemporary(unreachable)).toBe(true);
});

test('anything thrown has words', () => {
  expect(errorMessage(new Error('boom'))).toBe('boom');
  expect(errorMessage(null)).toBe('Something went wrong.');
});

test('an unknown key and a missing scope are told apart, and neither is asked again', () => {
  const unauthorized = answered(401, 'UNAUTHORIZED', 'x');
  const forbidden = answered(403, 'FORBIDDEN', 'x');
  expect([isUnauthorized(unauthorized), isForbidden(unauthorized)]).toEqual([true, false]);
  expect([isUnauthorized(forbidden), isForbidden(forbidden)]).toEqual([false, true]);
  expect([unauthorized, forbidden, answered(503, 'SERVICE_UNAVAILABLE', 'x')].map(isTemporary)).toEqual([
    false,
    false,
    true,
  ]);
});
