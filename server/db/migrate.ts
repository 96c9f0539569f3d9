import { z } from 'zod';
import { withAdvisoryLock } from './advisoryLock.ts';
import { DatabaseRefusedError, requireOneNode } from './databaseRefusal.ts';
import { createDataSource } from './dataSource.ts';
import { migrations } from './migrations/index.ts';
import { ADVISORY_LOCKS, type Queryable, queryRows } from './sql.ts';

/**
 * Brings the schema up to date. Several processes that start together take turns under an advisory lock; each
 * migration is one transaction, so that a crash in the middle leaves the schema as it was before it.
 * @returns the names of the migrations that ran.
 * @throws {DatabaseRefusedError} when Citus has distributed our tables, or a newer PromptLab has changed the schema to one that we do not know.
 */
export async function migrate(url: string): Promise<string[]> {
  // An own data source without time limits: building an index over a million rows may take minutes.
  const db = createDataSource(url, { statementMs: 0 });
  await db.initialize();
  try {
    const ran = await withAdvisoryLock(db, ADVISORY_LOCKS.migrate, async () => {
      await requireOneNode(db);
      await requireKnownSchema(db);
      return db.runMigrations();
    });
    return ran.map((migration) => migration.name);
  } finally {
    await db.destroy();
  }
}

async function requireKnownSchema(db: Queryable): Promise<void> {
  const [table] = await queryRows(
    db,
    z.object({ is_there: z.boolean() }),
    "SELECT to_regclass('migrations') IS NOT NULL AS is_there",
  );
  if (!table?.is_there) return;
  const ran = await queryRows(db, z.object({ name: z.string() }), 'SELECT name FROM migrations ORDER BY timestamp');
  const known = new Set(migrations.map((migration) => migration.name));
  const unknown = ran.find(({ name }) => !known.has(name));
  if (unknown) {
    throw new DatabaseRefusedError(
      `The database was used by a newer PromptLab, whose schema this one does not know (${unknown.name}): start that version, or a newer one.`,
    );
  }
}
