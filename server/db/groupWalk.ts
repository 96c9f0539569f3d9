/**
 * Pages of groups that have no table of their own: the traces, sessions and users that rows of `requests` and `spans` name.
 * The newest rows are walked by an index in windows, and the groups of a window are those whose deciding row lies in it;
 * so a page costs the rows it walks, however many there are, and no sum is kept for it (docs/decisions/031).
 */
import { z } from 'zod';
import type { Place } from './cursor.ts';
import type { Parameters } from './sql.ts';

/** Rows that are walked, in the order of an index: those of a prefix, or all. */
export interface GroupSource {
  readonly table: 'requests' | 'spans';
  /** The column before `started_at`, `id` in the index, and its only value. */
  readonly prefix?: { readonly column: string; readonly value: string };
  /** As the condition of a partial index is written. */
  readonly partial?: string;
  /** Which of the walked rows `r` count: bound conditions. */
  readonly matches: string;
}

export interface GroupWalk {
  readonly org_id: string;
  /** The column that names the group. */
  readonly group: 'trace_id' | 'session_id' | 'user_id';
  /** Which of its rows that match decides where a group stands in the list. */
  readonly decidedBy: 'first' | 'last';
  readonly sources: readonly GroupSource[];
  /** What a whole group must fulfil: SQL over `found.name`, whose parameters are bound. */
  readonly condition?: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** What lies between two places, the lower of which belongs to it. */
interface Span {
  readonly lower: PlaceSql;
  readonly upper: PlaceSql;
}
/** Two SQL expressions, joined by a comma. */
type PlaceSql = string;

const LEAST_ID = "'00000000-0000-0000-0000-000000000000'::uuid";
const BEFORE_ALL: PlaceSql = `'-infinity'::timestamptz, ${LEAST_ID}`;
const AFTER_ALL: PlaceSql = "'infinity'::timestamptz, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid";

/**
 * The groups of the newest `rows` rows before `position`, newest first: each row says `walked` (how many rows there were) and
 * `edge_started_at`, `edge_id` (the last of them), and, where a group was found, its `name` and its place.
 */
export function groupWindowSql(
  parameters: Parameters,
  walk: GroupWalk,
  { position, rows }: { position: Place | null; rows: number },
): string {
  const org_id = parameters.bind(walk.org_id);
  const limit = parameters.bind(rows);
  const start = walk.from === null ? BEFORE_ALL : `${parameters.bind(walk.from)}::timestamptz, ${LEAST_ID}`;
  // Bound where it is used: Postgres wants to know the type of each value.
  const end = () => (walk.to === null ? AFTER_ALL : `${parameters.bind(walk.to)}::timestamptz, ${LEAST_ID}`);
  const upper = position === null ? end() : placeSql(parameters, position);
  const prefixes = walk.sources.map(
    ({ prefix }) => prefix && { column: prefix.column, value: parameters.bind(prefix.value) },
  );
  const walked = walk.sources.map(({ table, partial, matches }, index) => {
    const prefix = prefixes[index];
    const where = [`r.org_id = ${org_id}`, rangeSql(prefix, { lower: start, upper })];
    if (partial) where.push(partial);
    return `(SELECT r.${walk.group} AS name, r.started_at, r.id, (r.${walk.group} IS NOT NULL AND ${matches}) AS matches FROM ${table} r
      WHERE ${where.join(' AND ')} ORDER BY ${orderSql(prefix, 'DESC')} LIMIT ${limit})`;
  });
  // A group whose deciding row lies outside of the window belongs to another page.
  const outside: Span =
    walk.decidedBy === 'first'
      ? { lower: BEFORE_ALL, upper: 'edge.started_at, edge.id' }
      : { lower: upper, upper: end() };
  const conditions = walk.sources.map(({ table, partial, matches }) => {
    // Within a CASE, so that no index of what is asked is taken for the one of the group.
    const isCounted = `CASE WHEN (${matches})${partial ? ` AND ${partial}` : ''} THEN true ELSE false END`;
    return `(SELECT true FROM ${table} r WHERE r.org_id = ${org_id}
      AND ${rangeSql({ column: walk.group, value: 'found.name' }, outside)} AND ${isCounted}
      ORDER BY ${orderSql({ column: walk.group }, 'ASC')} LIMIT 1) IS NULL`;
  });
  if (walk.condition) conditions.push(walk.condition);
  const order = walk.decidedBy === 'first' ? 'ASC' : 'DESC';
  return `WITH walked AS MATERIALIZED (
      SELECT * FROM (${walked.join(' UNION ALL ')}) r ORDER BY started_at DESC, id DESC LIMIT ${limit}
    ), size AS MATERIALIZED (
      SELECT count(*) AS rows FROM walked
    ), edge AS MATERIALIZED (
      SELECT started_at, id FROM (
        SELECT started_at, id FROM walked WHERE (SELECT rows FROM size) = ${limit}
        UNION ALL SELECT ${start} WHERE (SELECT rows FROM size) < ${limit}) last ORDER BY started_at, id LIMIT 1
    ), found AS MATERIALIZED (
      SELECT DISTINCT ON (name) name, started_at, id FROM walked WHERE matches ORDER BY name, started_at ${order}, id ${order}
    ), own AS MATERIALIZED (
      SELECT found.* FROM found CROSS JOIN edge WHERE ${conditions.join(' AND ')}
    )
    SELECT size.rows AS walked, nullif(edge.started_at, '-infinity') AS edge_started_at, edge.id AS edge_id, own.name, own.started_at, own.id
    FROM size CROSS JOIN edge LEFT JOIN own ON true ORDER BY own.started_at DESC, own.id DESC`;
}

function placeSql(parameters: Parameters, { started_at, id }: Place): PlaceSql {
  return `${parameters.bind(started_at)}::timestamptz, ${parameters.bind(id)}::uuid`;
}

/**
 * The prefix is compared as a part of the place, and never by `=`: so only the index that begins with it has this order, and
 * the planner cannot walk another one in the hope of an early hit.
 */
function rangeSql(prefix: { column: string; value: string } | undefined, { lower, upper }: Span): string {
  const place = prefix ? `(r.${prefix.column}, r.started_at, r.id)` : '(r.started_at, r.id)';
  const value = prefix ? `${prefix.value}, ` : '';
  // Said too, since the planner does not see it in the comparison, and partial indices ask for it.
  const isThere = prefix ? `r.${prefix.column} IS NOT NULL AND ` : '';
  return `${isThere}${place} >= (${value}${lower}) AND ${place} < (${value}${upper})`;
}

function orderSql(prefix: { column: string } | undefined, order: 'ASC' | 'DESC'): string {
  const columns = [...(prefix ? [`r.${prefix.column}`] : []), 'r.started_at', 'r.id'];
  return columns.map((column) => `${column} ${order}`).join(', ');
}

/** Rows of one group, in order. */
export interface GroupRows {
  readonly table: 'requests' | 'spans';
  readonly group: GroupWalk['group'];
  /** SQL of the organization and of the name: bound, or columns. */
  readonly org_id: string;
  readonly name: string;
  readonly limit: number;
  /** Default: the first. */
  readonly order?: 'ASC' | 'DESC';
  /** SQL of the first moment that belongs to it, and of the first that does not; null: no limit. */
  readonly between?: { readonly from: string; readonly to: string };
}

/** `columns` of the first, or last, rows `r` of a group. */
export function rowsOfGroupSql(
  { table, group, org_id, name, limit, order = 'ASC', between }: GroupRows,
  columns: string,
): string {
  const prefix = { column: group, value: name };
  const span: Span = {
    lower: between ? `coalesce(${between.from}, '-infinity'), ${LEAST_ID}` : BEFORE_ALL,
    upper: between ? `coalesce(${between.to}, 'infinity'), ${LEAST_ID}` : AFTER_ALL,
  };
  return `(SELECT ${columns} FROM ${table} r
    WHERE r.org_id = ${org_id} AND ${rangeSql(prefix, span)}
    ORDER BY ${orderSql(prefix, order)} LIMIT ${limit})`;
}

/** Whether one of them meets a condition. */
export function existsInGroupSql(rows: GroupRows, condition: string): string {
  return `EXISTS (SELECT FROM ${rowsOfGroupSql(rows, 'r.*')} r WHERE ${condition})`;
}

/** The sums of requests that lists of groups show, over columns of that name. */
export const GROUP_SUMS = `sum(input_tokens)::bigint AS input_tokens, sum(output_tokens)::bigint AS output_tokens,
  trim_scale(sum(cost_usd))::text AS cost_usd`;

/** A group with its place in the list. */
export interface FoundGroup extends Place {
  readonly name: string;
}

export interface GroupWindow {
  /** Newest first. */
  readonly groups: readonly FoundGroup[];
  /** The last row that was walked; null where there are no more. */
  readonly edge: Place | null;
}

/** A row that `groupWindowSql` answers. */
export const GroupWindowRow = z.object({
  walked: z.int(),
  /** Null where there are no more rows. */
  edge_started_at: z.string().nullable(),
  edge_id: z.string(),
  name: z.string().nullable(),
  started_at: z.string().nullable(),
  id: z.string().nullable(),
});

/** Rows of one look as a window: the groups found, and where the next look begins; null at the end. */
export function toWindow(found: readonly z.infer<typeof GroupWindowRow>[], rows: number): GroupWindow {
  const [first] = found;
  const edge =
    first && first.edge_started_at !== null && first.walked >= rows
      ? { started_at: first.edge_started_at, id: first.edge_id }
      : null;
  const groups = found.flatMap(({ name, started_at, id }) =>
    name === null || started_at === null || id === null ? [] : [{ name, started_at, id }],
  );
  return { groups, edge };
}
