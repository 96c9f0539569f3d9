/** The largest users are those of a sum over every request, whatever is asked. */
import type { LogInput, RequestFilters } from '#shared/request';
import type { LargestUsers, LargestUsersInput } from '#shared/sessions';
import { aLogInput } from '#tests/support/factories';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;

/** Four users with 1 to 40 requests in a month, and requests that name nobody, which are the most. */
const LOGS: readonly LogInput[] = ['anna', 'bilal', 'chen', 'dora', null].flatMap((user_id, place) =>
  Array.from({ length: [1, 40, 12, 7, 90][place] ?? 0 }, (_, index) =>
    aLogInput({
      user_id,
      session_id: index % 3 === 0 ? `${user_id}-${index}` : null,
      model: index % 2 === 0 ? 'gpt-4o' : 'made-up-model',
      status: (index + place) % 5 === 0 ? 'error' : 'success',
      input_tokens: 10 * (place + 1) ** 2,
      output_tokens: place + index,
      // Only some are priced, and anna's one request cost most.
      ...(index % 4 !== 3 && { cost_usd: user_id === 'anna' ? 9.5 : 0.001 * (place + 1) }),
      started_at: new Date(Date.parse('2026-03-01T00:00:00Z') + index * 17 * 3_600_000).toISOString(),
    }),
  ),
);

beforeAll(async () => {
  app = await startTestApp();
  const { status } = await app.call('POST', '/api/v1/logs', { body: { logs: LOGS } });
  if (status !== 201) throw new Error(`The logs were answered ${status}.`);
});
afterAll(() => app.stop());

async function largest(input: Partial<LargestUsersInput>): Promise<LargestUsers> {
  const address = `/trpc/users.largest?input=${encodeURIComponent(JSON.stringify(input))}`;
  const { status, body } = await app.call('GET', address, { key: app.orgA.key });
  expect({ status, body }).toMatchObject({ status: 200 });
  return body.result.data as LargestUsers;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** What the requests of a user add up to that are `isAsked`. */
function sumsOf(user_id: string, isAsked: (log: LogInput) => boolean) {
  const logs = LOGS.filter((log) => log.user_id === user_id && isAsked(log));
  const times = LOGS.filter((log) => log.user_id === user_id).map(({ started_at }) => String(started_at));
  const costs = logs.flatMap(({ cost_usd }) => (typeof cost_usd === 'number' ? [cost_usd] : []));
  return {
    user_id,
    requests: logs.length,
    errors: logs.filter(({ status }) => status === 'error').length,
    tokens: sum(logs.map(({ input_tokens, output_tokens }) => Number(input_tokens) + Number(output_tokens))),
    cost: sum(costs),
    unpriced_requests: logs.length - costs.length,
    first_at: times[0],
    last_at: times.at(-1),
  };
}

test.each([
  ['all', {}, () => true],
  ['a model', { q: 'model:gpt-4o' }, ({ model }) => model === 'gpt-4o'],
  ['an error of a session', { q: 'status:error has:session' }, (log) => log.status === 'error' && !!log.session_id],
] as const satisfies readonly [string, RequestFilters, (log: LogInput) => boolean][])(
  'by each order, of %s',
  async (_, filters, isAsked) => {
    for (const sort of ['requests', 'errors', 'tokens', 'cost'] as const) {
      const expected = ['anna', 'bilal', 'chen', 'dora']
        .map((user_id) => sumsOf(user_id, isAsked))
        .filter(({ requests }) => requests > 0)
        .toSorted((one, other) => other[sort] - one[sort] || other.requests - one.requests);
      const { users, count, counted_back_to } = await largest({ sort, filters });
      expect(
        users.map(({ cost_usd, input_tokens, output_tokens, is_partial, sessions, ...user }) => {
          expect([is_partial, sessions > 0]).toEqual([false, true]);
          const tokens = Number(input_tokens) + Number(output_tokens);
          return { ...user, tokens, cost: expect.closeTo(Number(cost_usd), 10) as number };
        }),
      ).toEqual(expected);
      expect([count, counted_back_to]).toEqual([expected.length, null]);
    }
  },
);

test('no more than were asked for, and how many there are', async () => {
  const { users, count } = await largest({ sort: 'requests', limit: 2 });
  expect(users.map(({ user_id }) => user_id)).toEqual(['bilal', 'chen']);
  expect(count).toBe(4);
});

test('a limit above the most is refused in one sentence', async () => {
  const address = `/trpc/users.largest?input=${encodeURIComponent('{"sort":"cost","limit":51}')}`;
  const { status, body } = await app.call('GET', address, { key: app.orgA.key });
  expect(status).toBe(400);
  expect(body.error.message).toContain('50');
});
