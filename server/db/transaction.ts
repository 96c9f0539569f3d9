/** A transaction on a connection of its own, for all pools. */
import type pg from 'pg';

/**
 * Runs `work` in a transaction; what it throws undoes all of it. A connection whose transaction could not be undone is closed.
 * `prepare`: what the connection needs before the transaction begins, and keeps when it is undone.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
  prepare?: (client: pg.PoolClient) => Promise<void>,
): Promise<Result> {
  const client = await pool.connect();
  let isReusable = false;
  try {
    await prepare?.(client);
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    isReusable = true;
    return result;
  } catch (error) {
    isReusable = await canRollBack(client);
    throw error;
  } finally {
    client.release(!isReusable);
  }
}

function canRollBack(client: pg.PoolClient): Promise<boolean> {
  return client.query('ROLLBACK').then(
    () => true,
    () => false,
  );
}
