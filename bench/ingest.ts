/**
 * `npm run bench -- ingest [--quick]`: how fast and how steadily logs are stored, as ratios to baselines taken in
 * the same run on the same machine (shared with Postgres and the load generator). It makes its own database and removes it.
 */
import { type TestEnvironment, createEnvironment } from './ingest/environment.ts';
import { exportRows } from './ingest/copyBaseline.ts';
import { overload, type OverloadFigures } from './ingest/overload.ts';
import { type Figures, formatCpu, formatFigures, formatOverloads } from './ingest/report.ts';
import {
  BATCH_SIZE,
  loadBatches,
  loadProduct,
  loadSingles,
  measureRound,
  type Payloads,
  type ProductLoad,
  type Round,
} from './ingest/rounds.ts';
import { median } from './lib/numbers.ts';
import { peakResidentMb } from '#tests/support/processStats';
import { Progress } from '#demo/progress';

interface Plan {
  readonly rounds: number;
  /** Rows of one batch measurement and of one COPY. */
  readonly rows: number;
  /** Of one measurement of single logs. */
  readonly seconds: number;
  readonly steadySeconds: number;
  readonly overloadSeconds: number;
  readonly recoverySeconds: number;
  /** Times the peak. */
  readonly overloads: readonly number[];
}

const FULL: Plan = {
  rounds: 5,
  rows: 10_000,
  seconds: 4,
  steadySeconds: 20,
  overloadSeconds: 8,
  recoverySeconds: 6,
  overloads: [2, 3],
};
const QUICK: Plan = {
  rounds: 3,
  rows: 3_000,
  seconds: 1,
  steadySeconds: 3,
  overloadSeconds: 2,
  recoverySeconds: 3,
  overloads: [3],
};
const STEPS_OF_A_ROUND = 10;

export async function run(args: string[]): Promise<void> {
  const plan = args.includes('--quick') ? QUICK : FULL;
  const progress = new Progress({
    total: 3 + plan.rounds * STEPS_OF_A_ROUND + plan.overloads.length * 2,
    unit: 'steps',
  });
  progress.step('building and starting the product');
  const environment = await createEnvironment();
  const loads: ProductLoad[] = [];
  const watch = (load: ProductLoad) => void loads.push(load);

  progress.step('warming up');
  const warm = async (payloads: Payloads) => {
    const since = new Date();
    // Some of the first batches may be refused.
    for (let stored = 0; stored < plan.rows;) {
      const load = await loadBatches(environment, plan.rows, payloads);
      watch(load);
      stored += load.ackedLogs;
    }
    return exportRows(environment.client, plan.rows, since);
  };
  const rows = { small: await warm('small'), realistic: await warm('realistic') };
  watch(await loadSingles(environment, plan.seconds));

  const rounds: Round[] = [];
  const roundLoads: ProductLoad[] = [];
  const idleShares: number[] = [];
  for (let number = 1; number <= plan.rounds; number++) {
    const round = await measureRound(environment, {
      rows,
      seconds: plan.seconds,
      isReversed: number % 2 === 0,
      onLoad: (load) => roundLoads.push(load),
      onStep(label, idleShare) {
        idleShares.push(idleShare);
        progress.step(`round ${number} of ${plan.rounds}: ${label}`);
      },
    });
    rounds.push(round);
  }
  loads.push(...roundLoads);

  progress.step('1,000 single logs a second');
  const steady = await loadProduct(environment, {
    batchSize: 1,
    pace: { kind: 'open', perSecond: 1_000, seconds: plan.steadySeconds, connections: 256 },
  });
  watch(steady);
  const overloads: { label: string; figures: OverloadFigures }[] = [];
  for (const { times, batchSize, label } of listOverloads(plan)) {
    progress.step(label);
    const peak = median(rounds.map((round) => (batchSize === 1 ? round.singles : round.batches)));
    const figures = await overload(environment, {
      logsPerSecond: peak * times,
      batchSize,
      seconds: plan.overloadSeconds,
      recoverySeconds: plan.recoverySeconds,
      onLoad: watch,
    });
    overloads.push({ label, figures });
  }
  const figures = {
    rounds,
    steady,
    overloads,
    idleShare: idleShares.reduce((sum, share) => sum + share, 0) / idleShares.length,
    peakMb: peakResidentMb(environment.product.pid),
    stored: await countStored(environment, loads),
  };
  progress.end();

  const isBatch = (load: ProductLoad) => load.ackedLogs > load.sent;
  const report = [
    formatFigures(figures),
    formatOverloads(figures),
    formatCpu(
      'Batches',
      roundLoads.filter((load) => isBatch(load) && load.payloads === 'realistic'),
    ),
    formatCpu(
      'Batches of small logs',
      roundLoads.filter((load) => isBatch(load) && load.payloads === 'small'),
    ),
    formatCpu(
      'Single logs',
      roundLoads.filter((load) => !isBatch(load) && load.payloads === 'realistic'),
    ),
    `Medians of ${plan.rounds} rounds of ${rows.realistic.lines.requests.length} rows or ${plan.seconds} s; COPY is one transaction of all rows, one COPY a table. Half of the logs are below 3 kB, a tenth above 12 kB, one in a hundred above 100 kB; small ones have about 2 kB.`,
    `Rows in the database: ${figures.stored.rows} stored by the product for ${figures.stored.acked} acknowledged; ${figures.stored.unknown} more were never answered or refused.`,
  ];
  process.stdout.write(`\n${report.join('\n\n')}\n`);
}

function listOverloads(plan: Plan): { times: number; batchSize: number; label: string }[] {
  return plan.overloads.flatMap((times) => [
    { times, batchSize: 1, label: `single logs, ${times} times the peak` },
    { times, batchSize: BATCH_SIZE, label: `batches of 100, ${times} times the peak` },
  ]);
}

/** What was acknowledged must be there; more may be there, where a call was refused or its answer never came. */
async function countStored(environment: TestEnvironment, loads: readonly ProductLoad[]): Promise<Figures['stored']> {
  const { rows } = await environment.client.query<{ count: string }>(
    'SELECT count(*) FROM requests JOIN request_payloads USING (org_id, id) WHERE org_id = $1',
    [environment.product.org_id],
  );
  const acked = loads.reduce((sum, load) => sum + load.ackedLogs, 0);
  const sent = loads.reduce((sum, load) => sum + load.sentLogs, 0);
  return { acked, rows: Number(rows[0]?.count), unknown: sent - acked };
}
