/** One product from its first start to its start after a crash. */
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeDataDir } from '#tests/support/startProduct';
import { onCleanup } from '../lib/cleanup.ts';
import type { LoadGenerator, LoadResult, LoadSpec } from '../lib/load.ts';
import type { Contender } from './contender.ts';
import { Environment } from './environment.ts';
import { SHAPES } from './shapes.ts';

/** Of one kind of load. */
export interface LoadFigures {
  readonly ackedLogs: number;
  /** Of them, those that its API could read before the wait was over. */
  readonly readableLogs: number;
  /** From the first call until the last of those was readable, or until the wait was over. */
  readonly seconds: number;
  /** From the last answer until then. */
  readonly lagSeconds: number;
  readonly latency: LoadResult['latency'];
  /** Of the product and its Postgres, in milliseconds a readable log. */
  readonly cpuMs: number;
  /** The most memory of both. */
  readonly memoryMb: number;
}

export interface CrashFigures {
  readonly ackedLogs: number;
  readonly lostLogs: number;
}

export interface ContenderFigures {
  readonly firstStartSeconds: number;
  readonly startSeconds: number;
  /** In the order of `SHAPES`. */
  readonly loads: readonly LoadFigures[];
  readonly bytesALog: number;
  readonly crash: CrashFigures;
}

const CRASH_SHAPE = SHAPES[2];

export interface Plan {
  /** Of one load. */
  readonly seconds: number;
  /** What was acknowledged is waited for so long. */
  readonly waitSeconds: number;
  /** From the begin of the load. */
  readonly killAfterSeconds: number;
  readonly mostLogs: number;
}

const WARM_UP = { calls: 200, seconds: 15, connections: 8 };

export interface MeasureOptions {
  readonly plan: Plan;
  readonly generator: LoadGenerator;
  readonly onStep: (label: string) => void;
}

/** Number of steps that `onStep` is told of. */
export const STEPS = 4 + SHAPES.length;

export async function measureContender(contender: Contender, options: MeasureOptions): Promise<ContenderFigures> {
  const folder = makeDataDir();
  onCleanup(() => fs.rmSync(folder, { recursive: true, force: true }));
  const environment = new Environment(contender, folder);
  onCleanup(() => environment.stop());
  try {
    return await measureIn(environment, contender, options);
  } finally {
    await environment.stop();
  }
}

async function measureIn(
  environment: Environment,
  contender: Contender,
  { plan, generator, onStep }: MeasureOptions,
): Promise<ContenderFigures> {
  onStep('first start');
  const firstStartSeconds = await environment.start();
  const bytesBefore = await environment.databaseBytes();

  onStep('warming up');
  const send = (spec: Pick<LoadSpec, 'batchSize' | 'pace' | 'keepsIds'>) =>
    generator.run({ ...contender.load, ...environment.address(), payloads: 'realistic', ...spec });
  const warm = await send({ batchSize: 1, pace: { kind: 'closed', ...WARM_UP } });
  let readable = warm.ackedLogs;
  await environment.waitForReadable(readable, plan.waitSeconds);

  const mostLogs = Math.min(plan.mostLogs, contender.mostLogs ?? Infinity);
  const paceOf = ({ batchSize, connections }: (typeof SHAPES)[number], seconds: number) =>
    ({ kind: 'closed', connections, calls: Math.ceil(mostLogs / batchSize), seconds }) as const;
  const loads: LoadFigures[] = [];
  for (const shape of SHAPES) {
    onStep(shape.label);
    const measured = await environment.watch(async () => {
      const startedAt = performance.now();
      const result = await send({ batchSize: shape.batchSize, pace: paceOf(shape, plan.seconds) });
      const endedAt = performance.now();
      const waited = await environment.waitForReadable(readable + result.ackedLogs, plan.waitSeconds);
      return { startedAt, endedAt, result, waited };
    });
    const { startedAt, endedAt, result, waited } = measured;
    const readableLogs = Math.min(waited.count - readable, result.ackedLogs);
    loads.push({
      ackedLogs: result.ackedLogs,
      readableLogs,
      seconds: (waited.at - startedAt) / 1_000,
      lagSeconds: Math.max(0, waited.at - endedAt) / 1_000,
      latency: result.latency,
      cpuMs: ((waited.cpuSeconds - measured.cpuBefore) / readableLogs) * 1_000,
      memoryMb: measured.memoryMb,
    });
    // What is still on its way belongs to this load.
    readable += result.ackedLogs;
  }
  const bytesALog = ((await environment.databaseBytes()) - bytesBefore) / (await environment.countReadable());

  onStep('kill -9 under load');
  const loading = send({
    batchSize: CRASH_SHAPE.batchSize,
    // Calls that find no server are few: each waits a little before the next.
    pace: paceOf(CRASH_SHAPE, plan.killAfterSeconds + 1),
    keepsIds: true,
  });
  await sleep(plan.killAfterSeconds * 1_000);
  await environment.kill();
  const { ackedIds } = await loading;

  onStep('start after the crash');
  const startSeconds = await environment.start();
  const found = await environment.listReadable();
  const lostLogs = ackedIds.filter((id) => !found.has(id)).length;
  return { firstStartSeconds, startSeconds, loads, bytesALog, crash: { ackedLogs: ackedIds.length, lostLogs } };
}
