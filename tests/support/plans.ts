/** What Postgres did for a statement: its plan as it was carried out, and whose rows that touched. */
import { z } from 'zod';
import type { OrgScope } from '#server/auth/orgScope';
import { type Queryable, queryRows } from '#server/db/sql';

/** A read of a repository. */
export type Read = (db: Queryable, scope: OrgScope) => Promise<unknown>;

/** A step of a plan, with the names that Postgres gives it; rows are per loop. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Answers the plans of what a read asks, as they were carried out; the read itself gets no rows. */
export async function plansOf(db: Queryable, scope: OrgScope, read: Read): Promise<PlanNode[]> {
  const plans: PlanNode[] = [];
  const explaining: Queryable = {
    async query(sql, parameters) {
      const rows = (await db.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`, parameters)) as {
        'QUERY PLAN': { Plan: PlanNode }[];
      }[];
      plans.push(...rows.flatMap((row) => row['QUERY PLAN'].map(({ Plan }) => Plan)));
      return [];
    },
  };
  await read(explaining, scope).catch(() => {}); // An aggregate misses its row.
  return plans;
}

/** A plan's node and all below it. */
export function nodesOf(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

/**
 * Tables whose rows belong to organizations, but for four: a key is found by its hash, before anybody knows whose it is; and
 * what is to be done next, a job, what is not summed yet or waits too long, is looked for among that of all.
 */
export async function listTenantTables(db: Queryable): Promise<ReadonlySet<string>> {
  const rows = await queryRows(
    db,
    z.object({ name: z.string() }),
    `SELECT table_name AS name FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name = 'org_id' AND table_name NOT IN ('api_keys', 'jobs', 'unsummed_requests', 'otlp_waiting')`,
  );
  return new Set(rows.map(({ name }) => name));
}

/** A node of a plan that reads a table, or an index of it. */
interface Scan {
  readonly node: PlanNode;
  readonly table: string;
  /** Rows, or entries of the index, that it touched. */
  readonly touched: number;
}

function scansOf(node: PlanNode, bitmapOf?: string): Scan[] {
  const table = node['Relation Name'] ?? (node['Node Type'] === 'Bitmap Index Scan' ? bitmapOf : undefined);
  const touched =
    ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0) + recheckedOf(node)) *
    (node['Actual Loops'] ?? 1);
  const below = (node.Plans ?? []).flatMap((child) => scansOf(child, node['Relation Name'] ?? bitmapOf));
  const isScan = table !== undefined && node['Node Type'].endsWith('Scan');
  return isScan ? [{ node, table, touched }, ...below] : below;
}

function recheckedOf(node: PlanNode): number {
  return node['Rows Removed by Index Recheck'] ?? 0;
}

/** Rows that a plan touched, of any table: those that it read in vain too. */
export function countTouched(plan: PlanNode): number {
  return scansOf(plan).reduce((sum, { touched }) => sum + touched, 0);
}

/** How many rows the scan touched that touched most. */
export function countMostTouched(plan: PlanNode): number {
  return Math.max(0, ...scansOf(plan).map(({ touched }) => touched));
}

/** A bitmap that outgrew its memory keeps pages, not rows: on each there may be rows of others, which are looked at and left. */
const MOST_RECHECKED = 1_000;

/**
 * The scans of tenant tables that read rows of other organizations, or may: those of a whole table, those that no index
 * binds to one organization, and bitmaps that left more than MOST_RECHECKED rows.
 */
export function findForeignScans(plan: PlanNode, tenantTables: ReadonlySet<string>): string[] {
  return scansOf(plan).flatMap(({ node, table, touched }): string[] => {
    if (!tenantTables.has(table)) return [];
    const type = node['Node Type'];
    const rows = Math.round(touched).toLocaleString('en');
    switch (type) {
      case 'Index Scan':
      case 'Index Only Scan':
      case 'Bitmap Index Scan':
        return (node['Index Cond']?.includes('(org_id =') ?? false)
          ? []
          : [`${type} on ${table} by ${node['Index Cond'] ?? 'nothing'}: ${rows} rows`];
      case 'Bitmap Heap Scan':
        return recheckedOf(node) > MOST_RECHECKED ? [`${type} on ${table}: ${recheckedOf(node)} rows in vain`] : [];
      default:
        return [`${type} on ${table}: ${rows} rows`];
    }
  });
}
