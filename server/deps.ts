/** What the services need, wired by hand, and its lifecycle. */
import type pg from 'pg';
import type { DataSource } from 'typeorm';
import { KeyUsage } from '#server/apiKeys/keyUsage';
import { findKeyByHash, listHashesOfUsedKeys, touchApiKeys } from '#server/apiKeys/repository';
import { AdminGuard } from '#server/auth/adminGuard';
import { Authenticator } from '#server/auth/authenticate';
import { FailedAttempts } from '#server/auth/failedAttempts';
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
import { type ClientAddress, createClientAddress } from '#server/http/clientAddress';
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
  readonly adminGuard: AdminGuard;
  readonly attempts: FailedAttempts;
  readonly addressOf: ClientAddress;
  readonly keyUsage: KeyUsage;
  readonly readiness: Readiness;
}

export interface DepsOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly databaseUrl: string;
  /** The token that the data folder holds; without it only `PROMPTLAB_ADMIN_TOKEN` counts. */
  readonly adminTokenOfFolder?: string | null;
  readonly clock?: () => Date;
  /** `off` loses acknowledged rows in a crash: only for the negative control of the fault tests. */
  readonly synchronousCommit?: 'on' | 'off';
}

/** Makes the deps. Nothing is connected yet: `db.initialize()` and the pools do that at first use. */
export function createDeps(options: DepsOptions): Deps {
  const { config, log } = options;
  const clock = options.clock ?? (() => new Date());
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
  const addressOf = createClientAddress(config.trustProxy);
  const attempts = new FailedAttempts({
    limit: config.failedAttemptsPerMinute,
    now: () => performance.now(),
    listGoodKeys: () => listHashesOfUsedKeys(db),
    onLimit: (network, failures) => log.warn({ network, failures }, 'too many wrong credentials from one address'),
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
        youngTables.add(rows.length - known.size);
        return known;
      },
    }),
    spanWriter: new BatchWriter<EncodedRow>({
      ...writerOptions,
      flushers: 1,
      insert: (rows) => insertSpans(writePool, rows),
    }),
    authenticator: new Authenticator({
      attempts,
      addressOf,
      findKey: async (keyHash) => {
        const key = await findKeyByHash(db, keyHash);
        if (key) attempts.noteGood(keyHash);
        return key;
      },
      onUse: (key) => keyUsage.record(key),
    }),
    adminGuard: new AdminGuard({ config, fileToken: options.adminTokenOfFolder ?? null, attempts, addressOf }),
    attempts,
    addressOf,
    keyUsage,
    readiness: new Readiness(),
  };
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
