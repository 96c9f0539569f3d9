import type { JsonObject } from '#shared/primitives';
import { aLogInput, aSpanInput } from '#tests/support/factories';
import { parseLog } from './parseLog.ts';
import { parseSpan } from './parseSpan.ts';

test.each([
  ['SUCCESS', 'success'],
  ['ok', 'success'],
  ['Completed', 'success'],
  ['failed', 'error'],
  ['FAILURE', 'error'],
  ['timeout', 'error'],
  ['cancelled', 'aborted'],
  ['incomplete', 'incomplete'],
])('%s means %s', (status, expected) => {
  expect(parseLog({ ...(aLogInput() as JsonObject), status }).status).toBe(expected);
});

test('a word that may mean anything is refused, and a span takes what a span knows', () => {
  for (const status of ['fine', 'constructor', 200]) {
    expect(() => parseLog({ ...(aLogInput() as JsonObject), status })).toThrow(/must be one of/);
  }
  expect(parseSpan({ ...(aSpanInput() as JsonObject), status: 'Failed' }).status).toBe('error');
  expect(() => parseSpan({ ...(aSpanInput() as JsonObject), status: 'cancelled' })).toThrow(/must be one of/);
});
