/** Lists whose filter no index answers: what is found, in what order, and what is said where nobody has it. */
import { newId } from '#server/ids';
import { aLogInput } from '#tests/support/factories';
import { startTestApp, type TestApp } from '#tests/support/testApp';

const ROWS = 5_000;

let app: TestApp;
let ids: string[];
beforeAll(async () => {
  app = await startTestApp();
  const begin = Date.parse('2026-03-01T00:00:00Z');
  const logs = Array.from({ length: ROWS }, (_, n) =>
    aLogInput({
      id: newId(begin + n * 1_000),
      started_at: new Date(begin + n * 1_000).toISOString(),
      latency_ms: n % 1_000 === 3 ? 9_000 : 100,
      provider: n === 7 ? 'rare' : 'openai',
      user_id: n % 2 === 0 ? 'even' : 'odd',
    }),
  );
  for (let at = 0; at < ROWS; at += 500)
    await app.call('POST', '/api/v1/logs', { body: { logs: logs.slice(at, at + 500) } });
  ids = logs.map(({ id }) => id ?? '');
}, 60_000);
afterAll(() => app.stop());

/** All pages of a list. */
async function listAll(query: string, limit = 3): Promise<{ found: string[]; stopped: number; pages: number }> {
  const found: string[] = [];
  let [stopped, pages] = [0, 0];
  for (let cursor = ''; ; pages++) {
    const called = await app.call('GET', `/api/v1/requests?payload=false&limit=${limit}&${query}${cursor}`);
    found.push(...called.body.map(({ id }: { id: string }) => id));
    if (called.headers.get('x-searched-back-to') !== null) stopped++;
    const next = called.headers.get('x-next-cursor');
    if (next === null) return { found, stopped, pages: pages + 1 };
    cursor = `&cursor=${next}`;
  }
}

const slow = () => ids.filter((_, n) => n % 1_000 === 3).toReversed();

test.each([
  ['a range', 'q=latency:>5s', () => slow()],
  ['a range, oldest first', 'q=latency:>5s&sort=time', () => slow().toReversed()],
  ['a range of one user', 'q=latency:>5s user:odd', () => slow()],
  ['a range of another user', 'q=latency:>5s user:even', () => []],
  ['a rare provider', 'provider=rare', () => [ids[7]]],
  ['a negation', 'q=-provider:openai', () => [ids[7]]],
  ['a part of the time', 'q=latency:>5s&from=2026-03-01T00:10:00Z&to=2026-03-01T01:00:00Z', () => slow().slice(1, 4)],
])('%s: %s', async (_, query, expected) => {
  expect((await listAll(query)).found).toEqual(expected());
});

test('what nobody has is answered at once, and completely', async () => {
  for (const query of ['provider=nobody', 'environment=nobody', 'q=env:nobody latency:>1s', 'model=nobody']) {
    expect([query, await listAll(query)]).toEqual([query, { found: [], stopped: 0, pages: 1 }]);
  }
});

test('a page says when it stopped, and the next goes on: rows that are many are found once each', async () => {
  const { found } = await listAll('q=latency:<5s', 200);
  expect(found).toEqual(ids.filter((_, n) => n % 1_000 !== 3).toReversed());
});
