/**
 * `npm run bench -- otlp [--quick]`: how fast model calls are stored that come by OTLP, as a share of what our own batch
 * endpoint stores of the same calls in the same run. It makes its own database and removes it.
 */
import { Progress } from '#demo/progress';
import { cpuSeconds, machineSeconds, peakResidentMb } from '#tests/support/processStats';
import { LoadGenerator, type LoadResult, type LoadSpec } from './lib/load.ts';
import { formatNumber, formatPercent, median } from './lib/numbers.ts';
import { makeMediumLogs } from './lib/payloads.ts';
import { startMeasuredProduct } from './lib/product.ts';
import { formatTable, type Goal, judge } from './lib/table.ts';
import { untilSummed } from './lib/untilSummed.ts';
import { sizeOfSpan } from './otlp/spanPayloads.ts';

interface Plan {
  readonly rounds: number;
  /** Calls of one measurement. */
  readonly calls: number;
}

const FULL: Plan = { rounds: 7, calls: 10_000 };
const QUICK: Plan = { rounds: 3, calls: 3_000 };
const BATCH_SIZE = 100;
/** Batches on their way at once: enough that both writers always have work. */
const CONNECTIONS = 8;

const SHARE: Goal = { must: 0.6, aim: 0.75, better: 'more' };
const MEMORY_MB: Goal = { must: 350, aim: 300, better: 'less' };

const OWN = { path: '/api/v1/logs', form: 'logs' } as const;
const OTLP = { path: '/v1/traces', form: 'spans' } as const;

interface Measured {
  readonly perSecond: number;
  /** Microseconds of the server's processor time for each call; without Postgres. */
  readonly cpu: number;
}

export async function run(args: string[]): Promise<void> {
  const plan = args.includes('--quick') ? QUICK : FULL;
  const progress = new Progress({ total: 2 + plan.rounds * 2, unit: 'steps' });
  progress.step('building and starting the product');
  const { product, client } = await startMeasuredProduct();
  const generator = new LoadGenerator();
  const port = Number(new URL(product.url).port);
  const acked = { own: 0, otlp: 0 };

  const measure = async (target: Pick<LoadSpec, 'path' | 'form'>): Promise<Measured> => {
    const cpuBefore = cpuSeconds(product.pid);
    const result: LoadResult = await generator.run({
      ...target,
      port,
      apiKey: product.apiKey,
      payloads: 'medium',
      batchSize: BATCH_SIZE,
      pace: { kind: 'closed', connections: CONNECTIONS, calls: plan.calls / BATCH_SIZE },
    });
    await untilSummed(client);
    acked[target === OWN ? 'own' : 'otlp'] += result.ackedLogs;
    return {
      perSecond: result.ackedLogs / result.seconds,
      cpu: ((cpuSeconds(product.pid) - cpuBefore) / result.ackedLogs) * 1e6,
    };
  };

  progress.step('warming up');
  await measure(OWN);
  await measure(OTLP);

  const own: Measured[] = [];
  const otlp: Measured[] = [];
  const machine = machineSeconds();
  for (let round = 0; round < plan.rounds; round++) {
    // The order turns around, so that a slow minute meets both.
    const targets = round % 2 === 0 ? [OWN, OTLP] : [OTLP, OWN];
    for (const target of targets) {
      progress.step(`round ${round + 1} of ${plan.rounds}: ${target.path}`);
      (target === OWN ? own : otlp).push(await measure(target));
    }
  }
  const peakMb = peakResidentMb(product.pid);
  const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM requests');
  progress.end();

  const share = median(own.map(({ perSecond }, round) => (otlp[round]?.perSecond ?? NaN) / perSecond));
  const of = (measured: readonly Measured[], name: keyof Measured) => median(measured.map((each) => each[name]));
  const logs = makeMediumLogs();
  const mean = (sizes: readonly number[]) => sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  process.stdout.write(
    `\n${formatTable(
      ['calls in batches of 100', 'a second', 'CPU µs a call', 'bytes a call'],
      [
        [
          'POST /api/v1/logs, JSON',
          formatNumber(of(own, 'perSecond')),
          formatNumber(of(own, 'cpu')),
          formatNumber(mean(logs.map((log) => Buffer.byteLength(JSON.stringify(log))))),
        ],
        [
          'POST /v1/traces, protobuf',
          formatNumber(of(otlp, 'perSecond')),
          formatNumber(of(otlp, 'cpu')),
          formatNumber(mean(logs.map(sizeOfSpan))),
        ],
      ],
    )}\n\n` +
      `Share: ${formatPercent(share)} (${judge(share, SHARE)}; must ${formatPercent(SHARE.must)}, aim ${formatPercent(SHARE.aim)})\n` +
      `Peak memory of the server: ${formatNumber(peakMb)} MB (${judge(peakMb, MEMORY_MB)}; must ${MEMORY_MB.must})\n` +
      `Rows in the database: ${rows[0]?.count} for ${acked.own + acked.otlp} acknowledged. Processors were busy for ${formatPercent(busyShare(machine))} of the time.\n`,
  );
}

function busyShare(before: ReturnType<typeof machineSeconds>): number {
  const after = machineSeconds();
  return 1 - (after.idle - before.idle) / (after.total - before.total);
}
