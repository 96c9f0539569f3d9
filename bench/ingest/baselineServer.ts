/**
 * Two servers to compare with, in one process of their own: `/parse` only parses the JSON and answers, which is the most
 * that Express can do; `/insert` stores each log with an INSERT of its own, which is what one writes first.
 */
import express from 'express';
import pg from 'pg';
import { LIMITS } from '../../shared/primitives.ts';

const [databaseUrl, org_id] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.use(express.json({ limit: LIMITS.bodyBytes }));

app.post('/parse', (req, res) => {
  const { id } = req.body as { id: string }; // The generator sends logs.
  res.status(201).json({ id, status: 'created' });
});

/** Columns that a log may leave out and a row may not. */
const FILLED_IN = { status: 'success', tags: {}, truncated: false, sanitized: false, cost_status: 'no_price' };
const INSERT = await makeInsert();
app.post('/insert', async (req, res) => {
  const log = req.body as Record<string, unknown>;
  const row = { ...FILLED_IN, created_at: new Date(), ...log, org_id };
  await pool.query({ name: 'insert', text: INSERT, values: [JSON.stringify(row)] });
  res.status(201).json({ id: log.id, status: 'created' });
});

const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : 0);
});
process.on('disconnect', () => process.exit(0));

/** Both tables in one statement: it is fair to give the simple way the best of its kind. */
async function makeInsert(): Promise<string> {
  const { rows } = await pool.query<{ name: string; type: string; of: string }>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attrelid::regclass::text AS of FROM pg_attribute
     WHERE attrelid IN ('requests'::regclass, 'request_payloads'::regclass) AND attnum > 0 AND NOT attisdropped
       AND attgenerated = ''`,
  );
  const types = new Map(rows.map(({ name, type }) => [name, type]));
  const record = [...types].map(([name, type]) => `${name} ${type}`).join(', ');
  const columns = (table: string) =>
    rows
      .filter((row) => row.of === table)
      .map((row) => row.name)
      .join(', ');
  return `
    WITH one AS (SELECT * FROM json_to_record($1::json) AS row (${record})),
    request AS (INSERT INTO requests (${columns('requests')}) SELECT ${columns('requests')} FROM one)
    INSERT INTO request_payloads (${columns('request_payloads')}) SELECT ${columns('request_payloads')} FROM one`;
}
