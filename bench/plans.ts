/**
 * `npm run bench -- plans [--rows 1000000] [--data FOLDER]`: every read of the API, by every filter, of an organization with a
 * million requests and of one with 100,000 beside it. The plan by which Postgres carried out each statement is read from
 * its log. It fails where one scans a whole table, or reads rows of the other organization; and tells which touch most.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type pg from 'pg';
import { Progress } from '#demo/progress';
import { type LoggedStatement, PLAN_LOG_SETTINGS, PlanLog } from '#tests/support/planLog';
import { countTouched, findForeignScans, listTenantTables } from '#tests/support/plans';
import { findReadSample, listReadCalls } from '#tests/support/readCalls';
import { ExploreApi } from './explore/api.ts';
import { ensureFilled } from './explore/dataFolder.ts';
import { EXPLORE_OPTIONS, readExploreOptions } from './explore/options.ts';
import { formatNumber } from './lib/numbers.ts';
import { startMeasuredProduct } from './lib/product.ts';
import { formatTable } from './lib/table.ts';

/** Rows of the tables that are printed. */
const SHOWN = 25;
/** Statements of the control: what must be found, so that finding nothing means something. */
const CONTROLS = [
  "SELECT count(*) FROM requests WHERE provider = 'no-such-provider'",
  "SELECT count(*) FROM request_days WHERE day = '2001-01-01'",
];

export async function run(args: string[]): Promise<void> {
  const { rows, data } = EXPLORE_OPTIONS;
  const { values } = parseArgs({ args, options: { rows: { ...rows, default: '1000000' }, data } });
  const { sizes, parent } = readExploreOptions(values);
  for (const size of sizes) {
    const { folder, filled } = await ensureFilled(parent, size);
    fs.rmSync(path.join(folder, 'postgres', 'log'), { recursive: true, force: true }); // Of a run before.
    const { product, client, stop } = await startMeasuredProduct({ dataDir: folder, settings: PLAN_LOG_SETTINGS });
    const tables = await listTenantTables({ query: async (sql, bound) => (await client.query(sql, bound)).rows });
    const log = new PlanLog(folder, { query: async (sql) => (await client.query(sql)).rows });
    const until = new Date(filled.until);
    const failures = [
      ...(await callAll(new ExploreApi(product.url, filled.key), until, { log, about: 'large', breadth: 'all' })),
      ...(await callAll(new ExploreApi(product.url, filled.neighbourKey), until, {
        log,
        about: 'small',
        breadth: 'some',
      })),
    ];
    await runControls(client, log);
    report(await log.read(), tables, failures);
    await stop();
  }
}

/** Every read, one after the other. @returns the calls that did not answer. */
async function callAll(
  api: ExploreApi,
  until: Date,
  { log, about, breadth }: { log: PlanLog; about: string; breadth: 'some' | 'all' },
): Promise<string[]> {
  const calls = listReadCalls(await findReadSample(async (target) => (await api.get(target)).body, until), breadth);
  const progress = new Progress({ total: calls.length, unit: 'calls' });
  const failures: string[] = [];
  for (const { name, path: target } of calls) {
    await log.begin(`${about}: ${name}`);
    // An export is lines, of which nothing is kept.
    const isExport = target.includes('/export');
    const { status, body } = isExport ? { ...(await api.drain(target)), body: null } : await api.get(target);
    if (status >= 400 && status !== 404)
      failures.push(`${about}: ${name}: ${status} ${JSON.stringify(body).slice(0, 300)}`);
    progress.add(1);
  }
  progress.end();
  return failures;
}

/** Controls are asked by a connection without our settings, as a statement that forgets its organization would be. */
async function runControls(client: pg.Client, log: PlanLog): Promise<void> {
  for (const sql of CONTROLS) {
    await log.begin(CONTROL);
    await client.query(sql);
  }
}

const CONTROL = 'control';

function report(
  statements: readonly LoggedStatement[],
  tables: ReadonlySet<string>,
  failures: readonly string[],
): void {
  const judged = statements.map((statement) => ({
    ...statement,
    scans: statement.plan === null ? [] : findForeignScans(statement.plan, tables),
    touched: statement.plan === null ? 0 : countTouched(statement.plan),
  }));
  const controls = judged.filter(({ call }) => call === CONTROL);
  if (controls.length !== CONTROLS.length || controls.some(({ scans }) => scans.length === 0))
    throw new Error('A statement that scans a whole table was not found: nothing is proved.');
  const asked = judged.filter(({ call }) => call !== CONTROL);
  const ended = asked.filter(({ plan }) => plan === null);
  const foreign = asked.filter(({ scans }) => scans.length > 0);
  const texts = new Set(asked.map(({ sql }) => sql)).size;
  const most = asked.toSorted((a, b) => b.touched - a.touched).slice(0, SHOWN);
  const slowest = asked.toSorted((a, b) => (b.ms || 0) - (a.ms || 0)).slice(0, SHOWN);
  const cells = (rows: typeof asked) =>
    rows.map(({ call, application, touched, ms, sql }) => [
      call,
      application,
      formatNumber(touched),
      formatNumber(ms),
      sql.replaceAll(/\s+/g, ' ').slice(0, 90),
    ]);
  const head = ['call', 'pool', 'rows', 'ms', 'statement'];
  process.stdout.write(
    [
      `${formatNumber(asked.length)} statements of ${formatNumber(texts)} texts.`,
      `Those that touch most:\n${formatTable(head, cells(most))}`,
      `The slowest:\n${formatTable(head, cells(slowest))}`,
      ...(ended.length === 0 ? [] : [`Ended by their time limit:\n${formatTable(head, cells(ended))}`]),
      ...failures,
      ...foreign.map(({ call, scans, sql }) => `READS ROWS OF OTHERS: ${call}: ${scans.join('; ')}\n${sql}`),
      '',
    ].join('\n\n'),
  );
  const isFine = foreign.length === 0 && ended.length === 0 && failures.length === 0;
  if (!isFine)
    throw new Error(
      `${foreign.length} statements read rows of others, ${ended.length} were ended by their time limit before their plan was known, and ${failures.length} calls failed.`,
    );
  process.stdout.write('No statement scans a table of several organizations, or reads rows of another one.\n');
}
