/** The look-up of a key within a time that a caller can wait, whatever state the database is in. */
import { setTimeout as sleep } from 'node:timers/promises';
import { classifyDatabaseError } from '#server/db/databaseError';
import type { Queryable } from '#server/db/sql';
import { AppError } from '#server/errors';
import { type StoredApiKey, findKeyByHash } from './repository.ts';

/** Two attempts fit in: one on a connection that turns out to be dead, one on a new one. */
const ANSWER_MS = 2_500;

/** Finds the key of a call within a time that the caller can wait. */
export class KeyLookUp {
  readonly #db: Queryable;

  /** @param db connections that are used for nothing else. */
  constructor(db: Queryable) {
    this.#db = db;
  }

  /** @throws {AppError} `database_unavailable` when we could not look. */
  async find(keyHash: Buffer): Promise<StoredApiKey | null> {
    const giveUp = new AbortController();
    const tooLate = sleep(ANSWER_MS, undefined, { signal: giveUp.signal }).then(() => {
      throw new Error(`The key was not found within ${ANSWER_MS} ms.`);
    });
    tooLate.catch(() => {}); // Of no interest when the look-up came first.
    try {
      return await Promise.race([this.#findTwice(keyHash, giveUp.signal), tooLate]);
    } catch (error) {
      throw unavailable(error);
    } finally {
      giveUp.abort();
    }
  }

  async #findTwice(keyHash: Buffer, givenUp: AbortSignal): Promise<StoredApiKey | null> {
    try {
      return await findKeyByHash(this.#db, keyHash);
    } catch (error) {
      if (givenUp.aborted || classifyDatabaseError(error) !== 'unavailable') throw error;
      return findKeyByHash(this.#db, keyHash);
    }
  }
}

/** A statement that is wrong is a fault of ours; anything else means that the database cannot be asked now. */
function unavailable(error: unknown): unknown {
  if (classifyDatabaseError(error) === 'internal') return error;
  return new AppError('database_unavailable', 'The API key could not be looked up; try again in a moment.', {
    cause: error,
  });
}
