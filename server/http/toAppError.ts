import { $ZodError } from 'zod/v4/core';
import { toDatabaseAppError } from '#server/db/databaseError';
import { AppError } from '#server/errors';

/** Any failure as an AppError. What we do not know becomes `internal`, and its text goes to the log only. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const database = toDatabaseAppError(error);
  if (database) return database;
  if (isOutOfDescriptors(error)) {
    return new AppError('overloaded', 'The server has no file descriptors left; try again in a moment.', {
      cause: error,
    });
  }
  // A ZodError here is an answer of ours that breaks the contract, not an input of theirs.
  const message =
    error instanceof $ZodError
      ? 'The server made an answer that breaks its own contract.'
      : 'The server failed; the request id is in its log.';
  return new AppError('internal', message, { cause: error });
}

function isOutOfDescriptors(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE');
}
