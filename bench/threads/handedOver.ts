/** What a body costs the main thread where it reads it itself, and where a thread does. Without HTTP and without a database. */
import { readFileSync } from 'node:fs';
import { AdmissionControl } from '../../server/http/admissionControl.ts';
import { scopeForAdmin } from '../../server/auth/scopeForAdmin.ts';
import { serverAdminScope } from '../../server/auth/serverAdminScope.ts';
import { newId } from '../../server/ids.ts';
import { createLogger } from '../../server/log.ts';
import { NO_CUSTOM_PRICES } from '../../server/pricing/customPrices.ts';
import type { IngestContext } from '../../server/rest/ingestBody.ts';
import { IngestWorkers } from '../../server/rest/ingestWorkers.ts';
import type { OrgId } from '#shared/primitives';
import { poll } from '#tests/support/poll';
import { makeRealisticLogs } from '../lib/realisticLogs.ts';
import { formatNumber, median } from '../lib/numbers.ts';
import { formatTable } from '../lib/table.ts';

/** Bytes of bodies; beyond the first ones they are batches. */
const SIZES = [1, 2, 4, 8, 16, 32, 64, 256, 1_024].map((kilobytes) => kilobytes * 1024);
/** Bodies on their way at once, as many as the threads take. */
const AT_ONCE = 4;
const THREADS = 2;
/** Of all bodies of one measurement, and the fewest and most of them. */
const BYTES = 16 * 1024 * 1024;
const FEWEST = 30;
const MOST = 1_000;

interface Cost {
  /** Microseconds of a body. */
  readonly main: number;
  readonly all: number;
}

/** A table of microseconds of processor time a body. */
export async function measureHandingOver(rounds: number): Promise<string> {
  const org_id = newId() as OrgId; // A UUID of our own making.
  const context: IngestContext = {
    kind: 'logs',
    scope: scopeForAdmin(serverAdminScope(), org_id),
    api_key_id: null,
    prices: NO_CUSTOM_PRICES,
    now: new Date(),
  };
  const log = createLogger('warn');
  const here = new IngestWorkers({ count: 0, log });
  const threads = new IngestWorkers({ count: THREADS, log, limits: { handedOverBytes: 0 } });
  threads.start();
  await poll(async () => {
    if (threads.readyThreads < THREADS) throw new Error('The threads did not start.');
  });
  const pool = makeRealisticLogs(500).map((one) => JSON.stringify(one));
  const rows: string[][] = [];
  for (const size of SIZES) {
    const { body, logs } = makeBody(pool, size);
    const count = Math.min(MOST, Math.max(FEWEST, Math.floor(BYTES / body.length)));
    const costs: Record<'here' | 'handedOver', Cost[]> = { here: [], handedOver: [] };
    for (let round = -1; round < rounds; round++) {
      const pair = [
        ['here', await measure(here, { body, count, context })],
        ['handedOver', await measure(threads, { body, count, context })],
      ] as const;
      // The first one warms up.
      if (round >= 0) for (const [name, cost] of pair) costs[name].push(cost);
    }
    const of = (name: keyof typeof costs, part: keyof Cost) => median(costs[name].map((cost) => cost[part]));
    rows.push([
      formatNumber(body.length / 1024),
      String(logs),
      ...[of('here', 'main'), of('handedOver', 'main'), of('here', 'all'), of('handedOver', 'all')].map(formatNumber),
    ]);
  }
  await threads.stop();
  const head = ['kB', 'logs', 'main thread, read here', 'handed over', 'whole process, read here', 'handed over'];
  return `Microseconds of processor time a body, medians of ${rounds}\n${formatTable(head, rows)}`;
}

/** Logs of a batch that together have about so many bytes; one log where that is enough. */
function makeBody(pool: readonly string[], bytes: number): { body: Buffer; logs: number } {
  const single = pool.toSorted((a, b) => Math.abs(a.length - bytes) - Math.abs(b.length - bytes))[0] ?? '';
  if (Math.abs(Buffer.byteLength(single) - bytes) < bytes / 4) return { body: Buffer.from(single), logs: 1 };
  const logs: string[] = [];
  for (let total = 0; total < bytes; total += Buffer.byteLength(logs.at(-1) ?? '')) {
    logs.push(pool[logs.length % pool.length] ?? '');
  }
  return { body: Buffer.from(`{"logs":[${logs.join(',')}]}`), logs: logs.length };
}

async function measure(
  workers: IngestWorkers,
  { body, count, context }: { body: Buffer; count: number; context: IngestContext },
): Promise<Cost> {
  const admission = new AdmissionControl({ bodyBytes: Infinity });
  // Made beforehand: what is handed over is gone.
  const bodies = Array.from({ length: count }, () => Buffer.from(new Uint8Array(body).buffer));
  const before = { main: mainThreadMicros(), all: process.cpuUsage() };
  const send = async () => {
    for (let bytes = bodies.pop(); bytes; bytes = bodies.pop()) {
      const reservation = admission.open(context.scope.org_id);
      const read = await workers.read({ bytes, reservation }, context);
      reservation.release();
      if (read.kind === 'refused log') throw read.error;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, send));
  const all = process.cpuUsage(before.all);
  return { main: (mainThreadMicros() - before.main) / count, all: (all.user + all.system) / count };
}

/** Of processor time, as the Linux kernel counts it: proc(5), `schedstat`. NaN where there is no /proc. */
function mainThreadMicros(): number {
  try {
    const [nanoseconds] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ');
    return Number(nanoseconds) / 1_000;
  } catch {
    return NaN;
  }
}
