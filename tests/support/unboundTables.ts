/**
 * Reads a statement far enough to say which tables of organizations it touches without naming the organization. On Citus
 * such a statement runs on every shard of the cluster; anywhere it can reach the rows of others. Pure.
 */

/** Words that may follow a table and are no alias of it. */
const KEYWORDS =
  'AS|CROSS|FULL|GROUP|HAVING|INNER|JOIN|LEFT|LIMIT|NATURAL|OFFSET|ON|ORDER|RETURNING|RIGHT|SET|UNION|USING|WHERE|WINDOW|FOR';
const NAME = `(?:ONLY\\s+)?(\\w+)(?:\\s+(?:AS\\s+)?(?!(?:${KEYWORDS})\\b)(\\w+))?`;
const MENTION = new RegExp(`\\b(?:FROM|JOIN|UPDATE|USING)\\s+${NAME}`, 'gi');
/** What is read from, up to the clause behind it. */
const SOURCES =
  /(?<!\bDISTINCT )\b(?:FROM|USING)\b(.*?)(?=\b(?:FROM|WHERE|GROUP|HAVING|ORDER|LIMIT|OFFSET|RETURNING|WINDOW|FOR)\b|$)/gi;
/** The names among them that follow a comma. A column of a table, or a function, is no table. */
const LISTED = new RegExp(`,\\s*${NAME}(?![\\w.(]| ?\\()`, 'gi');

/**
 * The tables of `tables` that the statement reads, changes or deletes from in a query that neither compares its `org_id`
 * with a parameter nor joins it to the `org_id` of something else. Rows that are inserted carry their organization.
 */
export function findUnboundTables(sql: string, tables: ReadonlySet<string>): string[] {
  const unbound = new Set<string>();
  for (const query of queriesOf(plain(sql))) {
    for (const [, table = '', alias = table] of [...query.matchAll(MENTION), ...listed(query)]) {
      if (tables.has(table.toLowerCase()) && !isBound(query, alias)) unbound.add(table.toLowerCase());
    }
  }
  return [...unbound].toSorted();
}

/** The mentions behind commas, as in `FROM jobs, spans AS s`. */
function listed(query: string): RegExpExecArray[] {
  let outer = query;
  for (let before = ''; before !== outer;) [before, outer] = [outer, outer.replaceAll(/\([^()]*\)/g, ' ')];
  return [...outer.matchAll(SOURCES)].flatMap(([, sources = '']) => [...sources.matchAll(LISTED)]);
}

/** The statement without comments, the content of strings, and quotes around names. */
function plain(sql: string): string {
  return sql
    .replaceAll(/--[^\n]*/g, ' ')
    .replaceAll(/'(?:[^']|'')*'/g, "''")
    .replaceAll('"', '')
    .replaceAll(/\s+/g, ' ');
}

/** Each SELECT, UPDATE or DELETE by itself: what stands in parentheses and is a query is taken out of the one around it. */
function queriesOf(sql: string): string[] {
  const found: string[] = [];
  const open: string[] = [''];
  for (const character of sql) {
    if (character === '(') open.push('');
    else if (character === ')' && open.length > 1) {
      const inner = open.pop() ?? '';
      const isQuery = /^\s*(?:WITH|SELECT|INSERT|UPDATE|DELETE)\b/i.test(inner);
      if (isQuery) found.push(inner);
      open.push(`${open.pop() ?? ''}(${isQuery ? '' : inner})`);
    } else open.push(`${open.pop() ?? ''}${character}`);
  }
  return [...found, ...open].flatMap((query) => query.split(/\b(?:UNION|EXCEPT|INTERSECT)\b/i));
}

/** An order in which its own organization stands first is no condition. In parentheses it is that of a window. */
const LAST_ORDER = /\bORDER BY\b(?:[^()]|\((?:[^()]|\([^()]*\))*\))*$/i;

function isBound(asked: string, alias: string): boolean {
  const query = asked.replace(LAST_ORDER, '');
  const own = `(?<![\\w.])(?:${alias}\\.)?org_id`;
  return [
    `${own} (?:=|IS NOT DISTINCT FROM) ?(?:\\$\\d|ANY ?\\(\\$\\d|\\w+\\.org_id)`,
    `\\w+\\.org_id = ?${alias}\\.org_id`,
    `\\(${own}\\b[^()]*\\) (?:=|IN) `,
    'USING \\(org_id\\b',
  ].some((pattern) => new RegExp(pattern.replaceAll(' ', '\\s*'), 'i').test(query));
}
