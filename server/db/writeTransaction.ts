/** Several statements that are one: rows that take the place of others are gone and there at the same moment. */
import type pg from 'pg';
import type { EncodedRow } from './binaryRowEncoder.ts';
import { ensurePrepared, type InsertStatement, insertRowsOn, type KnownRows } from './insertRows.ts';
import { type Queryable, queryableOf } from './sql.ts';
import { inTransaction } from './transaction.ts';

export interface WriteTransaction extends Queryable {
  /** As `insertRows`, within the transaction. */
  insert(statement: InsertStatement, rows: readonly EncodedRow[]): Promise<KnownRows>;
}

/** A pool whose connections run one statement, or a transaction. */
export interface WriteTransactions extends Queryable {
  /** Resolves when what `work` did is committed; what it throws undoes all of it. */
  transaction<Result>(work: (tx: WriteTransaction) => Promise<Result>): Promise<Result>;
}

export interface WriteTransactionOptions {
  /** All that `insert` is asked for. */
  readonly statements: readonly InsertStatement[];
  /** Throws where the commit must not be acknowledged. */
  readonly afterCommit: () => void;
}

/** Transactions that store batches, by the connections of a pool. */
export function writeTransactionsOf(
  pool: pg.Pool,
  { statements, afterCommit }: WriteTransactionOptions,
): WriteTransactions {
  const prepare = async (client: pg.PoolClient) => {
    for (const statement of statements) await ensurePrepared(client, statement);
  };
  return {
    ...queryableOf(pool),
    async transaction(work) {
      const run = (client: pg.PoolClient) =>
        work({
          query: async (sql, parameters) => (await client.query(sql, parameters)).rows,
          insert: (statement, rows) => insertRowsOn(client, statement, rows),
        });
      const result = await inTransaction(pool, run, prepare);
      afterCommit();
      return result;
    },
  };
}
