/**
 * What every connection sets for itself. The operator's database and role may have settings of their own (`ALTER ROLE …
 * SET datestyle`); none of them may change what we store, read or promise. `default_transaction_read_only` is left as it
 * is: operators and managed Postgres switch it on to protect a full disk.
 */
import { z } from 'zod';
import type { BoundedClient } from './boundedClient.ts';

export type Settings = Readonly<Record<string, string>>;

const EVERY_SESSION: Settings = {
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  timezone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  client_encoding: 'UTF8',
  standard_conforming_strings: 'on',
  transform_null_equals: 'off',
  array_nulls: 'on',
  search_path: 'public',
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  synchronous_commit: 'on',
  idle_session_timeout: '0',
  transaction_timeout: '0', // Postgres 17 and newer.
  plan_cache_mode: 'auto',
  enable_indexscan: 'on',
  enable_indexonlyscan: 'on',
  enable_bitmapscan: 'on',
  // Compiling a plan takes longer than any statement of ours should.
  jit: 'off',
};

/** One statement, so that a new connection costs one round trip more. What this Postgres does not know or cannot do is left out. */
const SET_ALL = `
  SELECT pg_backend_pid() AS pid, count(set_config(name, setting, false))
  FROM unnest($1::text[], $2::text[]) AS session (name, setting)
  WHERE current_setting(name, true) IS NOT NULL
    AND NOT (name = 'client_connection_check_interval' AND version() ~* 'windows|visual c|mingw')`;

const Answer = z.object({ rows: z.tuple([z.object({ pid: z.number() })]) });

/** A connection that was made and then says nothing is none. */
const OPEN_MS = 2_000;

/** Makes the session of a new connection ours, and learns which backend serves it. */
export async function openSession(client: BoundedClient, own: Settings): Promise<void> {
  const settings = { ...EVERY_SESSION, ...own };
  const timer = setTimeout(() => client.giveUp('The database opened a connection and did not answer.'), OPEN_MS);
  try {
    const answer: unknown = await client.query(SET_ALL, [Object.keys(settings), Object.values(settings)]);
    const { pid } = Answer.parse(answer).rows[0];
    // Behind a connection pooler such as PgBouncer the connection has a number of the pooler's.
    if ('processID' in client && client.processID === pid) client.backendPid = pid;
  } finally {
    clearTimeout(timer);
  }
}
