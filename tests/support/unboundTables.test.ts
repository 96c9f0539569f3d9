import { findUnboundTables } from './unboundTables.ts';

const TABLES = new Set(['requests', 'request_payloads', 'spans', 'jobs']);

test.each([
  ['a condition', 'SELECT id FROM requests WHERE org_id = $1'],
  ['a condition of an alias', 'SELECT r.id FROM requests AS r WHERE r.org_id = $1'],
  ['a list of them', 'DELETE FROM jobs WHERE org_id = ANY($1::uuid[])'],
  ['a join', 'SELECT 1 FROM requests r JOIN request_payloads p ON p.org_id = r.org_id WHERE r.org_id = $1'],
  ['a join by name', 'SELECT 1 FROM requests JOIN request_payloads USING (org_id, id) WHERE org_id = $1'],
  [
    'a correlated query',
    'SELECT (SELECT count(*) FROM spans s WHERE s.org_id = r.org_id) FROM requests r WHERE r.org_id = $1',
  ],
  ['a condition behind a window', 'SELECT row_number() OVER (ORDER BY at) FROM jobs WHERE org_id = $1 ORDER BY 1'],
  ['an UPDATE', "UPDATE jobs SET status = 'FROM spans' WHERE org_id = $1"],
  [
    'a DELETE by what a query found',
    'WITH gone AS (SELECT org_id, id FROM jobs WHERE org_id = $1) DELETE FROM jobs USING gone WHERE jobs.org_id = gone.org_id',
  ],
  ['an INSERT', 'INSERT INTO spans (org_id, id) VALUES ($1, $2)'],
  ['quoted names', 'SELECT 1 FROM "requests" "r" WHERE "r"."org_id" = $1'],
  [
    'columns in a list',
    'SELECT DISTINCT ON (at) coalesce(x, spans.y) IS DISTINCT FROM z, spans FROM jobs WHERE org_id = $1',
  ],
  [
    'both tables of a list',
    'SELECT 1 FROM requests AS r, LATERAL (SELECT 1) x, spans s WHERE r.org_id = $1 AND s.org_id = r.org_id',
  ],
  ['a column that is called as a table is', 'SELECT sum(requests) FROM request_hours WHERE true'],
])('a statement that names its organization by %s is bound', (_, sql) => {
  expect(findUnboundTables(sql, TABLES)).toEqual([]);
});

test.each([
  ['no condition', 'SELECT id FROM requests', ['requests']],
  ['another condition', 'DELETE FROM jobs WHERE id = $1', ['jobs']],
  [
    'the organization of another table',
    'SELECT 1 FROM requests r, spans s JOIN jobs j ON true WHERE r.org_id = $1',
    ['jobs', 'spans'],
  ],
  [
    'a table behind a comma',
    'DELETE FROM jobs USING unnest($2::uuid[]) AS given (id), spans WHERE jobs.org_id = $1',
    ['spans'],
  ],
  [
    'the organization in an inner query alone',
    'SELECT 1 FROM requests WHERE id IN (SELECT id FROM spans WHERE org_id = $1)',
    ['requests'],
  ],
  [
    'the organization in an outer query alone',
    'SELECT (SELECT count(*) FROM spans) FROM requests WHERE org_id = $1',
    ['spans'],
  ],
  ['one part of a UNION alone', 'SELECT id FROM requests WHERE org_id = $1 UNION ALL SELECT id FROM spans', ['spans']],
  ['a comment', 'SELECT id FROM requests -- WHERE org_id = $1', ['requests']],
  [
    'an order',
    'SELECT id FROM jobs ORDER BY org_id IS NOT DISTINCT FROM $1::uuid, coalesce(at, now()) LIMIT 5',
    ['jobs'],
  ],
  ['a literal', "UPDATE jobs SET error = 'org_id = $1'", ['jobs']],
])('a statement with %s is not', (_, sql, tables) => {
  expect(findUnboundTables(sql, TABLES)).toEqual(tables);
});
