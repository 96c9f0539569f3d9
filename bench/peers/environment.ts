/** What one product is measured in: a folder, a Postgres that serves it alone, and the product itself. */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { treeCpuSeconds, treeMemoryMb } from '#tests/support/processStats';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../server/db/embeddedPostgres.ts';
import type { Contender, RunningContender } from './contender.ts';
import { killTree } from './killTree.ts';

const POLL_MS = 250;
const WATCH_MS = 500;

/** What was readable at the last look. */
interface Readable {
  readonly count: number;
  /** When that look began, by the clock of `performance`. */
  readonly at: number;
  /** Of the product and its Postgres, before that look. */
  readonly cpuSeconds: number;
}

/** Postgres has the same binaries and settings for each product. */
export class Environment {
  readonly #contender: Contender;
  readonly #folder: string;
  #postgres: EmbeddedPostgres | undefined;
  #running: RunningContender | undefined;

  constructor(contender: Contender, folder: string) {
    this.#contender = contender;
    this.#folder = folder;
  }

  /** Seconds until the product served; Postgres is there before. */
  async start(): Promise<number> {
    this.#postgres = await startEmbeddedPostgres({ dataDir: this.#postgresFolder() });
    const startedAt = performance.now();
    this.#running = await this.#contender.start({ databaseUrl: this.#postgres.url, folder: this.#folder });
    return (performance.now() - startedAt) / 1_000;
  }

  /** `kill -9` of every process of both. */
  async kill(): Promise<void> {
    for (const pid of this.#pids()) killTree(pid);
    await this.stop();
  }

  async stop(): Promise<void> {
    const [running, postgres] = [this.#running, this.#postgres];
    this.#running = this.#postgres = undefined;
    await running?.stop();
    await postgres?.stop('immediate');
  }

  address(): { readonly port: number; readonly apiKey: string } {
    const { port, apiKey } = this.#started();
    return { port, apiKey };
  }

  countReadable(): Promise<number> {
    return this.#started().countReadable();
  }

  listReadable(): Promise<ReadonlySet<string>> {
    return this.#started().listReadable();
  }

  /** Until so many logs are readable, or `seconds` are over. */
  async waitForReadable(wanted: number, seconds: number): Promise<Readable> {
    const deadline = performance.now() + seconds * 1_000;
    for (;;) {
      const at = performance.now();
      const cpuSeconds = this.#cpuSeconds();
      const count = await this.countReadable();
      if (count >= wanted || at > deadline) return { count, at, cpuSeconds };
      await sleep(POLL_MS);
    }
  }

  /** Runs `work`, and says what the product and its Postgres had used before, and the most memory meanwhile. */
  async watch<T>(work: () => Promise<T>): Promise<T & { readonly cpuBefore: number; readonly memoryMb: number }> {
    let memoryMb = this.#memoryMb();
    const timer = setInterval(() => (memoryMb = Math.max(memoryMb, this.#memoryMb())), WATCH_MS);
    const cpuBefore = this.#cpuSeconds();
    try {
      return { ...(await work()), cpuBefore, memoryMb };
    } finally {
      clearInterval(timer);
    }
  }

  async databaseBytes(): Promise<number> {
    const client = new pg.Client({ connectionString: this.#postgres?.url });
    await client.connect();
    try {
      const { rows } = await client.query<{ bytes: string }>('SELECT pg_database_size(current_database()) AS bytes');
      return Number(rows[0]?.bytes);
    } finally {
      await client.end();
    }
  }

  #started(): RunningContender {
    if (this.#running === undefined) throw new Error(`${this.#contender.name} does not run.`);
    return this.#running;
  }

  #postgresFolder(): string {
    return path.join(this.#folder, 'database');
  }

  #pids(): number[] {
    // Line 1 of postmaster.pid (PostgreSQL manual, 66.1).
    const file = path.join(this.#postgresFolder(), 'postgres', 'postmaster.pid');
    const postmaster = Number(fs.readFileSync(file, 'utf8').split('\n')[0]);
    return [this.#started().pid, postmaster];
  }

  #cpuSeconds(): number {
    return this.#pids().reduce((sum, pid) => sum + treeCpuSeconds(pid), 0);
  }

  #memoryMb(): number {
    return this.#pids().reduce((sum, pid) => sum + treeMemoryMb(pid), 0);
  }
}
