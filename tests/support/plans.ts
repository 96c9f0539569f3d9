/** What Postgres does for a read: its plan as it was carried out. */
import type { OrgScope } from '#server/auth/orgScope';
import type { Queryable } from '#server/db/sql';

/** A read of a repository. */
export type Read = (db: Queryable, scope: OrgScope) => Promise<unknown>;

export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Answers the plan of what a read asks, as it was carried out; the read itself gets no rows. */
export async function planOf(db: Queryable, scope: OrgScope, read: Read): Promise<PlanNode[]> {
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
  return plans.flatMap(flatten);
}

function flatten(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}

/** Scans of a plan that were not bound to the organization by an index, and those that touched more than it has. */
export function findForeignScans(nodes: readonly PlanNode[], rows: number): string[] {
  return nodes.flatMap((node) => {
    const type = node['Node Type'];
    const touched =
      ((node['Actual Rows'] ?? 0) +
        (node['Rows Removed by Filter'] ?? 0) +
        (node['Rows Removed by Index Recheck'] ?? 0)) *
      (node['Actual Loops'] ?? 1);
    const isIndexScan = /^(Index Scan|Index Only Scan|Bitmap Index Scan)$/.test(type);
    const owner = node['Relation Name'] === 'organizations' ? 'id' : 'org_id';
    const isBound = node['Index Cond']?.includes(`(${owner} =`) ?? false;
    return [
      ...(type === 'Seq Scan' ? [`Seq Scan on ${node['Relation Name']}`] : []),
      ...(isIndexScan && !isBound ? [`${type} by ${node['Index Cond']}`] : []),
      ...(touched > 1.5 * rows ? [`${type} touched ${touched} rows`] : []),
    ];
  });
}
