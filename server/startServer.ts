/** One PromptLab: database → listen → migrate → ready, and the way back. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createListener } from '#server/app';
import { type AdminTokenFile, ensureAdminToken } from '#server/auth/adminToken';
import type { Config } from '#server/config';
import { explainRefusal, requireUsableDatabase } from '#server/db/databaseRefusal';
import { findUnsafeSettings } from '#server/db/durability';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#server/db/embeddedPostgres';
import { migrate } from '#server/db/migrate';
import { closeDeps, createDeps, type Deps, prepareWrites } from '#server/deps';
import { AppError } from '#server/errors';
import { offerFirstSignIn } from '#server/bootstrap';
import { listen } from '#server/http/listen';
import type { Logger } from '#server/log';

export interface RunningServer {
  readonly deps: Deps;
  readonly port: number;
  /**
   * Resolves once the database is migrated and every statement of the write path prepared; with the code of a sign-in
   * link while no key was ever used, else null. Rejects with a `DatabaseRefusedError` where no waiting would help.
   */
  readonly ready: Promise<string | null>;
  /**
   * Drains and stops: `/readyz` says 503 at once, calls are served for `drainMs` more so that a proxy can move on, then
   * no more are accepted, those in flight end, and what waits is stored.
   */
  stop(drainMs: number): Promise<void>;
}

export interface StartOptions {
  readonly config: Config;
  readonly log: Logger;
  /** The folder that holds `dist/`. */
  readonly rootFolder: string;
  readonly onNotice?: (message: string) => void;
  /** Gives the start up: it rejects, and nothing of it is left running. */
  readonly signal?: AbortSignal;
  /** Told once when the data folder was taken from under us. Nothing is acknowledged from then on; the process has to end. */
  readonly onFolderLost?: (error: Error) => void;
}

const IN_FLIGHT_MS = 3_000;
const RETRY_MS = { first: 250, most: 5_000 };
const WATCH_FOLDER_MS = 1_000;

/** @throws {Error} when the port, the data folder or the embedded Postgres cannot be had. */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { config, log, signal } = options;
  const embedded =
    config.databaseUrl === null
      ? await startEmbeddedPostgres({
          dataDir: config.dataDir,
          ...(options.onNotice ? { onNotice: options.onNotice } : {}),
          ...(signal ? { signal } : {}),
        })
      : null;
  const databaseUrl = config.databaseUrl ?? embedded?.url ?? '';
  // Where a token is set, that of the folder does not count and is not made.
  const adminToken = config.adminToken === null ? ensureAdminToken(config.dataDir) : null;
  const folder = watchFolder(embedded, options);
  const deps = createDeps({
    config,
    log,
    databaseUrl,
    adminTokenOfFolder: adminToken?.token ?? null,
    requireOwner: folder.requireOwner,
  });
  const closeAll = async () => {
    await closeDeps(deps);
    folder.unwatch();
    await embedded?.stop();
  };
  try {
    const app = createListener(deps, { distFolder: path.join(options.rootFolder, 'dist') });
    const listener = await listen(app, config);
    if (adminToken) options.onNotice?.(describe(adminToken));
    const stopping = new AbortController();
    const ready = becomeReady(deps, databaseUrl, stopping.signal);
    // Whoever awaits it sees the failure; a caller that stops first need not.
    ready.catch(() => {});
    return {
      deps,
      port: listener.port,
      ready,
      async stop(drainMs) {
        deps.readiness.startDraining();
        stopping.abort();
        await sleep(drainMs);
        await listener.close(IN_FLIGHT_MS);
        await ready.catch(() => {});
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function describe(adminToken: AdminTokenFile): string {
  return adminToken.token === null
    ? `Admin calls from elsewhere need PROMPTLAB_ADMIN_TOKEN: ${adminToken.file} ${adminToken.problem}.`
    : `The token for admin calls is in ${adminToken.file}.`;
}

/** Notices that the data folder was removed or replaced, within a second and before anything more is acknowledged. */
function watchFolder(embedded: EmbeddedPostgres | null, { config, onFolderLost }: StartOptions) {
  let isLost = false;
  const requireOwner = () => {
    if (embedded === null || (!isLost && embedded.isOwner())) return;
    if (!isLost) {
      isLost = true;
      onFolderLost?.(new Error(`The data folder ${config.dataDir} was removed or replaced while it was in use.`));
    }
    throw new AppError('outcome_unknown', 'The server has lost its data folder and stops; send it again.');
  };
  const timer = setInterval(() => {
    try {
      requireOwner();
    } catch {
      clearInterval(timer); // `onFolderLost` was told.
    }
  }, WATCH_FOLDER_MS);
  timer.unref();
  return { requireOwner, unwatch: () => clearInterval(timer) };
}

/** Tries until the database is there: a server that starts before its database waits for it. */
async function becomeReady(deps: Deps, databaseUrl: string, stopping: AbortSignal): Promise<string | null> {
  for (let wait = RETRY_MS.first; ; wait = Math.min(wait * 2, RETRY_MS.most)) {
    try {
      const migrations = await migrate(databaseUrl);
      if (migrations.length > 0) deps.log.debug({ migrations }, 'schema is up to date');
      if (!deps.db.isInitialized) await deps.db.initialize();
      await requireUsableDatabase(deps.db);
      await requireDurability(deps);
      await prepareWrites(deps);
      const code = await offerFirstSignIn(deps);
      deps.keyUsage.start();
      deps.healthCounts.start();
      deps.waitingLimits.start();
      deps.jobs.start();
      deps.ingestWorkers.start();
      deps.rollups.start();
      if (deps.config.usesSearchIndex) deps.searchIndex.start();
      deps.readiness.becomeReady();
      return code;
    } catch (error) {
      if (stopping.aborted) throw error;
      const refusal = explainRefusal(error, databaseUrl);
      if (refusal) throw refusal;
      deps.log.warn({ err: error, retry_in_ms: wait }, 'the database is not ready');
      await sleep(wait, undefined, { signal: stopping });
    }
  }
}

async function requireDurability(deps: Deps): Promise<void> {
  const unsafe = await findUnsafeSettings(deps.db);
  if (unsafe.length === 0) return;
  if (deps.config.allowUnsafeDatabase) {
    deps.log.warn({ unsafe }, 'the database may lose acknowledged logs in a crash');
    return;
  }
  throw new Error(
    `The database runs with ${unsafe.join(', ')} and would lose acknowledged logs in a crash: switch it on, or set PROMPTLAB_ALLOW_UNSAFE_DB=1.`,
  );
}
