import { classifyDatabaseError, type DatabaseFailure, toDatabaseAppError } from './databaseError.ts';

const withCode = (code: string, fields: object = {}) =>
  Object.assign(new Error('secret text of the driver'), { code, ...fields });

test.each<[DatabaseFailure, string[]]>([
  ['row', ['22001', '22003', '22021', '22P02', '22P05', '23502', '23503', '23505', '23514', '54000', '54001']],
  ['conflict', ['40001', '40P01']],
  ['timeout', ['57014', '55P03']],
  ['resources_exhausted', ['53100', '53200', '53300']],
  [
    'unavailable',
    [
      '57P01',
      '57P02',
      '57P03',
      '08000',
      '08006',
      '25006',
      '28P01',
      '3D000',
      '58030',
      'XX000',
      'ECONNREFUSED',
      'ECONNRESET',
      'EPIPE',
      'ETIMEDOUT',
      'EAI_AGAIN',
      'ENOTFOUND',
      'EAI_FAIL',
      'EADDRNOTAVAIL',
      'SILENT_CONNECTION',
    ],
  ],
  ['internal', ['42P01', '42703', '42601', '0A000']],
])('%s: %j', (failure, codes) => {
  for (const code of codes) expect([code, classifyDatabaseError(withCode(code))]).toEqual([code, failure]);
});

test.each([
  'timeout exceeded when trying to connect',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'Query read timeout',
  'timeout expired',
  'The server does not support SSL connections',
  'Driver not Connected',
  'Cannot use a pool after calling end on the pool',
])('"%s" of node-postgres means that it is away', (message) => {
  expect(classifyDatabaseError(new Error(message))).toBe('unavailable');
});

test.each<[string, unknown]>([
  ['an error of TypeORM around it', Object.assign(new Error('x'), { driverError: withCode('57P01') })],
  ['an error whose cause it is', new Error('x', { cause: withCode('ECONNREFUSED') })],
  ['the several addresses of one host', new AggregateError([withCode('ECONNREFUSED')], '')],
  ['a socket file that is not there', withCode('ENOENT', { syscall: 'connect' })],
  ['a socket for which no descriptor is left', withCode('EMFILE', { syscall: 'connect' })],
  ['a socket that a firewall forbids', withCode('EPERM', { syscall: 'connect' })],
  ['a name for whose resolution no descriptor is left', withCode('ENFILE', { syscall: 'getaddrinfo' })],
])('%s is looked into', (_, error) => {
  expect(classifyDatabaseError(error)).toBe('unavailable');
});

test.each<[string, unknown]>([
  ['a plain error', new Error('boom')],
  ['a TypeError', new TypeError("Cannot read properties of undefined (reading 'x')")],
  ['a file that is not there', withCode('ENOENT', { syscall: 'open' })],
  ['a file for which no descriptor is left', withCode('EMFILE', { syscall: 'open' })],
  ['a file that may not be read', withCode('EPERM', { syscall: 'open' })],
  ['a code that is no SQLSTATE', withCode('ERR_INVALID_ARG_TYPE')],
  ['no error at all', 'boom'],
  ['nothing', undefined],
])('%s is none of the database', (_, error) => {
  expect(classifyDatabaseError(error)).toBeNull();
  expect(toDatabaseAppError(error)).toBeNull();
});

test.each<[string, string, number, readonly (number | null)[]]>([
  ['22P05', 'unstorable', 400, [null]],
  ['40P01', 'overloaded', 503, [1]],
  ['57014', 'query_timeout', 503, [1, 2, 3]],
  ['53100', 'database_unavailable', 503, [30]],
  ['ECONNREFUSED', 'database_unavailable', 503, [1, 2, 3]],
])('%s is answered with %s, %i, in our words', (code, ours, status, retries) => {
  const answer = toDatabaseAppError(withCode(code));
  expect(answer).toMatchObject({ code: ours, status });
  expect(retries).toContain(answer?.retryAfter);
  expect(answer?.message).not.toContain('secret');
});

test('a statement of ours that is wrong is a bug of ours, and not said to be the database', () => {
  expect(toDatabaseAppError(withCode('42P01'))).toBeNull();
});
