import { z } from 'zod';
import { type Queryable, queryRows } from './sql.ts';

/** Settings without which "committed" does not mean "survives a crash" (PostgreSQL manual, 19.5). */
const REQUIRED = ['fsync', 'full_page_writes'] as const;

/** The settings of this database that would lose acknowledged rows in a crash; empty when it is safe. */
export async function findUnsafeSettings(db: Queryable): Promise<string[]> {
  const rows = await queryRows(
    db,
    z.object({ name: z.string(), setting: z.string() }),
    'SELECT name, setting FROM pg_settings WHERE name = ANY($1)',
    [REQUIRED],
  );
  return rows.filter((row) => row.setting === 'off').map((row) => `${row.name}=off`);
}
