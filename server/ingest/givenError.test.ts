import type { JsonObject } from '#shared/primitives';
import { aLogInput, aSpanInput } from '#tests/support/factories';
import { parseLog } from './parseLog.ts';
import { parseSpan } from './parseSpan.ts';

const RATE = { type: 'rate_limit', code: 'r1', message: 'Slow down' };

test.each<[string, JsonObject, JsonObject]>([
  ['the body that a provider answers', { error: RATE }, RATE],
  ['that of Anthropic', { type: 'error', error: RATE }, RATE],
  ['a body whose error is a text', { error: 'Slow down' }, { message: 'Slow down' }],
  ['other members than ours', { foo: 'bar', n: 1 }, { message: '{"foo":"bar","n":1}' }],
  ['a code beside them', { code: 7, foo: 'bar' }, { code: '7', message: '{"code":7,"foo":"bar"}' }],
])('%s is read, and nothing more is kept', (_, error, expected) => {
  const log = parseLog({ ...(aLogInput() as JsonObject), error });
  expect(log.error).toEqual(expected);
  expect(log.metadata).toBeUndefined();
  expect(parseSpan({ ...(aSpanInput() as JsonObject), error }).error).toEqual(log.error);
});

test.each<[string, JsonObject, JsonObject]>([
  [
    'an error of a library for JavaScript',
    { name: 'RateLimitError', message: '429 Slow down', stack: 'at x', status: 429, error: RATE },
    { ...RATE, message: '429 Slow down', http_status: 429 },
  ],
  [
    'one without a message of its own',
    { status: 529, error: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } } },
    { type: 'overloaded_error', message: 'Overloaded', http_status: 529 },
  ],
  [
    'one of a library for Python',
    { status_code: 404, message: 'Error code: 404', body: { error: { message: 'No', code: 'n', param: 'model' } } },
    { code: 'n', message: 'Error code: 404', http_status: 404, param: 'model' },
  ],
  [
    'one of Axios',
    { name: 'AxiosError', message: 'Failed', response: { status: 429, data: { error: RATE } } },
    { ...RATE, message: 'Failed', http_status: 429 },
  ],
  [
    'one of AWS',
    { name: 'ThrottlingException', message: 'Slow down', $metadata: { httpStatusCode: 429 } },
    { type: 'ThrottlingException', message: 'Slow down', http_status: 429 },
  ],
  ['a detail', { detail: 'Not Found' }, { message: 'Not Found' }],
  [
    'an error of Google',
    { error: { code: 429, message: 'Slow', status: 'RESOURCE_EXHAUSTED' } },
    { code: '429', message: 'Slow' },
  ],
])('%s is read, and kept whole below the metadata', (_, error, expected) => {
  const log = parseLog({ ...(aLogInput({ metadata: { mine: 1 } }) as JsonObject), error });
  expect(log.error).toEqual(expected);
  const keys = Object.keys(error);
  expect(log.metadata).toEqual({ mine: 1, error: keys.length === 1 && keys[0] === 'error' ? error.error : error });
});

test('an error in our members stays as it is, and one that is nested without end has an end', () => {
  const error = { message: 'x', http_status: 500 };
  expect(parseLog({ ...(aLogInput() as JsonObject), error }).error).toEqual(error);
  let deep: JsonObject = { message: 'x' };
  for (let level = 0; level < 1_000; level++) deep = { type: 'error', error: deep };
  expect(parseLog({ ...(aLogInput() as JsonObject), error: deep }).error?.message).toContain('"message":"x"');
});
