/** Who took part in a trace: users, sessions and agents, each once, in the order they came. Pure. */
import type { TraceDetail } from '#shared/trace';
import { kindOfStep } from './stepKinds.ts';

/** Of each; a trace of more is about all of them and none. */
const MOST = 4;

/** At most MOST of each. */
export interface TraceNames {
  readonly users: readonly string[];
  readonly sessions: readonly string[];
  /** Names of the steps that are agents. */
  readonly agents: readonly string[];
}

/** Who took part in the steps that are loaded. */
export function namesIn({ spans, requests }: Pick<TraceDetail, 'spans' | 'requests'>): TraceNames {
  const steps = [...spans, ...requests];
  const agents = spans.filter((step) => kindOfStep({ kind: 'span', step }) === 'agent').map(({ name }) => name);
  return {
    users: distinct(steps.map(({ user_id }) => user_id)),
    sessions: distinct(steps.map(({ session_id }) => session_id)),
    agents: distinct(agents),
  };
}

function distinct(values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter((value) => value !== null))].slice(0, MOST);
}
