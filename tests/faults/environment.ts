/** The place of a fault: a Postgres of its own that can be crashed and started again, and a server that uses it. */
import fs from 'node:fs';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#server/db/embeddedPostgres';
import { ServerChildren } from '#tests/support/serverChild';
import { makeDataDir } from '#tests/support/startProduct';
import { Workload } from './workload.ts';
import { type ServerOptions, type ServerProcess, startServerProcess } from './serverProcess.ts';
import type { TcpProxy } from './tcpProxy.ts';

export interface EnvironmentOptions {
  /** Of Postgres. */
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
  readonly apiKey: string;
  readonly proxy: TcpProxy | null;
  postgres: EmbeddedPostgres;
  server: ServerProcess;
  readonly #options: EnvironmentOptions;
  readonly #servers: ServerChildren;
  /** All that ever wrote here. */
  readonly drivers: Workload[] = [];
  readonly #serverOptions: ServerOptions;

  constructor(parts: {
    dataDir: string;
    postgres: EmbeddedPostgres;
    proxy: TcpProxy | null;
    servers: ServerChildren;
    server: ServerProcess;
    options: EnvironmentOptions;
    serverOptions: ServerOptions;
  }) {
    this.dataDir = parts.dataDir;
    this.postgres = parts.postgres;
    this.proxy = parts.proxy;
    this.#servers = parts.servers;
    this.server = parts.server;
    this.apiKey = parts.server.apiKey;
    this.#options = parts.options;
    this.#serverOptions = { ...parts.serverOptions, port: parts.server.port };
  }

  createWorkload(workers = 16, url = this.server.url, apiKey = this.apiKey): Workload {
    const workload = new Workload({ url, apiKey, workers });
    this.drivers.push(workload);
    return workload;
  }

  /** Starts a server that has ended again, on the same port. */
  async restartServer(): Promise<void> {
    this.server = await startServerProcess(this.#servers, this.#serverOptions);
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
  const servers = new ServerChildren();
  try {
    const proxy = options.proxyTo?.(postgres.port) ?? null;
    const databaseUrl = new URL(postgres.url);
    if (proxy) databaseUrl.port = String(await proxy.listen());
    const serverOptions = { databaseUrl: databaseUrl.href, port: 0, ...options.server };
    const server = await startServerProcess(servers, serverOptions);
    const environment = new TestEnvironment({ dataDir, postgres, proxy, servers, server, options, serverOptions });
    made.add(environment);
    return environment;
  } catch (error) {
    await servers.end();
    await postgres.stop('immediate');
    fs.rmSync(dataDir, { recursive: true, force: true });
    throw error;
  }
}
