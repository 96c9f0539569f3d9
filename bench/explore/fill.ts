/**
 * Fills a data folder: `fill.ts FOLDER ROWS UNTIL`, in a process of its own with more memory for what is young: most of
 * what is made here is forgotten at once. Answers with what it took, and with the keys.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Progress } from '#demo/progress';
import { Random } from '#demo/random';
import { createApiKeyAsAdmin } from '../../server/apiKeys/service.ts';
import { scopeForAdmin } from '../../server/auth/scopeForAdmin.ts';
import { serverAdminScope } from '../../server/auth/serverAdminScope.ts';
import { loadConfig } from '../../server/config.ts';
import { startEmbeddedPostgres } from '../../server/db/embeddedPostgres.ts';
import { AppError } from '../../server/errors.ts';
import { migrate } from '../../server/db/migrate.ts';
import { closeDeps, createDeps, type Deps } from '../../server/deps.ts';
import type { Sender } from '../../server/ingest/batchItems.ts';
import { acceptLogs } from '../../server/ingest/acceptLogs.ts';
import { acceptSpans } from '../../server/ingest/acceptSpans.ts';
import { createLogger } from '../../server/log.ts';
import { createOrganization } from '../../server/organizations/service.ts';
import { type FillResult, NEIGHBOUR_ROWS } from './dataFolder.ts';
import { RequestMaker } from './makeRequests.ts';

const BATCH = 500;
/** Batches on their way: the next is made while Postgres works. */
const IN_FLIGHT = 6;
const MOST_ATTEMPTS = 100;
const MOST_WAIT_MS = 2_000;

async function fill(folder: string, rows: number, until: string): Promise<FillResult> {
  // It is filled by nobody else, and made again where it breaks: the disk need not be waited for.
  const postgres = await startEmbeddedPostgres({
    dataDir: folder,
    settings: { fsync: 'off', full_page_writes: 'off', autovacuum: 'off', max_wal_size: '4GB' },
  });
  process.once('SIGTERM', () => void postgres.stop('immediate').then(() => process.exit(130)));
  await migrate(postgres.url);
  const clock = { now: new Date(0) };
  const deps = createDeps({
    config: loadConfig({ LOG_LEVEL: 'warn' }),
    log: createLogger('warn'),
    databaseUrl: postgres.url,
    synchronousCommit: 'off',
    clock: () => clock.now,
  });
  await deps.db.initialize();
  const main = await anOrganization(deps, 'Explore');
  const neighbour = await anOrganization(deps, 'Neighbour');
  const startedAt = performance.now();
  try {
    await storeAll(deps, clock, [
      { senders: main.senders, maker: makerOf(1, rows, until) },
      { senders: neighbour.senders, maker: makerOf(2, NEIGHBOUR_ROWS, until) },
    ]);
  } finally {
    await closeDeps(deps);
  }
  const filledAt = performance.now();
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query("SET maintenance_work_mem = '256MB'");
  await client.query('VACUUM ANALYZE');
  await client.query('CHECKPOINT');
  await client.end();
  await postgres.stop('fast');
  return {
    key: main.key,
    neighbourKey: neighbour.key,
    fillSeconds: (filledAt - startedAt) / 1_000,
    vacuumSeconds: (performance.now() - filledAt) / 1_000,
  };
}

function makerOf(seed: number, count: number, until: string): RequestMaker {
  return new RequestMaker({ random: new Random(seed, count), count, until: Date.parse(until) });
}

async function anOrganization(deps: Deps, name: string): Promise<{ senders: Sender[]; key: string }> {
  const admin = serverAdminScope();
  const { id } = await createOrganization(deps, admin, { name });
  const scope = scopeForAdmin(admin, id);
  const keys = await Promise.all(
    ['application', 'batches'].map((use) => createApiKeyAsAdmin(deps, admin, { org_id: id, name: `${name}, ${use}` })),
  );
  return { senders: keys.map((key) => ({ scope, api_key_id: key.id })), key: keys[0]?.key ?? '' };
}

interface Source {
  /** By its keys. */
  readonly senders: readonly Sender[];
  readonly maker: RequestMaker;
}

/** Of the organizations in turn, so that their rows lie among each other as those of a shared server do. */
async function storeAll(deps: Deps, clock: { now: Date }, sources: readonly Source[]): Promise<void> {
  const total = sources.reduce((sum, { maker }) => sum + maker.count, 0);
  const progress = new Progress({ total, unit: 'requests' });
  const inFlight = new Set<Promise<void>>();
  try {
    for (let source = furthestBehind(sources); source; source = furthestBehind(sources)) {
      const { logs, spans, at } = source.maker.next(BATCH);
      // It never goes back: a batch may be read while the next one is made.
      clock.now = new Date(Math.max(clock.now.getTime(), at));
      const storing = store(deps, senderOf(source), { logs, spans }).then(() => {
        progress.add(logs.length);
        inFlight.delete(storing);
      });
      inFlight.add(storing);
      if (inFlight.size >= IN_FLIGHT) await Promise.race(inFlight);
    }
    await Promise.all(inFlight);
  } finally {
    progress.end();
  }
}

/** One in ten batches comes with the second key. */
function senderOf({ senders, maker }: Source): Sender {
  const sender = senders[Math.floor(maker.made / BATCH) % 10 === 0 ? 1 : 0];
  if (!sender) throw new Error('An organization has two keys.');
  return sender;
}

/** What a busy machine answers: a look-up takes longer than the product waits for it, or more waits than is stored in time. */
const PASSING: ReadonlySet<string> = new Set(['database_unavailable', 'overloaded']);

/** The same ids are sent again, as clients do. */
async function untilAvailable<Result>(send: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof AppError) || !PASSING.has(error.code) || attempt === MOST_ATTEMPTS) throw error;
      await sleep(Math.min(500 * attempt, MOST_WAIT_MS));
    }
  }
}

function furthestBehind(sources: readonly Source[]): Source | undefined {
  return sources
    .filter(({ maker }) => maker.made < maker.count)
    .toSorted((a, b) => a.maker.made / a.maker.count - b.maker.made / b.maker.count)[0];
}

async function store(
  deps: Deps,
  sender: Sender,
  { logs, spans }: { logs: readonly unknown[]; spans: readonly unknown[] },
): Promise<void> {
  const results = [await untilAvailable(() => acceptLogs(deps, sender, logs))];
  if (spans.length > 0) results.push(await untilAvailable(() => acceptSpans(deps, sender, spans)));
  const refused = results.flatMap(({ results: receipts }) => receipts).find(({ status }) => status === 'rejected');
  if (refused) throw new Error(`A request was not stored: ${JSON.stringify(refused)}`);
}

const [folder = '', rows = '', until = ''] = process.argv.slice(2);
try {
  process.send?.(await fill(folder, Number(rows), until));
  process.disconnect();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
