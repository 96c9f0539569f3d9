/** The real app on a real port and a database of the test's own, with two organizations to tell apart. */
import path from 'node:path';
import { loadConfig, type Config } from '#server/config';
import { createListener } from '#server/app';
import { createApiKeyAsAdmin } from '#server/apiKeys/service';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { closeDeps, createDeps, type Deps } from '#server/deps';
import { listen } from '#server/http/listen';
import { createLogger, type Logger } from '#server/log';
import type { IngestLimits } from '#server/rest/ingestWorkers';
import { createOrganization } from '#server/organizations/service';
import type { ApiKeyScope } from '#shared/apiKey';
import type { OrgId } from '#shared/primitives';
import { createTestDatabase } from './database.ts';
import { poll } from './poll.ts';

/** In the environment of a test file: how many threads read the bodies of its apps. Default: none. */
export const THREADS_OF_TESTS = 'TEST_INGEST_WORKERS';
/** They bundle the sources first. */
const THREADS_MS = 60_000;

/** An app that listens; `stop` closes it and drops its database. */
export interface TestApp {
  readonly url: string;
  readonly databaseUrl: string;
  readonly deps: Deps;
  readonly orgA: TestOrganization;
  readonly orgB: TestOrganization;
  /** A call with the key of organization A. */
  call(method: string, path: string, options?: CallOptions): Promise<Called>;
  /** A key of A with just these scopes. */
  keyWith(scopes: ApiKeyScope[]): Promise<string>;
  stop(): Promise<void>;
}

/** An organization, with a key of all scopes. */
export interface TestOrganization {
  readonly id: OrgId;
  readonly key: string;
}

/** What a call has besides its method and path. */
export interface CallOptions {
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly rawBody?: string | Buffer;
  readonly headers?: Record<string, string>;
  /** Null: none. */
  readonly key?: string | null;
}

/** The answer to a call; `body` is undefined where it is no JSON. */
export interface Called {
  readonly status: number;
  readonly headers: Headers;
  // A test looks into answers of any shape.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
  readonly text: string;
}

/** What differs from a server with its defaults. */
export interface TestAppOptions {
  readonly env?: Record<string, string>;
  readonly clock?: () => Date;
  readonly log?: Logger;
  readonly ingestLimits?: Partial<IngestLimits>;
  /** Another app's, for a second server beside it; it stays when this one stops. Default: a database of its own. */
  readonly databaseUrl?: string;
}

export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const database =
    options.databaseUrl === undefined ? await createTestDatabase() : { url: options.databaseUrl, drop: async () => {} };
  const config: Config = loadConfig({
    PORT: '0',
    LOG_LEVEL: 'silent',
    // Tests try many wrong credentials from one address.
    FAILED_ATTEMPTS_PER_MINUTE: '1000000',
    INGEST_WORKERS: process.env[THREADS_OF_TESTS] ?? '0',
    ...options.env,
  });
  const deps = createDeps({
    config,
    log: options.log ?? createLogger('silent'),
    databaseUrl: database.url,
    ...(options.clock ? { clock: options.clock } : {}),
    // Also the smallest, where there are threads: what is tested is what they make of it.
    ingestLimits: { handedOverBytes: 0, ...options.ingestLimits },
  });
  await deps.db.initialize();
  deps.jobs.start();
  await startIngestWorkers(deps);
  deps.rollups.start();
  deps.readiness.becomeReady();
  const listener = await listen(createListener(deps, { distFolder: path.resolve('dist') }), {
    host: '127.0.0.1',
    port: 0,
    maxConnections: config.maxConnections,
  });
  const url = `http://127.0.0.1:${listener.port}${config.basePath}`;
  const orgA = await anOrganization(deps, 'Acme');
  const orgB = await anOrganization(deps, 'Bolt');
  return {
    url,
    databaseUrl: database.url,
    deps,
    orgA,
    orgB,
    call: (method, target, callOptions = {}) => call(url + target, method, { key: orgA.key, ...callOptions }),
    async keyWith(scopes) {
      const created = await createApiKeyAsAdmin(deps, serverAdminScope(), { org_id: orgA.id, name: 'scoped', scopes });
      return created.key;
    },
    async stop() {
      await listener.close(1_000);
      await closeDeps(deps);
      await database.drop();
    },
  };
}

/** Resolves once all threads take bodies: until then the main thread reads them, and a test would not know which did. */
async function startIngestWorkers({ config, ingestWorkers }: Deps): Promise<void> {
  ingestWorkers.start();
  await poll(async () => expect(ingestWorkers.readyThreads).toBe(config.ingestWorkers), THREADS_MS);
}

/** A new organization with its first key. */
export async function anOrganization(deps: Deps, name: string): Promise<TestOrganization> {
  const { id } = await createOrganization(deps, serverAdminScope(), { name });
  const { key } = await createApiKeyAsAdmin(deps, serverAdminScope(), { org_id: id, name: `${name} key` });
  return { id, key };
}

/** One HTTP call; the body is parsed where it is JSON. */
export async function call(url: string, method: string, options: CallOptions): Promise<Called> {
  const headers: Record<string, string> = { ...options.headers };
  if (typeof options.key === 'string') headers.authorization = `Bearer ${options.key}`;
  let body = options.rawBody;
  if (options.body !== undefined) body = JSON.stringify(options.body);
  if (body !== undefined) headers['content-type'] ??= 'application/json';
  const res = await fetch(url, {
    method,
    headers,
    body: body === undefined ? null : toBytes(body),
    redirect: 'manual',
  });
  const text = await res.text();
  const isJson = /^application\/json(;|$)/.test(res.headers.get('content-type') ?? '');
  return { status: res.status, headers: res.headers, body: isJson ? JSON.parse(text) : undefined, text };
}

/** Fetch takes bytes over a buffer of their own. */
function toBytes(body: string | Buffer): string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' ? body : new Uint8Array(body);
}
