/** Small helpers around SQL that several repositories share. */
import type pg from 'pg';
import { z } from 'zod';
import type { ColumnTypes } from './binaryRowEncoder.ts';

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

/** Numbers of our advisory locks, in one place so that no two jobs share one. */
export const ADVISORY_LOCKS = {
  migrate: 7_305_001,
  firstStart: 7_305_002,
  traces: 7_305_003,
  rollups: 7_305_004,
} as const;
