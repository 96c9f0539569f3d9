/** Small helpers around SQL that several repositories share. */
import type pg from 'pg';
import { z } from 'zod';
import { AppError } from '#server/errors';
import type { ColumnTypes } from './rowType.ts';

/** What a repository needs: a DataSource, the EntityManager of a transaction, or a pool of node-postgres. Answers the rows. */
export interface Queryable {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
}

/** A pool of node-postgres, as repositories know it. */
export function queryableOf(pool: pg.Pool): Queryable {
  return { query: async (sql, parameters) => (await pool.query(sql, parameters)).rows };
}

/** Runs a query and parses each row on the way out: what SQL computes is not trusted to have the right type. */
export async function queryRows<Row>(
  db: Queryable,
  row: z.ZodType<Row>,
  sql: string,
  parameters: unknown[] = [],
): Promise<Row[]> {
  return z.array(row).parse(await db.query(sql, parameters));
}

/** Collects bound values while a statement is put together: `$1`, `$2` … */
export class Parameters {
  readonly values: unknown[] = [];

  /** Binds a value and returns its placeholder. */
  bind(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

/**
 * A condition that is true where a column differs between the rows `one` and `other`. `json` has no equality of its own:
 * it is compared as the text it is kept as.
 */
export function differsSql(columns: ColumnTypes, one: string, other: string): string {
  const row = (alias: string) =>
    Object.entries(columns).map(([name, type]) => `${alias}.${name}${type === 'json' ? '::text' : ''}`);
  return `ROW(${row(one).join(', ')}) IS DISTINCT FROM ROW(${row(other).join(', ')})`;
}

/** A place in a list ordered by `started_at`, `id`, and which way the page lies from it. */
export interface Position {
  readonly direction: 'next' | 'prev';
  readonly started_at: string;
  readonly id: string;
}

const CursorContent = z.tuple([
  z.enum(['next', 'prev']),
  // Postgres counts no year 0.
  z.iso.datetime().refine((time) => !time.startsWith('0000')),
  z.uuid(),
]);

/** A position as an opaque cursor. It names no organization: the scope of the call decides whose rows it meets. */
export function formatCursor(position: Position): string {
  return Buffer.from(JSON.stringify([position.direction, position.started_at, position.id])).toString('base64url');
}

/** @throws {AppError} `invalid_cursor` for anything we did not make. */
export function parseCursor(cursor: string): Position {
  try {
    const [direction, started_at, id] = CursorContent.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { direction, started_at, id };
  } catch (error) {
    throw new AppError('invalid_cursor', '`cursor` is not one of ours: use the cursor of the previous page as it is.', {
      param: 'cursor',
      cause: error,
    });
  }
}

/** Numbers of our advisory locks, in one place so that no two jobs share one. */
export const ADVISORY_LOCKS = { migrate: 7_305_001, firstStart: 7_305_002 } as const;
