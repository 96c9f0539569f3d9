/** Compares what was acknowledged with what is stored. */
import pg from 'pg';
import { OrgId } from '#shared/primitives';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { findRollupDifferences } from '#server/rollups/repository';
import { type Workload, hashContent } from './workload.ts';

export interface Audit {
  readonly acked: number;
  readonly stored: number;
  /** Acknowledged and not stored. */
  readonly lost: number;
  /** Rows beyond the first of an id. */
  readonly duplicates: number;
  /** Stored with other content than was sent. */
  readonly altered: number;
  /** Stored and never sent. */
  readonly foreign: number;
  /** Rows that the rollups neither count nor have yet to count, or that are counted twice. */
  readonly miscounted: number;
  /** Sums of any rollup, as `npm run check-rollups` compares them, that are not those of the rows. */
  readonly differences: number;
}

/** Reads the whole tables, not their indexes: a second row that the index does not know would show. */
export async function auditDatabase(databaseUrl: string, drivers: readonly Workload[]): Promise<Audit> {
  // Taken before the rows are read: what is acknowledged while we read would seem lost.
  const acked = drivers.flatMap((workload) => [...workload.acked.keys()]);
  const client = new pg.Client({
    connectionString: databaseUrl,
    options: '-c enable_indexscan=off -c enable_indexonlyscan=off -c enable_bitmapscan=off',
  });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string; model: string; messages: []; response_content: string }>(
      'SELECT id, model, messages, response_content FROM requests LEFT JOIN request_payloads USING (org_id, id)',
    );
    const sums = await client.query<{ counted: string }>(
      `SELECT (SELECT coalesce(sum(requests), 0) FROM request_hours)
         + (SELECT coalesce(sum(cardinality(ids)), 0) FROM unsummed_requests) AS counted`,
    );
    const hashes = new Map(rows.map((row) => [row.id, hashContent(row)]));
    const sent = new Map(drivers.flatMap((workload) => [...workload.sent]));
    const differences = await countDifferences(databaseUrl);
    return {
      acked: acked.length,
      stored: rows.length,
      lost: acked.filter((id) => !hashes.has(id)).length,
      duplicates: rows.length - hashes.size,
      altered: [...hashes].filter(([id, hash]) => sent.has(id) && sent.get(id) !== hash).length,
      foreign: [...hashes.keys()].filter((id) => !sent.has(id)).length,
      miscounted: Math.abs(Number(sums.rows[0]?.counted) - rows.length),
      differences,
    };
  } finally {
    await client.end();
  }
}

/** What `npm run check-rollups` would report of all organizations. */
async function countDifferences(databaseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const db = { query: async (sql: string, parameters?: unknown[]) => (await client.query(sql, parameters)).rows };
    const { rows } = await client.query<{ id: string }>('SELECT id FROM organizations');
    let count = 0;
    for (const { id } of rows) {
      const scope = scopeForAdmin(serverAdminScope(), OrgId.parse(id));
      count += (await findRollupDifferences(db, scope)).length;
    }
    return count;
  } finally {
    await client.end();
  }
}

/** What of an audit breaks our promise, as sentences. */
export function findBreaches(audit: Audit): string[] {
  const { lost, duplicates, altered, foreign, miscounted, differences } = audit;
  return Object.entries({ lost, duplicates, altered, foreign, miscounted, differences })
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${what}`);
}
