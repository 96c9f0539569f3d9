/** A fault and what must hold after it. */
import { type Audit, auditDatabase, findBreaches } from './audit.ts';
import { type EnvironmentOptions, type TestEnvironment, createEnvironment } from './environment.ts';
import type { Workload } from './workload.ts';

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** What it runs in, if a plain server on a plain Postgres will not do. */
  readonly environment?: EnvironmentOptions;
  /** Runs the fault once. The environment is intact again afterwards, unless it names its own. */
  run(environment: TestEnvironment): Promise<Outcome>;
}

export interface Outcome {
  readonly acked: number;
  readonly refused: number;
  readonly lost: number;
  readonly duplicates: number;
  readonly altered: number;
  /** Why the round failed; empty when all held. */
  readonly problems: readonly string[];
  readonly note: string;
  /** The machine cannot run this fault; the note says why. */
  readonly isSkipped?: boolean;
}

/** Audits all that was ever stored in this environment; `extra` are problems that only the scenario can see. */
export async function concludeFault(
  environment: TestEnvironment,
  drivers: readonly Workload[],
  { extra = [], note = '' }: { extra?: readonly string[]; note?: string } = {},
): Promise<Outcome> {
  const audit = await auditDatabase(environment.postgres.url, environment.drivers);
  return toOutcome(audit, drivers, { problems: [...findBreaches(audit), ...extra], note });
}

export function toOutcome(
  audit: Audit,
  drivers: readonly Workload[],
  { problems, note }: { problems: readonly string[]; note: string },
): Outcome {
  const own = drivers.flatMap((workload) => workload.problems);
  const { acked, lost, duplicates, altered } = audit;
  const refused = drivers.reduce((sum, workload) => sum + workload.failures, 0);
  return { acked, refused, lost, duplicates, altered, problems: [...problems, ...new Set(own)], note };
}

/** A round that could not be run to its end. */
export function failFault(error: unknown): Outcome {
  const problem = error instanceof Error ? error.message : String(error);
  return { acked: 0, refused: 0, lost: 0, duplicates: 0, altered: 0, problems: [problem], note: '' };
}

export function skipFault(note: string): Outcome {
  return { acked: 0, refused: 0, lost: 0, duplicates: 0, altered: 0, problems: [], note, isSkipped: true };
}

/** Runs a fault in a new environment and removes the environment, whatever happens. */
export async function runScenario(scenario: Scenario): Promise<Outcome> {
  const environment = await createEnvironment(scenario.environment);
  try {
    return await scenario.run(environment);
  } finally {
    await environment.end();
  }
}

/** Somewhere in the next `mostMs`: a fault must not always meet the same moment. */
export function someTime(mostMs: number): number {
  return Math.random() * mostMs;
}
