/**
 * The rounds that are repeated: each measures the product and its baselines one after the other, so that a slow minute of
 * the machine meets both. Every second round turns the order around.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadResult, LoadSpec } from '../lib/load.ts';
import type { Payloads as AnyPayloads } from '../lib/payloads.ts';
import { untilSummed } from '../lib/untilSummed.ts';
import { cpuSeconds, machineSeconds, residentMb } from '#tests/support/processStats';
import type { TestEnvironment } from './environment.ts';
import { type CopyRows, measureCopy } from './copyBaseline.ts';

/** What this benchmark measures. */
export type Payloads = Exclude<AnyPayloads, 'medium'>;

export const BATCH_SIZE = 100;
export const CONNECTIONS = 64;
/** Batches on their way at once: enough that both writers always have work. */
const BATCH_CONNECTIONS = 8;
/** The machine is watched for so long before each step, while nothing of the benchmark works. */
const WATCH_MS = 250;

/** Rates are per second; `Cpu` are microseconds of CPU a row: of COPY's backend, of the server with the backends that write. */
export interface Round {
  copyAll: number;
  copyCpu: number;
  copyHundreds: number;
  batches: number;
  batchCpu: number;
  smallCopy: number;
  smallCopyCpu: number;
  smallBatches: number;
  smallBatchCpu: number;
  singles: number;
  singleCpu: number;
  express: number;
  inserts: number;
  smallSingles: number;
  smallSingleCpu: number;
  smallExpress: number;
}

/** What one load did to the server. */
export interface ProductLoad extends LoadResult {
  readonly payloads: Payloads;
  /** Seconds of CPU: of the server, and of the backends of Postgres that write for it. */
  readonly serverCpuSeconds: number;
  readonly writersCpuSeconds: number;
  /** The most that was seen in this load. */
  readonly residentMb: number;
}

/** Runs a load against the product and watches the process meanwhile. */
export async function loadProduct(
  environment: TestEnvironment,
  load: Pick<LoadSpec, 'batchSize' | 'pace'> & { readonly payloads?: Payloads },
): Promise<ProductLoad> {
  const { payloads = 'realistic' } = load;
  const { pid, port, apiKey } = environment.product;
  let peak = residentMb(pid);
  const timer = setInterval(() => (peak = Math.max(peak, residentMb(pid))), 100);
  const cpuBefore = cpuSeconds(pid);
  const writersBefore = await readWritersCpu(environment);
  try {
    const result = await environment.generator.run({ port, apiKey, path: '/api/v1/logs', ...load, payloads });
    await untilSummed(environment.client);
    return {
      ...result,
      payloads,
      serverCpuSeconds: cpuSeconds(pid) - cpuBefore,
      writersCpuSeconds: (await readWritersCpu(environment)) - writersBefore,
      residentMb: peak,
    };
  } finally {
    clearInterval(timer);
  }
}

/** Pools keep their connections while there is work, so that their CPU can be summed. */
async function readWritersCpu(environment: TestEnvironment): Promise<number> {
  const { rows } = await environment.client.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE application_name IN ('promptlab-writer', 'promptlab-rollups')",
  );
  return rows.reduce((sum, row) => sum + cpuSeconds(row.pid), 0);
}

export function loadBatches(environment: TestEnvironment, rows: number, payloads: Payloads): Promise<ProductLoad> {
  const pace = { kind: 'closed', connections: BATCH_CONNECTIONS, calls: rows / BATCH_SIZE } as const;
  return loadProduct(environment, { batchSize: BATCH_SIZE, pace, payloads });
}

export function loadSingles(
  environment: TestEnvironment,
  seconds: number,
  payloads: Payloads = 'realistic',
): Promise<ProductLoad> {
  const pace = { kind: 'closed', connections: CONNECTIONS, seconds } as const;
  return loadProduct(environment, { batchSize: 1, pace, payloads });
}

export interface RoundOptions {
  readonly rows: Readonly<Record<Payloads, CopyRows>>;
  readonly seconds: number;
  readonly isReversed: boolean;
  /** Told of each load on the product. */
  readonly onLoad: (load: ProductLoad) => void;
  /** Told of each step, and which share of the machine was idle before it. */
  readonly onStep: (label: string, idleShare: number) => void;
}

/** The steps of one round; `express` and `inserts` answer from the baseline server. */
export async function measureRound(environment: TestEnvironment, options: RoundOptions): Promise<Round> {
  const { rows, seconds } = options;
  const { client } = environment;
  const round = {} as Round; // Each step below fills in its own.
  const baseline = async (path: string, payloads: Payloads = 'realistic') => {
    const result = await environment.generator.run({
      port: environment.baselinePort,
      path,
      apiKey: '-',
      payloads,
      batchSize: 1,
      pace: { kind: 'closed', connections: CONNECTIONS, seconds },
    });
    return result.ackedLogs / result.seconds;
  };
  const product = async (load: Promise<ProductLoad>) => {
    const result = await load;
    options.onLoad(result);
    return { perSecond: result.ackedLogs / result.seconds, cpu: cpuOf(result) };
  };
  const batches = (payloads: Payloads) =>
    product(loadBatches(environment, rows[payloads].lines.requests.length, payloads));
  const pairs: (readonly [label: string, measure: () => Promise<void>])[][] = [
    [
      [
        'COPY of all rows',
        async () => {
          const { rowsPerSecond, rowCpu } = await measureCopy(client, rows.realistic, Infinity);
          Object.assign(round, { copyAll: rowsPerSecond, copyCpu: rowCpu });
        },
      ],
      [
        'batches of 100',
        async () => {
          const { perSecond, cpu } = await batches('realistic');
          Object.assign(round, { batches: perSecond, batchCpu: cpu });
        },
      ],
      [
        'COPY of 100 rows',
        async () => void (round.copyHundreds = (await measureCopy(client, rows.realistic, BATCH_SIZE)).rowsPerSecond),
      ],
    ],
    [
      [
        'COPY of small rows',
        async () => {
          const { rowsPerSecond, rowCpu } = await measureCopy(client, rows.small, Infinity);
          Object.assign(round, { smallCopy: rowsPerSecond, smallCopyCpu: rowCpu });
        },
      ],
      [
        'batches of 100 small logs',
        async () => {
          const { perSecond, cpu } = await batches('small');
          Object.assign(round, { smallBatches: perSecond, smallBatchCpu: cpu });
        },
      ],
    ],
    [
      ['Express alone', async () => void (round.express = await baseline('/parse'))],
      [
        'single logs',
        async () => {
          const { perSecond, cpu } = await product(loadSingles(environment, seconds));
          Object.assign(round, { singles: perSecond, singleCpu: cpu });
        },
      ],
      ['one INSERT per request', async () => void (round.inserts = await baseline('/insert'))],
    ],
    [
      ['Express alone, small', async () => void (round.smallExpress = await baseline('/parse', 'small'))],
      [
        'single small logs',
        async () => {
          const { perSecond, cpu } = await product(loadSingles(environment, seconds, 'small'));
          Object.assign(round, { smallSingles: perSecond, smallSingleCpu: cpu });
        },
      ],
    ],
  ];
  for (const steps of pairs) {
    for (const [label, measure] of options.isReversed ? steps.toReversed() : steps) {
      await client.query('CHECKPOINT'); // So that no step writes the dirty pages of the one before.
      options.onStep(label, await watchMachine());
      await measure();
    }
  }
  return round;
}

/** Microseconds a log. */
function cpuOf(load: ProductLoad): number {
  return ((load.serverCpuSeconds + load.writersCpuSeconds) / load.ackedLogs) * 1e6;
}

/** The share of the machine that nobody uses. */
async function watchMachine(): Promise<number> {
  const before = machineSeconds();
  await sleep(WATCH_MS);
  const after = machineSeconds();
  return (after.idle - before.idle) / (after.total - before.total);
}
