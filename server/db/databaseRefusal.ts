/** Why a database will not do, in one sentence: what no waiting mends, as a wrong password does not go away by itself. */
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { referenceTables, tenantTables } from './entities.ts';
import { type Queryable, queryRows } from './sql.ts';

/** The start ends with this message. */
export class DatabaseRefusedError extends Error {}

const OLDEST_VERSION = 15;

const DatabaseFacts = z.object({
  role: z.string(),
  database: z.string(),
  version: z.number(),
  can_make_temporary: z.boolean(),
});
const MissingRight = z.object({ privilege: z.string(), table: z.string() });

/**
 * Asks a migrated database for all that the server will need of it.
 * @throws {DatabaseRefusedError} naming what it lacks.
 */
export async function requireUsableDatabase(db: DataSource): Promise<void> {
  const [facts] = await queryRows(
    db,
    DatabaseFacts,
    `SELECT current_user::text AS role, current_database()::text AS database,
       current_setting('server_version_num')::int / 10000 AS version,
       has_database_privilege(current_database(), 'TEMPORARY') AS can_make_temporary`,
  );
  if (!facts) throw new Error('SELECT answered no row.');
  const { role, database } = facts;
  if (facts.version < OLDEST_VERSION) {
    throw new DatabaseRefusedError(
      `The database is Postgres ${facts.version}, and PromptLab needs ${OLDEST_VERSION} or newer.`,
    );
  }
  if (!facts.can_make_temporary) {
    throw new DatabaseRefusedError(
      `The role "${role}" may not make temporary objects: GRANT TEMPORARY ON DATABASE "${database}" TO "${role}".`,
    );
  }
  const missing = await queryRows(
    db,
    MissingRight,
    `SELECT privilege, table_name AS table
     FROM unnest($1::text[]) AS table_name, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege
     WHERE NOT has_table_privilege(table_name, privilege) ORDER BY table_name, privilege`,
    [db.entityMetadatas.map((entity) => entity.tableName)],
  );
  const [first] = missing;
  if (first) {
    const more = missing.length > 1 ? ` (and ${missing.length - 1} more)` : '';
    throw new DatabaseRefusedError(
      `The role "${role}" lacks the right to ${first.privilege} on the table ${first.table}${more}: GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "${role}".`,
    );
  }
}

/**
 * Asks whether Citus has spread our tables over several nodes: it refuses statements that we need (docs/decisions/042).
 * Tables that a coordinator keeps to itself are as those of any Postgres.
 * @throws {DatabaseRefusedError} naming a table that is spread.
 */
export async function requireOneNode(db: Queryable): Promise<void> {
  const [citus] = await queryRows(
    db,
    z.object({ is_there: z.boolean() }),
    "SELECT to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL AS is_there",
  );
  if (!citus?.is_there) return;
  const [spread] = await queryRows(
    db,
    z.object({ table: z.string() }),
    'SELECT logicalrelid::text AS table FROM pg_dist_partition WHERE logicalrelid::text = ANY($1) ORDER BY 1 LIMIT 1',
    [[...referenceTables(), ...tenantTables()]],
  );
  if (!spread) return;
  throw new DatabaseRefusedError(
    `The table ${spread.table} is distributed by Citus, which refuses statements that PromptLab needs: undistribute its tables, or use a Postgres of its own (docs/scaling.md).`,
  );
}

/** What Postgres or its driver said, as the sentence that a start ends with; null where waiting may help. */
export function explainRefusal(error: unknown, databaseUrl: string): DatabaseRefusedError | null {
  if (error instanceof DatabaseRefusedError) return error;
  const { code, message } = causeOf(error);
  const { username, pathname } = new URL(databaseUrl);
  const explanation = explain(code, message, { role: decodeURIComponent(username), database: pathname.slice(1) });
  return explanation === null ? null : new DatabaseRefusedError(explanation, { cause: error });
}

function explain(code: string, message: string, { role, database }: { role: string; database: string }): string | null {
  switch (code) {
    case '28P01':
      return `Postgres refused the password of the role "${role}": correct DATABASE_URL.`;
    case '28000':
      return `Postgres does not let the role "${role}" in (${message}): correct DATABASE_URL, or pg_hba.conf.`;
    case '3D000':
      return `There is no database "${database}": create it, or correct DATABASE_URL.`;
    case '42501':
      return `The role "${role}" lacks a right (${message}): let it own the database "${database}", or GRANT it CREATE and TEMPORARY there and CREATE on the schema public.`;
  }
  // Texts of node-postgres, which gives these no code.
  if (/client password must be a/.test(message)) {
    return `Postgres asks for a password of the role "${role}", and DATABASE_URL holds none.`;
  }
  if (/does not support SSL/.test(message))
    return 'DATABASE_URL asks for TLS, and the Postgres there does not offer it.';
  return null;
}

/** TypeORM puts the driver's error into one of its own. */
function causeOf(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  if ('driverError' in error && error.driverError !== error) return causeOf(error.driverError);
  return { code: 'code' in error ? String(error.code) : '', message: error.message };
}
