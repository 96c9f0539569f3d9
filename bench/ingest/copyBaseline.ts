/**
 * The fastest way into Postgres: COPY of rows that were written out before, into the same tables with the same indexes.
 * The rows are what the product itself stored, under another organization so that no key meets another.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import copyStreams from 'pg-copy-streams';
import { cpuSeconds } from '#tests/support/processStats';
import { newId } from '../../server/ids.ts';

const TABLES = ['requests', 'request_payloads'] as const;

/** Rows in COPY text format, of both tables in the same order, split around the organization. */
export interface CopyRows {
  readonly columns: Readonly<Record<(typeof TABLES)[number], string>>;
  readonly lines: Readonly<Record<(typeof TABLES)[number], readonly string[]>>;
}

/** Columns that are written, with `org_id` first. */
async function listColumns(client: pg.Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ column_name: string }>(
    `SELECT column_name FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER' AND is_identity = 'NO'
     ORDER BY column_name <> 'org_id', ordinal_position`,
    [table],
  );
  return rows.map((row) => row.column_name);
}

/** Writes `count` rows of what was stored since `since` out as COPY text, without their organization. */
export async function exportRows(client: pg.Client, count: number, since: Date): Promise<CopyRows> {
  const after = uuidAt(since);
  const columns = { requests: '', request_payloads: '' };
  const lines: Record<(typeof TABLES)[number], string[]> = { requests: [], request_payloads: [] };
  for (const table of TABLES) {
    const [, ...names] = await listColumns(client, table);
    columns[table] = ['org_id', ...names].join(', ');
    const stream = client.query(
      copyStreams.to(
        `COPY (SELECT ${names.join(', ')} FROM ${table} WHERE id >= '${after}' ORDER BY id LIMIT ${count}) TO STDOUT`,
      ),
    );
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer); // A stream of bytes.
    lines[table] = Buffer.concat(chunks).toString().split('\n').slice(0, -1);
  }
  return { columns, lines };
}

/** The least UUIDv7 of a time: ids of a load are of the time when it was sent. */
function uuidAt(time: Date): string {
  const hex = time.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

export interface CopyFigures {
  readonly rowsPerSecond: number;
  /** Microseconds of CPU of the backend for a row. */
  readonly rowCpu: number;
}

/**
 * Stores the rows under a new organization; the COPY alone is measured. One transaction holds `rowsPerCommit` rows: all of
 * them is the lowest cost possible, 100 is what a batch of 100 would be.
 */
export async function measureCopy(client: pg.Client, rows: CopyRows, rowsPerCommit: number): Promise<CopyFigures> {
  const org_id = newId();
  await client.query('INSERT INTO organizations (id, name) VALUES ($1, $2)', [org_id, 'COPY']);
  const total = rows.lines.requests.length;
  const chunks = [];
  for (let from = 0; from < total; from += rowsPerCommit) {
    chunks.push(TABLES.map((table) => toText(org_id, rows.lines[table].slice(from, from + rowsPerCommit))));
  }
  await client.query('CHECKPOINT');
  const { rows: backends } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const backend = backends[0]?.pid ?? 0;
  const cpuBefore = cpuSeconds(backend);
  const startedAt = performance.now();
  for (const texts of chunks) {
    await client.query('BEGIN');
    for (const [place, table] of TABLES.entries()) {
      const stream = client.query(copyStreams.from(`COPY ${table} (${rows.columns[table]}) FROM STDIN`));
      await pipeline(Readable.from(texts[place] ?? []), stream);
    }
    await client.query('COMMIT');
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  return { rowsPerSecond: total / seconds, rowCpu: ((cpuSeconds(backend) - cpuBefore) / total) * 1e6 };
}

/** In pieces of 64 kB, as a client would write them. */
function toText(org_id: string, lines: readonly string[]): Buffer[] {
  const bytes = Buffer.from(lines.map((line) => `${org_id}\t${line}\n`).join(''));
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 65_536) pieces.push(bytes.subarray(at, at + 65_536));
  return pieces;
}
