/**
 * The plans by which Postgres carried out what a server asked it, as auto_explain writes them down: of all statements, with
 * the settings of their connections. Only for a Postgres that was started with PLAN_LOG_SETTINGS.
 */
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Queryable } from '#server/db/sql';
import type { PlanNode } from './plans.ts';

export const PLAN_LOG_SETTINGS: Readonly<Record<string, string>> = {
  shared_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_buffers': 'on',
  // Rows are counted, and no clock is read for each of them.
  'auto_explain.log_timing': 'off',
  'auto_explain.log_format': 'json',
  'auto_explain.log_parameter_max_length': '200',
  log_destination: 'jsonlog',
  logging_collector: 'on',
  log_directory: 'log',
  log_filename: 'plans.log',
  log_rotation_age: '0',
  log_rotation_size: '0',
};

/** A statement, and the call that it was asked for. */
export interface LoggedStatement {
  readonly call: string;
  /** The application name of the connection, which says which pool asked. */
  readonly application: string;
  readonly sql: string;
  readonly ms: number;
  /** Null where it was ended before its end, by its time limit: then there is none. */
  readonly plan: PlanNode | null;
}

const Line = z.object({
  error_severity: z.string(),
  application_name: z.string().optional(),
  message: z.string(),
  statement: z.string().optional(),
  state_code: z.string().optional(),
});
const Explained = z.object({ 'Query Text': z.string(), Plan: z.custom<PlanNode>() });
const MARK = /^SELECT 'call (\d+)' AS mark$/;
const QUERY_CANCELED = '57014';
const MOST_WAIT_MS = 20_000;

/** Tells the statements of one call from those of the next, by a mark of its own before each. */
export class PlanLog {
  readonly #file: string;
  readonly #db: Queryable;
  readonly #calls: string[] = [];

  /** @param db a connection to the Postgres of that data folder, for the marks alone. */
  constructor(dataDir: string, db: Queryable) {
    this.#file = path.join(dataDir, 'postgres', 'log', 'plans.json');
    this.#db = db;
  }

  /** What is asked from here on belongs to this call. */
  async begin(call: string): Promise<void> {
    this.#calls.push(call);
    await this.#db.query(`SELECT 'call ${this.#calls.length - 1}' AS mark`);
  }

  /** All statements since the first call, in their order. @throws {Error} where the log does not hold the last mark. */
  async read(): Promise<LoggedStatement[]> {
    const end = this.#calls.length;
    await this.begin('the end');
    for (let waited = 0; waited < MOST_WAIT_MS; waited += 200) {
      const { statements, mark } = await this.#readFile();
      if (mark === end) return statements;
      await sleep(200); // The collector writes when it comes to it.
    }
    throw new Error(`${this.#file} does not hold the plans: was Postgres started with PLAN_LOG_SETTINGS?`);
  }

  async #readFile(): Promise<{ statements: LoggedStatement[]; mark: number }> {
    const statements: LoggedStatement[] = [];
    let mark = -1;
    const lines = readline.createInterface({ input: fs.createReadStream(this.#file), crlfDelay: Infinity });
    for await (const text of lines) {
      const line = Line.parse(JSON.parse(text));
      const [, ms, json] = /^duration: ([\d.]+) ms {2}plan:\n(.*)$/s.exec(line.message) ?? [];
      const application = line.application_name ?? '';
      const call = this.#calls[mark] ?? '';
      if (json !== undefined) {
        const { 'Query Text': sql, Plan: plan } = Explained.parse(JSON.parse(json));
        const marked = MARK.exec(sql)?.[1];
        if (marked !== undefined) mark = Number(marked);
        else if (mark >= 0) statements.push({ call, application, sql, ms: Number(ms), plan });
      } else if (mark >= 0 && line.state_code === QUERY_CANCELED) {
        statements.push({ call, application, sql: line.statement ?? '', ms: NaN, plan: null });
      }
    }
    return { statements, mark };
  }
}
