import { type Logger, pino } from 'pino';
import { classifyDatabaseError } from '#server/db/databaseError';

export type { Logger };

/** The process log: JSON lines with ids and numbers, never keys or payloads. The list below redacts what should not be there. */
export function createLogger(level: string, destination?: { write(line: string): void }): Logger {
  const options = {
    level,
    base: null,
    redact: {
      paths: ['*.authorization', '*.key', '*.password', '*.messages', '*.response_content'],
      censor: '[redacted]',
    },
    serializers: { err: describeError },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Without `query` and `parameters`, which TypeORM puts on its errors: they hold what users wrote. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    type: error.constructor.name,
    message: messageOf(error),
    code: 'code' in error ? error.code : undefined,
    // A database that is away is no fault of the code, and said again with each try.
    stack: classifyDatabaseError(error) === 'unavailable' ? undefined : error.stack,
    cause: error.cause instanceof Error ? error.cause.message : undefined,
  };
}

/** Where all addresses of a name refused, Node says so of each, and nothing of the whole. */
function messageOf(error: Error): string {
  if (!(error instanceof AggregateError) || error.message !== '') return error.message;
  return error.errors.map((one) => (one instanceof Error ? one.message : String(one))).join('; ');
}
