/** The place of a fault: a Postgres of its own that can be crashed and started again, and a server that uses it. */
import fs from 'node:fs';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#server/db/embeddedPostgres';
import { ServerChildren } from '#tests/support/serverChild';
import { makeDataDir } from '#tests/support/startProduct';
import { Workload } from './workload.ts';
import { type ServerOptions, type ServerProcess, startServerProcess } from './serverProcess.ts';
import type { TcpProxy } from './tcpProxy.ts';

export interface EnvironmentOptions {
  /** Settings of Postgres. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly server?: Partial<ServerOptions>;
  /** Puts a proxy between the server and Postgres. */
  readonly proxyTo?: (postgresPort: number) => TcpProxy;
}

const made = new Set<TestEnvironment>();

/** For a run that is stopped in the middle. */
export async function endAllEnvironments(): Promise<void> {
  await Promise.all([...made].map((environment) => environment.end()));
}

export class TestEnvironment {
  readonly dataDir: string;
  postgres: EmbeddedPostgres;
  proxy: TcpProxy | null = null;
  /** How long a worker of a workload rests after each call that was answered well. 0: the load is all that the machine can do. */
  paceMs = 0;
  /** All that ever wrote here. */
  readonly drivers: Workload[] = [];
  readonly #servers = new ServerChildren();
  #server: ServerProcess | null = null;
  #apiKey = '';
  #options: EnvironmentOptions;
  #serverOptions: ServerOptions;

  constructor(parts: { dataDir: string; postgres: EmbeddedPostgres; options: EnvironmentOptions }) {
    this.dataDir = parts.dataDir;
    this.postgres = parts.postgres;
    this.#options = parts.options;
    this.#serverOptions = { databaseUrl: parts.postgres.url, port: 0 };
  }

  get server(): ServerProcess {
    if (this.#server === null) throw new Error('This environment has no server yet.');
    return this.#server;
  }

  /** The key that the first server's link gave; the servers after it take the same. */
  get apiKey(): string {
    return this.#apiKey;
  }

  createWorkload(workers = 16, url = this.server.url, apiKey = this.apiKey): Workload {
    const workload = new Workload({ url, apiKey, workers, paceMs: this.paceMs });
    this.drivers.push(workload);
    return workload;
  }

  /** A new server on the same database, as the options say, in place of all that served before: faster than a new database. */
  async serve(options: EnvironmentOptions): Promise<void> {
    await this.#servers.end();
    await this.proxy?.close();
    const isOtherPostgres = JSON.stringify(options.settings ?? {}) !== JSON.stringify(this.#options.settings ?? {});
    this.#options = options;
    if (isOtherPostgres) await this.crashPostgres();
    this.proxy = options.proxyTo?.(this.postgres.port) ?? null;
    const databaseUrl = new URL(this.postgres.url);
    if (this.proxy) databaseUrl.port = String(await this.proxy.listen());
    this.#serverOptions = { databaseUrl: databaseUrl.href, port: 0, ...options.server };
    await this.restartServer();
    this.#serverOptions = { ...this.#serverOptions, port: this.server.port };
    this.#apiKey ||= this.server.apiKey;
  }

  /** Starts a server that has ended again, on the same port. */
  async restartServer(): Promise<void> {
    this.#server = await startServerProcess(this.#servers, this.#serverOptions);
  }

  /** A second server on the same database. */
  startSecondServer(port = 0): Promise<ServerProcess> {
    return startServerProcess(this.#servers, { ...this.#serverOptions, port });
  }

  /** Ends Postgres as a crash would, and starts it on the same port. */
  async crashPostgres(): Promise<void> {
    const { port } = this.postgres;
    await this.postgres.stop('immediate');
    this.postgres = await startEmbeddedPostgres({
      dataDir: this.dataDir,
      settings: this.#options.settings ?? {},
      port,
    });
  }

  async end(): Promise<void> {
    made.delete(this);
    for (const workload of this.drivers) workload.abandon();
    await this.#servers.end();
    await this.proxy?.close();
    await this.postgres.stop('immediate');
    fs.rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** A new database and a server that is ready. */
export async function createEnvironment(options: EnvironmentOptions = {}): Promise<TestEnvironment> {
  const dataDir = makeDataDir();
  const postgres = await startEmbeddedPostgres({ dataDir, settings: options.settings ?? {} });
  const environment = new TestEnvironment({ dataDir, postgres, options });
  made.add(environment);
  try {
    await environment.serve(options);
    return environment;
  } catch (error) {
    await environment.end();
    throw error;
  }
}
