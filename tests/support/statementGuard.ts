/**
 * Each database test fails where a statement of the server does not name its organization. What tests themselves ask is left
 * alone: a statement is the server's where the innermost file that asks, besides those of `server/db`, is one of the server.
 */
import path from 'node:path';
import pg from 'pg';
import { findUnboundTables } from './unboundTables.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const OF_OURS = /^(bench|demo|examples|scripts|server|tests)\//;
const IS_ON_THE_WAY = /^server\/db\/(?!.*\.test\.)|^tests\/support\/statementGuard\./;
/** More than node-postgres, TypeORM and `server/db` have together. */
const FRAMES = 60;

/** Statements that look at all organizations on purpose. */
const EXCEPTIONS: readonly RegExp[] = [
  // Which of them have work for the server, or keep too much.
  /^SELECT org_id, id FROM jobs WHERE status IN \('queued', 'running'\)/,
  /^SELECT org_id FROM search_tails GROUP BY org_id HAVING/,
  /^WITH waiting AS MATERIALIZED \(SELECT org_id FROM unsummed_requests GROUP BY org_id/,
  /^WITH RECURSIVE waiting \(org_id\) AS \(\s*\(SELECT org_id FROM otlp_waiting ORDER BY org_id LIMIT 1\)/,
  /DELETE FROM data_health_hours WHERE ctid = ANY\(ARRAY\(/,
  // A link is opened before it is known whose it is.
  / FROM sign_in_codes WHERE code_hash = \$1 /,
];

/** Statements of the server that ran in this test file, with the file of the server that asked. */
const asked = new Map<string, string>();
/** Those of the test itself. */
const others = new Set<string>();

function note(query: unknown): void {
  const sql = textOf(query);
  if (sql === null || asked.has(sql) || others.has(sql)) return;
  const file = findCaller();
  if (file?.startsWith('server/') && !file.endsWith('.test.ts')) asked.set(sql, file);
  else others.add(sql);
}

/** Node-postgres takes texts, objects with one, and messages of our own; those run statements that were prepared as texts. */
function textOf(query: unknown): string | null {
  if (typeof query === 'string') return query;
  const isObject = typeof query === 'object' && query !== null;
  return isObject && 'text' in query && typeof query.text === 'string' ? query.text : null;
}

function findCaller(): string | undefined {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = limit;
  const files = [...stack.matchAll(/(\/[^():]+\.tsx?):\d+/g)].map(([, file = '']) => path.relative(ROOT, file));
  // What changes a table changes the rows of everybody.
  if (files.some((file) => file.startsWith('server/db/migrations/'))) return undefined;
  return files.find((file) => OF_OURS.test(file) && !IS_ON_THE_WAY.test(file));
}

/** `Pool.query` too: on the way to its connection it loses who asked. */
for (const prototype of [pg.Client.prototype, pg.Pool.prototype]) {
  const query = prototype.query as (this: unknown, ...parameters: unknown[]) => unknown; // One form stands for all.
  Object.assign(prototype, {
    query(this: unknown, ...parameters: unknown[]) {
      note(parameters[0]);
      return query.apply(this, parameters);
    },
  });
}

/** What the server asked so far in this test file without naming an organization, a sentence each. */
export async function listUnboundStatements(exceptions: readonly RegExp[] = EXCEPTIONS): Promise<string[]> {
  const { tenantTables } = await import('#server/db/entities');
  const tables = new Set(tenantTables());
  return [...asked].flatMap(([sql, file]) => {
    const found = findUnboundTables(sql, tables);
    const isException = exceptions.some((exception) => exception.test(sql));
    return found.length === 0 || isException ? [] : [`${file} names no organization for ${found.join(', ')}: ${sql}`];
  });
}

afterAll(async () => {
  const unbound = await listUnboundStatements();
  if (unbound.length > 0) throw new Error(unbound.join('\n\n'));
});
