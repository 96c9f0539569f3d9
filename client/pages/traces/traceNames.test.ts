import type { RequestSummary } from '#shared/request';
import type { Span } from '#shared/trace';
import { namesIn } from './traceNames.ts';

// Only what is read.
const span = (fields: Partial<Span>) => ({ kind: null, user_id: null, session_id: null, ...fields }) as Span;
const call = (fields: Partial<RequestSummary>) => ({ user_id: null, session_id: null, ...fields }) as RequestSummary;

test('each user, session and agent is named once, and four of them at the most', () => {
  const names = namesIn({
    spans: [
      span({ name: 'planner', kind: 'agent', session_id: 's-1' }),
      span({ name: 'planner', kind: 'AGENT' }),
      span({ name: 'search', kind: 'tool' }),
      ...['a', 'b', 'c', 'd'].map((name) => span({ name, kind: 'agent' })),
    ],
    requests: [call({ user_id: 'u-1', session_id: 's-1' }), call({ session_id: 's-2' })],
  });
  expect(names).toEqual({ users: ['u-1'], sessions: ['s-1', 's-2'], agents: ['planner', 'a', 'b', 'c'] });
});
