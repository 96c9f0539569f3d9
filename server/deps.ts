/** What the services need, wired by hand, and its lifecycle. */
import type pg from 'pg';
import type { DataSource } from 'typeorm';
import { KeyUsage } from '#server/apiKeys/keyUsage';
import { KeyLookUp } from '#server/apiKeys/keyLookUp';
import { listHashesOfUsedKeys, touchApiKeys } from '#server/apiKeys/repository';
import { AdminGuard } from '#server/auth/adminGuard';
import { Authenticator } from '#server/auth/authenticate';
import { FailedAttempts } from '#server/auth/failedAttempts';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import type { Config } from '#server/config';
import { ConnectionWatch } from '#server/db/connectionWatch';
import {
  createDataSource,
  createKeyPool,
  createReadPool,
  createRollupPool,
  createTracePool,
  createWritePool,
} from '#server/db/dataSource';
import { type WriteTransactions, writeTransactionsOf } from '#server/db/writeTransaction';
import { HealthCounts } from '#server/dataHealth/healthCounts';
import { addHealthCounts, forgetHealthCounts } from '#server/dataHealth/repository';
import { classifyDatabaseError } from '#server/db/databaseError';
import { ChangePool } from '#server/db/changePool';
import type { ReadPool } from '#server/db/readPool';
import type { EncodedRow } from '#server/db/binaryRowEncoder';
import { TenantGate } from '#server/db/tenantGate';
import { transactionalOf } from '#server/db/pool';
import { queryableOf } from '#server/db/sql';
import { InitialTableStatistics } from '#server/db/initialTableStatistics';
import { ExportSlots } from '#server/exports/exportSlots';
import { newId } from '#server/ids';
import { BatchWriter, type BatchWriterOptions } from '#server/ingest/batchWriter';
import { JobRunner } from '#server/jobs/jobRunner';
import type { Logger } from '#server/log';
import { INSERT_WAITING, insertWaiting } from '#server/otlp/repository';
import { WaitingLimits } from '#server/otlp/waitingLimits';
import { PriceBook } from '#server/pricing/priceBook';
import { repriceRequestsStep } from '#server/pricing/repricing';
import { deleteRequestsStep } from '#server/requests/deletion';
import { INSERT_REQUESTS, insertRequests } from '#server/requests/repository';
import { type IngestLimits, IngestWorkers } from '#server/rest/ingestWorkers';
import { RollupUpdater } from '#server/rollups/rollupUpdater';
import { IndexWorker } from '#server/search/indexWorker';
import { INSERT_SPANS, insertSpans } from '#server/traces/repository';
import { AnswerBudget } from '#server/http/answerBudget';
import { type ClientAddress, createClientAddress } from '#server/http/clientAddress';
import { Readiness } from '#server/http/readiness';

/** The most large reads of one organization at a time. */
const LARGE_READS = 2;
/** The most exports at a time: of all organizations, and of each. */
const EXPORTS = { all: 8, each: 2 };

export interface Deps {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: () => Date;
  /** A fresh UUIDv7. */
  readonly newId: (nowMs?: number) => string;
  /** Settings and administration. */
  readonly db: DataSource;
  /** What organizations read. */
  readonly reads: ReadPool;
  /** What organizations change, by the connections of `db`. */
  readonly changes: ChangePool;
  readonly keyPool: pg.Pool;
  readonly writePool: pg.Pool;
  readonly connectionWatch: ConnectionWatch;
  readonly requestWriter: BatchWriter<EncodedRow>;
  /** Reads bodies of logs and spans. */
  readonly ingestWorkers: IngestWorkers;
  readonly spanWriter: BatchWriter<EncodedRow>;
  /** Stores what comes by OpenTelemetry before the span that it belongs to. */
  readonly waitingWriter: BatchWriter<EncodedRow>;
  readonly waitingLimits: WaitingLimits;
  readonly tracePool: pg.Pool;
  /** Puts the spans of OpenTelemetry in order, by the connections of `tracePool`. */
  readonly traceOrder: WriteTransactions;
  /** The turns in which the traces of an organization are put in order, one at a time. */
  readonly traceTurns: TenantGate;
  readonly healthCounts: HealthCounts;
  readonly authenticator: Authenticator;
  readonly adminGuard: AdminGuard;
  readonly attempts: FailedAttempts;
  readonly addressOf: ClientAddress;
  readonly keyUsage: KeyUsage;
  /** What organizations set. */
  readonly prices: PriceBook;
  readonly jobs: JobRunner;
  readonly searchIndex: IndexWorker;
  readonly rollupPool: pg.Pool;
  readonly rollups: RollupUpdater;
  readonly readiness: Readiness;
  /** The budget of all answers in flight, by REST and tRPC. */
  readonly answers: AnswerBudget;
  readonly largeReads: TenantGate;
  readonly exportSlots: ExportSlots;
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
  /** Limits of the threads that read bodies. Default: those of `IngestWorkers`. */
  readonly ingestLimits?: Partial<IngestLimits>;
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
  const url = options.databaseUrl;
  const watch = new ConnectionWatch({
    url,
    onGiveUp: (connections) => log.warn({ connections }, 'connections to the database were lost, and are opened anew'),
  });
  const db = createDataSource(url, { watch });
  const keyPool = createKeyPool(url, watch);
  const writePool = createWritePool(url, { watch, synchronousCommit: options.synchronousCommit });
  const tracePool = createTracePool(url, watch);
  const keyLookUp = new KeyLookUp(queryableOf(keyPool));
  const keyUsage = new KeyUsage({
    write: (uses) => touchApiKeys(db, uses),
    now: clock,
    onError: (error) => log.warn({ err: error }, 'last_used_at could not be written; it is tried again'),
  });
  const initialTableStatistics = new InitialTableStatistics({
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
  const createSingleWriter = (insert: BatchWriterOptions<EncodedRow>['insert']) =>
    new BatchWriter<EncodedRow>({
      ...writerOptions,
      writers: 1,
      insert: async (rows) => {
        const known = await insert(rows);
        requireOwner();
        return known;
      },
    });
  const rollupPool = createRollupPool(url, watch);
  const rollups = new RollupUpdater({
    db: transactionalOf(rollupPool),
    admin: serverAdminScope(),
    scopeOf: (org_id) => scopeForAdmin(serverAdminScope(), org_id),
    onError: (error) => log.warn({ err: error }, 'requests could not be added to the rollups; it is tried again'),
  });
  const requestWriter = new BatchWriter<EncodedRow>({
    ...writerOptions,
    insert: async (rows) => {
      const known = await insertRequests(writePool, rows);
      requireOwner();
      rollups.noteStored();
      initialTableStatistics.add(rows.length - known.size);
      return known;
    },
  });
  return {
    config,
    log,
    clock,
    newId,
    db,
    reads: createReadPool(url, watch),
    changes: new ChangePool(db),
    keyPool,
    writePool,
    connectionWatch: watch,
    requestWriter,
    ingestWorkers: new IngestWorkers({ count: config.ingestWorkers, log, limits: options.ingestLimits }),
    spanWriter: createSingleWriter((rows) => insertSpans(writePool, rows)),
    waitingWriter: createSingleWriter((rows) => insertWaiting(tracePool, rows)),
    waitingLimits: new WaitingLimits({
      db,
      admin: serverAdminScope(),
      scopeOf: (org_id) => scopeForAdmin(serverAdminScope(), org_id),
      now: clock,
      onError: (error) => log.warn({ err: error }, 'what waited too long could not be forgotten; it is tried again'),
    }),
    tracePool,
    traceOrder: writeTransactionsOf(tracePool, {
      statements: [INSERT_REQUESTS, INSERT_SPANS, INSERT_WAITING],
      afterCommit: () => {
        requireOwner();
        rollups.noteStored();
      },
    }),
    traceTurns: new TenantGate({ limit: 1 }),
    healthCounts: new HealthCounts({
      write: (counts) => addHealthCounts(db, serverAdminScope(), counts),
      forget: (before) => forgetHealthCounts(db, serverAdminScope(), before),
      now: clock,
      onError: (error) =>
        log.warn({ err: error }, 'the counts of what came in could not be written or forgotten; it is tried again'),
    }),
    authenticator: new Authenticator({
      attempts,
      addressOf,
      findKey: async (keyHash) => {
        const key = await keyLookUp.find(keyHash);
        if (key) attempts.noteGood(keyHash);
        return key;
      },
      onUse: (key) => keyUsage.record(key),
    }),
    adminGuard: new AdminGuard({ config, fileToken: options.adminTokenOfFolder ?? null, attempts, addressOf }),
    attempts,
    addressOf,
    keyUsage,
    // By the connections that look up keys: a log waits for both.
    prices: new PriceBook(queryableOf(keyPool)),
    jobs: new JobRunner({
      db,
      steps: { delete_requests: deleteRequestsStep, reprice_requests: repriceRequestsStep },
      admin: serverAdminScope(),
      scopeOf: (job) => scopeForAdmin(serverAdminScope(), job.org_id),
      id: newId(),
      log,
    }),
    searchIndex: new IndexWorker({
      databaseUrl: url,
      countWaiting: () => requestWriter.stats().queued_rows,
      log,
    }),
    rollupPool,
    rollups,
    readiness: new Readiness(),
    largeReads: new TenantGate({ limit: LARGE_READS }),
    exportSlots: new ExportSlots(EXPORTS),
    answers: new AnswerBudget({ bytes: config.answerBytesInFlight }),
  };
}

/**
 * Prepares the statements of the write path by running them without rows: what the schema or the rights of the role
 * would refuse, they refuse now.
 */
export async function prepareWrites({ writePool, tracePool }: Deps): Promise<void> {
  await insertRequests(writePool, []);
  await insertSpans(writePool, []);
  await insertWaiting(tracePool, []);
}
/** The longest that the end of the process waits for statements that nobody waits for. */
const CLOSE_MS = 2_000;

/** Stores what waits, then lets go of the database. */
export async function closeDeps(deps: Deps): Promise<void> {
  await Promise.all([deps.jobs.stop(), deps.searchIndex.stop(), deps.waitingLimits.stop(), deps.ingestWorkers.stop()]);
  await Promise.all([deps.requestWriter.drain(), deps.spanWriter.drain(), deps.waitingWriter.drain()]);
  await deps.rollups.stop();
  const timer = setTimeout(() => deps.connectionWatch.giveUpAll(), CLOSE_MS);
  try {
    if (deps.db.isInitialized) {
      await deps.keyUsage.stop();
      await deps.healthCounts.stop();
      await deps.db.destroy();
    }
    await Promise.all(
      [deps.reads, deps.keyPool, deps.writePool, deps.tracePool, deps.rollupPool].map((pool) => pool.end()),
    );
  } finally {
    clearTimeout(timer);
  }
}

function faultOf(error: unknown): 'row' | 'conflict' | 'unavailable' {
  const failure = classifyDatabaseError(error);
  return failure === 'row' || failure === 'conflict' ? failure : 'unavailable';
}
