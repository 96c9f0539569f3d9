import type { DataSource } from 'typeorm';
import type { OrgScope } from '#server/auth/orgScope';
import { ADVISORY_LOCKS, type Queryable } from './sql.ts';

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

const ROLLUPS = ADVISORY_LOCKS.rollups;

/**
 * Until the transaction ends nobody else changes the rollups of this organization, nor what they have yet to count. Statements
 * that change them come after it, so that they see all that was changed before.
 */
export async function holdRollups(tx: Queryable, scope: OrgScope): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(${ROLLUPS}, hashtext($1))`, [scope.org_id]);
}
