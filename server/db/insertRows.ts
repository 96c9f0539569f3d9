/**
 * Sends rows to a statement that stores them, over a connection of the write pool. The messages of a batch are written
 * into one piece of memory that the connection keeps (PostgreSQL manual, 54.7: Bind, Execute, Sync): through the
 * parameters of node-postgres the rows would be copied three times, and the garbage of that costs more than the copies.
 */
import pg from 'pg';
import { z } from 'zod';
import type { EncodedRow, BinaryRowEncoder } from './binaryRowEncoder.ts';

/**
 * The rows that were there already, by key; a `conflict` differs from what is stored. `unseen`: another server stored it while
 * the statement ran, which waited for it and could not read it.
 */
export type KnownRows = ReadonlyMap<string, 'duplicate' | 'conflict' | 'unseen'>;

export interface InsertStatement {
  /** The name of the prepared statement on each connection: an SQL identifier. */
  readonly name: string;
  /** The type of the rows in `$1`. */
  readonly type: Pick<BinaryRowEncoder<{ id: string }>, 'name' | 'createSql' | 'arrayBytes' | 'writeArray'>;
  /** Stores the rows in one transaction, and answers those that were there already: `key`, and whether it `differs`. */
  readonly sql: string;
}

/** What the session of a connection knows about a statement. */
export interface Prepared {
  readonly oid: number;
  /** Free again as soon as the answer is there. */
  buffer: Buffer;
}

const sessions = new WeakMap<pg.PoolClient, Map<string, Prepared>>();

/** Runs the statement. Returns the rows that were there already; the others are new, and committed. */
export async function insertRows(
  pool: pg.Pool,
  statement: InsertStatement,
  rows: readonly EncodedRow[],
): Promise<KnownRows> {
  const client = await pool.connect();
  let isReusable = false;
  try {
    const known = await insertRowsOn(client, statement, rows);
    isReusable = true;
    return known;
  } catch (error) {
    // A row that was refused leaves the connection as good as it was.
    isReusable = error instanceof pg.DatabaseError && error.severity === 'ERROR';
    throw error;
  } finally {
    client.release(!isReusable);
  }
}

/** The same on a connection that is held already, and within its transaction where it has one (`ensurePrepared` before it). */
export async function insertRowsOn(
  client: pg.PoolClient,
  statement: InsertStatement,
  rows: readonly EncodedRow[],
): Promise<KnownRows> {
  return exchange(client, writeMessages(await ensurePrepared(client, statement), statement, rows));
}

/** Outside of a transaction: one that is undone would take the type of the rows with it. */
export async function ensurePrepared(client: pg.PoolClient, statement: InsertStatement): Promise<Prepared> {
  return sessions.get(client)?.get(statement.name) ?? (await prepare(client, statement));
}

async function prepare(client: pg.PoolClient, { name, type, sql }: InsertStatement): Promise<Prepared> {
  const results: unknown = await client.query(
    `${type.createSql}; PREPARE ${name} (${type.name}[]) AS ${sql}; SELECT '${type.name}'::regtype::oid AS oid`,
  );
  const [, , { rows }] = PrepareResults.parse(results);
  const prepared: Prepared = { oid: rows[0].oid, buffer: Buffer.alloc(0) };
  const session = sessions.get(client) ?? new Map<string, Prepared>();
  sessions.set(client, session.set(name, prepared));
  return prepared;
}

const PrepareResults = z.tuple([
  z.unknown(),
  z.unknown(),
  z.object({ rows: z.tuple([z.object({ oid: z.number() })]) }),
]);

const SEND_BYTES = 1024 * 1024;
/** The unnamed portal, without a limit of rows. */
const EXECUTE_AND_SYNC = Buffer.from([0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0x53, 0, 0, 0, 4]);

function writeMessages(prepared: Prepared, { name, type }: InsertStatement, rows: readonly EncodedRow[]): Buffer {
  const arrayBytes = type.arrayBytes(rows);
  const bindBytes = 4 + 1 + (name.length + 1) + 4 + 2 + (4 + arrayBytes) + 2;
  const size = 1 + bindBytes + EXECUTE_AND_SYNC.length;
  let buffer = prepared.buffer;
  if (buffer.length < size) {
    buffer = Buffer.allocUnsafeSlow(Math.max(size, SEND_BYTES));
    // A batch of ordinary size needs no more; what is larger is let go of.
    if (buffer.length <= 2 * SEND_BYTES) prepared.buffer = buffer;
  }
  let at = 0;
  at = buffer.writeUInt8(0x42, at);
  at = buffer.writeInt32BE(bindBytes, at);
  at = buffer.writeUInt8(0, at); // The unnamed portal.
  at += buffer.write(`${name}\0`, at, 'latin1');
  at = buffer.writeInt16BE(1, at);
  at = buffer.writeInt16BE(1, at); // All parameters are binary.
  at = buffer.writeInt16BE(1, at);
  at = buffer.writeInt32BE(arrayBytes, at);
  at = type.writeArray(buffer, at, rows, prepared.oid);
  at = buffer.writeInt16BE(0, at); // All results are text.
  at += EXECUTE_AND_SYNC.copy(buffer, at);
  return buffer.subarray(0, at);
}

function exchange(client: pg.PoolClient, message: Buffer): Promise<KnownRows> {
  return new Promise((resolve, reject) => {
    client.query(
      new ExtendedQuery(message, (error, known) => {
        if (error) reject(error);
        else resolve(known);
      }),
    );
  });
}

/** Verdicts by the value of the column `differs`. */
const VERDICTS: ReadonlyMap<string | null, 'conflict' | 'unseen'> = new Map([
  ['t', 'conflict'],
  [null, 'unseen'],
]);

/** What node-postgres calls while these messages are answered. */
class ExtendedQuery implements pg.Submittable {
  readonly #message: Buffer;
  readonly #known = new Map<string, 'duplicate' | 'conflict' | 'unseen'>();
  /** node-postgres puts its time limit around it. */
  callback: (error: Error | null) => void;

  constructor(message: Buffer, callback: (error: Error | null, known: KnownRows) => void) {
    this.#message = message;
    this.callback = (error) => callback(error, this.#known);
  }

  submit(connection: pg.Connection): void {
    connection.stream.write(this.#message);
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    const [key, differs] = fields;
    if (typeof key === 'string') this.#known.set(key, VERDICTS.get(differs ?? null) ?? 'duplicate');
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  handleReadyForQuery(): void {
    this.callback(null);
  }

  handleRowDescription(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
}
