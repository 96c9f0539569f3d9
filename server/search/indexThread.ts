/**
 * The thread that makes the search index: reading texts and setting bits takes about as much processor time as storing
 * them, and must not keep the server from answering. It has a connection of its own, and is told only what it cannot know.
 */
import os from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { createIndexPool, transactionalOf } from '#server/db/pool';
import { newId } from '#server/ids';
import { SearchIndexer } from './indexer.ts';

/** What the server gives to the thread. */
export interface IndexThreadInput {
  readonly databaseUrl: string;
  /** One 32-bit number: logs that wait to be stored. */
  readonly waiting: SharedArrayBuffer;
}

/** Who logs and reads comes first: on Linux this is of the thread alone; elsewhere it would be of the whole process. */
if (process.platform === 'linux') os.setPriority(10);

const { databaseUrl, waiting } = workerData as IndexThreadInput; // Given by IndexWorker.
const waitingRows = new Int32Array(waiting);
const pool = createIndexPool(databaseUrl);
const indexer = new SearchIndexer({
  db: transactionalOf(pool),
  admin: serverAdminScope(),
  scopeOf: (org_id) => scopeForAdmin(serverAdminScope(), org_id),
  id: newId(),
  newId,
  isBusy: () => Atomics.load(waitingRows, 0) > 0,
  onError: (error) => parentPort?.postMessage(error instanceof Error ? error.message : String(error)),
});
indexer.start();
parentPort?.once('message', () => {
  void indexer
    .stop()
    .then(() => pool.end())
    .finally(() => parentPort?.close());
});
