/** `npm run faults [-- --rounds 20 --only kill,postgres]`: runs each fault; where anything was lost, the run fails. */
import { parseArgs } from 'node:util';
import { formatTable } from '../../bench/lib/table.ts';
import { Progress } from '#demo/progress';
import { removeServerBundles } from '#tests/support/serverBundle';
import { endAllEnvironments } from './environment.ts';
import { type Outcome, type Scenario, failFault, runScenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';

interface Options {
  readonly rounds: number;
  readonly chosen: readonly Scenario[];
}

function parseOptions(): Options {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '1' }, only: { type: 'string' } } });
  const rounds = Number(values.rounds);
  const names = values.only?.split(',') ?? scenarios.map((scenario) => scenario.name);
  const unknown = names.filter((name) => !scenarios.some((scenario) => scenario.name === name));
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number from 1.');
  if (unknown.length > 0) {
    throw new Error(`--only takes names out of ${scenarios.map((scenario) => scenario.name).join(', ')}.`);
  }
  return { rounds, chosen: scenarios.filter((scenario) => names.includes(scenario.name)) };
}

async function playAll({ rounds, chosen }: Options): Promise<boolean> {
  const progress = new Progress({ total: rounds * chosen.length, unit: 'runs' });
  const rows: string[][] = [];
  const problems: string[] = [];
  for (const scenario of chosen) {
    const outcomes: Outcome[] = [];
    for (let round = 1; round <= rounds; round++) {
      progress.step(`${scenario.title}, round ${round} of ${rounds}`);
      const outcome = await runScenario(scenario).catch(failFault);
      outcomes.push(outcome);
      problems.push(...outcome.problems.map((problem) => `${scenario.name}, round ${round}: ${problem}`));
      if (outcome.isSkipped) break;
    }
    rows.push(toRow(scenario, outcomes));
  }
  progress.end();
  const head = ['fault', 'rounds', 'acked', 'refused', 'lost', 'duplicates', 'altered', 'verdict', 'note (last round)'];
  process.stdout.write(`\n${formatTable(head, rows)}\n\n`);
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  return problems.length === 0;
}

function toRow(scenario: Scenario, outcomes: readonly Outcome[]): string[] {
  const sum = (field: 'acked' | 'refused' | 'lost' | 'duplicates' | 'altered') =>
    String(outcomes.reduce((total, outcome) => total + outcome[field], 0));
  const last = outcomes.at(-1);
  const isHeld = outcomes.every((outcome) => outcome.problems.length === 0);
  const verdict = last?.isSkipped ? 'skipped' : isHeld ? 'held' : 'BROKEN';
  return [
    scenario.title,
    String(outcomes.length),
    sum('acked'),
    sum('refused'),
    sum('lost'),
    sum('duplicates'),
    sum('altered'),
    verdict,
    last?.note ?? '',
  ];
}

async function endAll(): Promise<void> {
  await endAllEnvironments();
  await removeServerBundles();
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void endAll().finally(() => process.exit(130)));
}
try {
  if (!(await playAll(parseOptions()))) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await endAll();
}
