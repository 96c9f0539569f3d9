import { withAdvisoryLock } from './advisoryLock.ts';
import { createDataSource } from './dataSource.ts';
import { ADVISORY_LOCKS } from './sql.ts';

/**
 * Brings the schema up to date. Several processes that start together take turns under an advisory lock; each
 * migration is one transaction, so that a crash in the middle leaves the schema as it was before it.
 * @returns the names of the migrations that ran.
 */
export async function migrate(url: string): Promise<string[]> {
  // An own data source without time limits: building an index over a million rows may take minutes.
  const db = createDataSource(url, { statementMs: 0 });
  await db.initialize();
  try {
    const ran = await withAdvisoryLock(db, ADVISORY_LOCKS.migrate, () => db.runMigrations());
    return ran.map((migration) => migration.name);
  } finally {
    await db.destroy();
  }
}
