/** What a failure of Postgres means to us, told from its SQLSTATE (PostgreSQL manual, appendix A). Pure. */
import { isNativeError } from 'node:util/types';
import { AppError } from '#server/errors';

/**
 * - `row`: a value of the row cannot be stored, whoever sends it again;
 * - `conflict`: two concurrent transactions collided; the same statement may succeed at once;
 * - `timeout`: we gave up on the statement; it was rolled back;
 * - `full`: the disk, the memory or the connections ran out;
 * - `away`: there is no database to talk to now;
 * - `bug`: a statement of ours is wrong.
 */
export type DatabaseFailure = 'row' | 'conflict' | 'timeout' | 'resources_exhausted' | 'unavailable' | 'internal';

/** What sockets of the database fail with while they are used. */
const NETWORK_CODES = new Set([
  'SILENT_CONNECTION',
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'ENOBUFS',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPROTO', // TLS
]);

/**
 * Only the database is connected to while a call is served, so whatever the system says about opening a socket or
 * finding its host is the database's: no descriptors or ports left, no socket file, a name that does not resolve.
 */
const OPENING = /^(connect|getaddrinfo|query[A-Z]\w*)$/;

/** Texts of node-postgres for what has no code (pg 8, pg-pool 3). */
const AWAY_MESSAGE =
  /timeout exceeded when trying to connect|timeout expired|Connection terminated|Client has encountered a connection error|Client was closed|Query read timeout|Cannot use a pool after calling end|the database system is|server closed the connection|not yet established|Driver not Connected|SSL connection/i;

/** Null where the error is none of the database's. */
export function classifyDatabaseError(error: unknown): DatabaseFailure | null {
  // Not `instanceof`: what the sockets of Node throw is, in a test's own world, an Error of another one.
  if (!isNativeError(error)) return null;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (NETWORK_CODES.has(code) || /^(EAI|ERR_TLS|ERR_SSL)_/.test(code)) return 'unavailable';
  if ('syscall' in error && typeof error.syscall === 'string' && OPENING.test(error.syscall)) return 'unavailable';
  // Each has a digit, which codes of the system such as EPERM have not.
  if (/^(?=.*\d)[0-9A-Z]{5}$/.test(code)) return classifySqlState(code);
  if (AWAY_MESSAGE.test(error.message)) return 'unavailable';
  if ('errors' in error && Array.isArray(error.errors)) return classifyDatabaseError(error.errors[0]);
  return classifyDatabaseError('driverError' in error ? error.driverError : error.cause);
}

function classifySqlState(state: string): DatabaseFailure {
  switch (state.slice(0, 2)) {
    case '22': // data exception
    case '23': // integrity constraint violation
    case '54': // program limit exceeded
      return 'row';
    case '40': // serialization failure, deadlock
      return 'conflict';
    case '53': // insufficient resources
      return 'resources_exhausted';
    case '55': // lock not available
      return 'timeout';
    case '57': // operator intervention: 57014 is our own time limit, the rest is a shutdown
      return state === '57014' ? 'timeout' : 'unavailable';
    case '08': // connection
    case '25': // a replica that does not write (after a failover)
    case '28': // authentication: an operator is changing it
    case '3D': // no such database: it is being restored
    case '58': // system error
    case 'XX':
      return 'unavailable';
    default:
      return 'internal';
  }
}

/** The answer to a failed read or write, or null where the error is none of the database's. */
export function toDatabaseAppError(error: unknown): AppError | null {
  switch (classifyDatabaseError(error)) {
    case null:
    case 'internal':
      return null;
    case 'row':
      return new AppError('unstorable', 'The database cannot store this value.', { cause: error });
    case 'conflict':
      return new AppError('overloaded', 'Two writes met; send it again.', { cause: error, retryAfter: 1 });
    case 'timeout':
      return new AppError('query_timeout', 'The database took too long; narrow the time range or try again.', {
        cause: error,
      });
    case 'resources_exhausted':
      return new AppError('database_unavailable', 'The database is out of space or connections; try again later.', {
        cause: error,
        retryAfter: 30,
      });
    case 'unavailable':
      return new AppError('database_unavailable', 'The database cannot be reached; try again in a moment.', {
        cause: error,
      });
  }
}
