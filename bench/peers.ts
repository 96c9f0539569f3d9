/**
 * `npm run bench -- peers [--quick] [--minutes 5]`: the same logs for PromptLab and for what else one would run for them, each with a Postgres of its own
 * of the same binaries and settings: how many are readable a second, what is lost by `kill -9`, what it costs. The peers are
 * installed from PyPI below `node_modules/.cache`; everything is sent to this machine alone, and ends by itself.
 */
import os from 'node:os';
import { parseArgs } from 'node:util';
import { Progress } from '#demo/progress';
import { buildProduct } from '#tests/support/startProduct';
import { findPython } from '../scripts/pythonEnvironment.mjs';
import { LoadGenerator } from './lib/load.ts';
import { formatNumber } from './lib/numbers.ts';
import type { Contender } from './peers/contender.ts';
import { measureContender, type Plan, STEPS } from './peers/measure.ts';
import { anMlflow } from './peers/mlflow.ts';
import { aPhoenix } from './peers/phoenix.ts';
import { aPromptLab } from './peers/promptlab.ts';
import { formatPeers, type Measured } from './peers/report.ts';

const FULL: Plan = { seconds: 4, waitSeconds: 25, killAfterSeconds: 4, mostLogs: 20_000 };
const QUICK: Plan = { seconds: 1, waitSeconds: 15, killAfterSeconds: 2, mostLogs: 5_000 };
/** The turn of one product, on a machine that does nothing else. */
const MINUTES_A_TURN = 1;
const PEERS = [
  { name: 'Phoenix', make: aPhoenix },
  { name: 'MLflow', make: anMlflow },
];

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { quick: { type: 'boolean', default: false }, minutes: { type: 'string', default: '5' } },
  });
  const plan = values.quick ? QUICK : FULL;
  const startedOn = new Date();
  const [loadAverage = NaN] = os.loadavg();
  const python = findPython();
  const peers = python ? PEERS : [];
  /** What is not in the table, and why. */
  const notes = python ? [] : ['Phoenix and MLflow: skipped, no Python 3.10 or newer on the PATH.'];
  const progress = new Progress({ total: 1 + 2 * STEPS + peers.length * (1 + STEPS), unit: 'steps' });
  progress.step('building the product');
  buildProduct();
  const installed: Contender[] = [];
  for (const { name, make } of peers) {
    progress.step(`${name}: installing it`);
    try {
      if (python) installed.push(await make(python));
    } catch (error) {
      notes.push(`${name}: skipped, it could not be installed. ${messageOf(error)}`);
    }
  }

  const generator = new LoadGenerator();
  // Of everything but installing: a peer whose turn would begin later is left out.
  if (!(Number(values.minutes) > 0)) throw new Error('--minutes takes a number of minutes, such as 5.');
  const lastTurnAt = performance.now() + (Number(values.minutes) - MINUTES_A_TURN) * 60_000;
  const measure = async (contender: Contender): Promise<Measured> => {
    const { name, protocol, installedMb } = contender;
    const onStep = (label: string) => progress.step(`${name}, ${protocol}: ${label}`);
    return { name, protocol, installedMb, figures: await measureContender(contender, { plan, generator, onStep }) };
  };
  const columns = [await measure(aPromptLab('json')), await measure(aPromptLab('otlp'))];
  for (const contender of installed) {
    try {
      if (performance.now() > lastTurnAt) throw new Error('The time was over before its turn (--minutes).');
      columns.push(await measure(contender));
    } catch (error) {
      notes.push(`${contender.name}: not measured. ${messageOf(error)}`);
    }
  }
  progress.end();
  const machine = `${os.availableParallelism()} × ${os.cpus()[0]?.model.trim()}, ${formatNumber(os.totalmem() / 2 ** 30)} GB, Node ${process.versions.node}`;
  process.stdout.write(
    `\n${[
      formatPeers(columns),
      ...notes,
      `${startedOn.toISOString().slice(0, 16).replace('T', ' ')} UTC, ${machine}; load average before the run ${formatNumber(loadAverage)}.`,
      NOT_COMPARABLE,
    ].join('\n\n')}\n`,
  );
}

const NOT_COMPARABLE = `Each product was told of the same calls, half of them below 3 kB, a tenth above 12 kB, one in a hundred above 100 kB, and counted by its own API. A time is the time until the last acknowledged log could be read, at most ${FULL.waitSeconds} s after the load.
PromptLab by its own JSON is not the protocol of the others; the second column is. Phoenix is told by the attributes of OpenInference, the others by those of OpenTelemetry's GenAI conventions, with the same words.
Phoenix is given at most 1,000 logs a load, since it stores in the background what it has acknowledged. MLflow and Phoenix also do what PromptLab does not: evaluations, experiments, models.`;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
