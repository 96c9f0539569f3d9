import type { IncomingMessage } from 'node:http';
import { AppError } from '#server/errors';
import { createLogger } from '#server/log';
import { FailureLog } from './failureLog.ts';
import { Readiness } from './readiness.ts';

const req = { method: 'GET' } as IncomingMessage; // All that is read of it.

const lines: { msg: string; refused?: number; request_ids?: string[]; more?: number }[] = [];
const logged = () =>
  new FailureLog(createLogger('warn', { write: (line) => lines.push(JSON.parse(line)) }), () => '::1');

beforeEach(() => {
  lines.length = 0;
  jest.useFakeTimers();
});
afterEach(() => jest.useRealTimers());

test('names the first twenty of the calls refused within a second, and says how many more there were', () => {
  const failures = logged();
  const refuse = (number: number) => {
    for (let at = 0; at < number; at++) {
      failures.add({ request_id: `req_${at}`, req }, new AppError('overloaded', 'Full.'), null);
    }
  };
  refuse(901);
  jest.advanceTimersByTime(1_000);
  refuse(3);
  jest.advanceTimersByTime(1_000);
  expect(lines.map(({ msg }) => msg)).toEqual([
    'request refused',
    'requests refused',
    'request refused',
    'requests refused',
  ]);
  expect(lines[1]).toMatchObject({ refused: 900, more: 880 });
  expect(lines[1]?.request_ids).toHaveLength(20);
  expect(lines[3]).toMatchObject({ refused: 2, request_ids: ['req_1', 'req_2'], more: 0 });
});

test('a probe that is told of a start or a stop is no refused request; a call that comes too early is one', () => {
  const failures = logged();
  const readiness = new Readiness();
  const add = (check: () => void) => {
    try {
      check();
    } catch (error) {
      if (error instanceof AppError) failures.add({ request_id: 'req_1', req }, error, error);
    }
  };
  add(() => readiness.requireReady());
  readiness.startDraining();
  add(() => readiness.requireReady());
  expect(lines).toEqual([]);
  add(() => new Readiness().requireStarted());
  expect(lines).toMatchObject([{ msg: 'request refused', code: 'database_unavailable' }]);
});
