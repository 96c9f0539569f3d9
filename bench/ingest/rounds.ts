/**
 * The rounds that are repeated: each measures the product and its baselines one after the other, so that a slow minute of
 * the machine meets both. Every second round turns the order around.
 */
import type { LoadResult } from '../lib/load.ts';
import { cpuSeconds, residentMb } from '#tests/support/processStats';
import type { TestEnvironment } from './environment.ts';
import { type CopyRows, measureCopy } from './copyBaseline.ts';

export const BATCH_SIZE = 100;
export const CONNECTIONS = 64;
/** Batches on their way at once: enough that both writers always have work. */
const BATCH_CONNECTIONS = 16;

/** Per second. */
export interface Round {
  copyAll: number;
  copyHundreds: number;
  batches: number;
  singles: number;
  express: number;
  inserts: number;
}

/** What one load did to the server. */
export interface ProductLoad extends LoadResult {
  /** Seconds of CPU: of the server, and of the backends of Postgres that write for it. */
  readonly serverCpuSeconds: number;
  readonly writersCpuSeconds: number;
  /** The most that was seen in this load. */
  readonly residentMb: number;
}

/** Runs a load against the product and watches the process meanwhile. */
export async function loadProduct(
  environment: TestEnvironment,
  load: Pick<Parameters<TestEnvironment['generator']['run']>[0], 'batchSize' | 'pace'>,
): Promise<ProductLoad> {
  const { pid, port, apiKey } = environment.product;
  let peak = residentMb(pid);
  const timer = setInterval(() => (peak = Math.max(peak, residentMb(pid))), 100);
  const cpuBefore = cpuSeconds(pid);
  const writersBefore = await readWritersCpu(environment);
  try {
    const result = await environment.generator.run({ port, apiKey, path: '/api/v1/logs', ...load });
    return {
      ...result,
      serverCpuSeconds: cpuSeconds(pid) - cpuBefore,
      writersCpuSeconds: (await readWritersCpu(environment)) - writersBefore,
      residentMb: peak,
    };
  } finally {
    clearInterval(timer);
  }
}

/** The write pool keeps its connections while there is work, so that their CPU can be summed. */
async function readWritersCpu(environment: TestEnvironment): Promise<number> {
  const { rows } = await environment.client.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'promptlab-writer'",
  );
  return rows.reduce((sum, row) => sum + cpuSeconds(row.pid), 0);
}

export function loadBatches(environment: TestEnvironment, rows: number): Promise<ProductLoad> {
  const pace = { kind: 'closed', connections: BATCH_CONNECTIONS, calls: rows / BATCH_SIZE } as const;
  return loadProduct(environment, { batchSize: BATCH_SIZE, pace });
}

export function loadSingles(environment: TestEnvironment, seconds: number): Promise<ProductLoad> {
  return loadProduct(environment, { batchSize: 1, pace: { kind: 'closed', connections: CONNECTIONS, seconds } });
}

export interface RoundOptions {
  readonly rows: CopyRows;
  readonly seconds: number;
  readonly isReversed: boolean;
  /** Told of each load on the product. */
  readonly onLoad: (load: ProductLoad) => void;
  readonly onStep: (label: string) => void;
}

/** The steps of one round; `express` and `inserts` answer from the baseline server. */
export async function measureRound(environment: TestEnvironment, options: RoundOptions): Promise<Round> {
  const { rows, seconds } = options;
  const round: Round = { copyAll: NaN, copyHundreds: NaN, batches: NaN, singles: NaN, express: NaN, inserts: NaN };
  const baseline = async (path: string) => {
    const pace = { kind: 'closed', connections: CONNECTIONS, seconds } as const;
    const result = await environment.generator.run({
      port: environment.baselinePort,
      path,
      apiKey: '-',
      batchSize: 1,
      pace,
    });
    return result.ackedLogs / result.seconds;
  };
  const product = async (load: Promise<ProductLoad>) => {
    const result = await load;
    options.onLoad(result);
    return result.ackedLogs / result.seconds;
  };
  const pairs: (readonly [label: string, measure: () => Promise<void>])[][] = [
    [
      ['COPY of all rows', async () => void (round.copyAll = await measureCopy(environment.client, rows, Infinity))],
      [
        'batches of 100',
        async () => void (round.batches = await product(loadBatches(environment, rows.lines.requests.length))),
      ],
      [
        'COPY of 100 rows',
        async () => void (round.copyHundreds = await measureCopy(environment.client, rows, BATCH_SIZE)),
      ],
    ],
    [
      ['Express alone', async () => void (round.express = await baseline('/parse'))],
      ['single logs', async () => void (round.singles = await product(loadSingles(environment, seconds)))],
      ['one INSERT per request', async () => void (round.inserts = await baseline('/insert'))],
    ],
  ];
  for (const steps of pairs) {
    for (const [label, measure] of options.isReversed ? steps.toReversed() : steps) {
      options.onStep(label);
      await environment.client.query('CHECKPOINT'); // So that no step writes the dirty pages of the one before.
      await measure();
    }
  }
  return round;
}
