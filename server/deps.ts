/** What the services need, wired by hand, and its lifecycle. */
import type pg from 'pg';
import type { DataSource } from 'typeorm';
import { KeyUsage } from '#server/apiKeys/keyUsage';
import { findKeyByHash, touchApiKeys } from '#server/apiKeys/repository';
import { Authenticator } from '#server/auth/authenticate';
import type { Config } from '#server/config';
import { createDataSource, createWritePool } from '#server/db/dataSource';
import { classifyDatabaseError } from '#server/db/databaseError';
import type { EncodedRow } from '#server/db/rowType';
import { YoungTables } from '#server/db/youngTables';
import { newId } from '#server/ids';
import { BatchWriter } from '#server/ingest/batchWriter';
import type { Logger } from '#server/log';
import { insertRequests } from '#server/requests/repository';
import { insertSpans } from '#server/traces/repository';
import { Readiness } from '#server/http/readiness';

export interface Deps {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: () => Date;
  /** A fresh UUIDv7. */
  readonly newId: (nowMs?: number) => string;
  readonly db: DataSource;
  readonly writePool: pg.Pool;
  readonly requestWriter: BatchWriter<EncodedRow>;
  readonly spanWriter: BatchWriter<EncodedRow>;
  readonly authenticator: Authenticator;
  readonly keyUsage: KeyUsage;
  readonly readiness: Readiness;
}

export interface DepsOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly databaseUrl: string;
  readonly clock?: () => Date;
  /** `off` loses acknowledged rows in a crash: only for the negative control of the fault tests. */
  readonly synchronousCommit?: 'on' | 'off';
  /**
   * Asked after each commit and before its rows are acknowledged; throws where the database is not ours any more.
   * Default: it always is.
   */
  readonly requireOwner?: () => void;
}

/** Makes the deps. Nothing is connected yet: `db.initialize()` and the pools do that at first use. */
export function createDeps(options: DepsOptions): Deps {
  const { config, log } = options;
  const clock = options.clock ?? (() => new Date());
  const requireOwner = options.requireOwner ?? (() => {});
  const db = createDataSource(options.databaseUrl);
  const writePool = createWritePool(options.databaseUrl, options.synchronousCommit);
  const keyUsage = new KeyUsage({
    write: (uses) => touchApiKeys(db, uses),
    now: clock,
    onError: (error) => log.warn({ err: error }, 'last_used_at could not be written; it is tried again'),
  });
  const youngTables = new YoungTables({
    db,
    onError: (error) => log.debug({ err: error }, 'statistics could not be taken; autovacuum will'),
  });
  const writerOptions = {
    classify: faultOf,
    queueRows: config.queueRows,
    queueBytes: config.queueBytes,
    onPoison: (key: string, error: unknown) =>
      log.warn({ key, code: error instanceof Error && 'code' in error ? error.code : null }, 'a row was refused'),
  };
  return {
    config,
    log,
    clock,
    newId,
    db,
    writePool,
    requestWriter: new BatchWriter<EncodedRow>({
      ...writerOptions,
      insert: async (rows, lane) => {
        const known = await insertRequests(writePool, rows, lane);
        requireOwner();
        youngTables.add(rows.length - known.size);
        return known;
      },
    }),
    spanWriter: new BatchWriter<EncodedRow>({
      ...writerOptions,
      flushers: 1,
      insert: async (rows) => {
        const known = await insertSpans(writePool, rows);
        requireOwner();
        return known;
      },
    }),
    authenticator: new Authenticator({
      apiKeyPrefix: config.apiKeyPrefix,
      findKey: (keyHash) => findKeyByHash(db, keyHash),
      onUse: (key) => keyUsage.record(key),
    }),
    keyUsage,
    readiness: new Readiness(),
  };
}

/**
 * Prepares the statements of the write path by running them without rows: what the schema or the rights of the role
 * would refuse, they refuse now.
 */
export async function prepareWrites({ writePool }: Deps): Promise<void> {
  await insertRequests(writePool, [], 0);
  await insertSpans(writePool, []);
}

/** Stores what waits, then lets go of the database. */
export async function closeDeps(deps: Deps): Promise<void> {
  await Promise.all([deps.requestWriter.drain(), deps.spanWriter.drain()]);
  if (deps.db.isInitialized) {
    await deps.keyUsage.stop();
    await deps.db.destroy();
  }
  await deps.writePool.end();
}

function faultOf(error: unknown): 'row' | 'conflict' | 'unavailable' {
  const failure = classifyDatabaseError(error);
  return failure === 'row' || failure === 'conflict' ? failure : 'unavailable';
}
