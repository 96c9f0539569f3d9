import { type Logger, pino } from 'pino';

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
    message: error.message,
    code: 'code' in error ? error.code : undefined,
    stack: error.stack,
    cause: error.cause instanceof Error ? error.cause.message : undefined,
  };
}
