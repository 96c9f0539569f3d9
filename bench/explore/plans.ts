/** How Postgres answers a call: the plans of its slowest statement, written down by auto_explain while it runs. */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

const LOG = 'explore.log';

/**
 * Settings of a Postgres whose plans can be asked for. Nothing is written until then: what is given at its start would win over
 * `ALTER SYSTEM`, so that the duration is left to its default.
 */
export const PLAN_SETTINGS: Readonly<Record<string, string>> = {
  shared_preload_libraries: 'auto_explain',
  logging_collector: 'on',
  log_directory: 'log',
  log_filename: LOG,
  log_rotation_age: '0',
  log_rotation_size: '0',
};

const ASKED: Readonly<Record<string, string>> = {
  'auto_explain.log_min_duration': '1ms',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_buffers': 'on',
};

/** Runs a call and answers the plan of its slowest statement. */
export async function planOf(client: pg.Client, folder: string, call: () => Promise<unknown>): Promise<string> {
  const file = path.join(folder, 'postgres', 'log', LOG);
  for (const [name, value] of Object.entries(ASKED)) await client.query(`ALTER SYSTEM SET ${name} = '${value}'`);
  await client.query('SELECT pg_reload_conf()');
  await sleep(300);
  const before = fs.existsSync(file) ? fs.statSync(file).size : 0;
  await call();
  await sleep(300);
  for (const name of Object.keys(ASKED)) await client.query(`ALTER SYSTEM RESET ${name}`);
  await client.query('SELECT pg_reload_conf()');
  const written = fs.existsSync(file) ? fs.readFileSync(file).subarray(before).toString() : '';
  return slowest(written);
}

function slowest(log: string): string {
  const plans = log.split(/^(?=\S.*LOG: {2}duration: )/m).flatMap((entry) => {
    const ms = /LOG: {2}duration: ([\d.]+) ms {2}plan:/.exec(entry)?.[1];
    return ms === undefined ? [] : [{ ms: Number(ms), entry }];
  });
  const worst = plans.toSorted((a, b) => b.ms - a.ms)[0];
  if (!worst) return '(no statement took a millisecond)';
  return worst.entry
    .replaceAll(/\$?\b[0-9a-f]{8}-[0-9a-f-]{27}\b/g, '…')
    .slice(0, 6_000)
    .trimEnd();
}
