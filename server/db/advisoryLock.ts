import type { DataSource } from 'typeorm';
import type { Queryable } from './sql.ts';

/** Runs `work` while no other process holds the lock of that number. */
export async function withAdvisoryLock<Result>(
  db: DataSource,
  lock: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const runner = db.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [lock]);
    try {
      return await work();
    } finally {
      // Where the connection is gone the lock is too; the failure of `work` is the one to tell of.
      await runner.query('SELECT pg_advisory_unlock($1)', [lock]).catch(() => {});
    }
  } finally {
    await runner.release();
  }
}

/** Waits for the lock of that number, and holds it until the transaction ends. */
export async function lockInTransaction(transaction: Queryable, lock: number): Promise<void> {
  await transaction.query('SELECT pg_advisory_xact_lock($1)', [lock]);
}
