/** Lists in another order: every row once, ties and unknown values included, and what is said where only the latest were sorted. */
import { newId } from '#server/ids';
import { expectError } from '#tests/support/expectContract';
import { aLogInput } from '#tests/support/factories';
import { type Called, startTestApp, type TestApp } from '#tests/support/testApp';
import { SORTED_ROWS } from './sorting.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

interface Row {
  readonly id: string;
  readonly started_at: string;
  readonly latency_ms: number | null;
  readonly cost_usd: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
}

const VALUES: Readonly<Record<string, (row: Row) => number | null>> = {
  time: (row) => Date.parse(row.started_at),
  latency: (row) => row.latency_ms,
  cost: (row) => (row.cost_usd === null ? null : Number(row.cost_usd)),
  tokens: (row) =>
    row.input_tokens === null || row.output_tokens === null ? null : row.input_tokens + row.output_tokens,
};

/** What the order must be: by value, ties by id in the same direction, unknown last. */
function inOrder(rows: readonly Row[], sort: string): string[] {
  const sign = sort.startsWith('-') ? -1 : 1;
  const valueOf = VALUES[sort.replace('-', '')] ?? (() => null);
  return rows
    .toSorted((a, b) => {
      const [one, other] = [valueOf(a), valueOf(b)];
      if (one === other) return sign * (a.id < b.id ? -1 : 1);
      if (one === null) return 1;
      if (other === null) return -1;
      return sign * (one - other);
    })
    .map(({ id }) => id);
}

async function walk(query: string, key: string): Promise<{ ids: string[]; pages: Called[] }> {
  const pages: Called[] = [];
  let cursor = '';
  do {
    const called = await app.call('GET', `/api/v1/requests?payload=false&${query}${cursor}`, { key });
    expect(called.status).toBe(200);
    pages.push(called);
    const next = called.headers.get('x-next-cursor');
    cursor = next === null ? '' : `&cursor=${encodeURIComponent(next)}`;
  } while (cursor !== '');
  return { ids: pages.flatMap(({ body }) => body.map(({ id }: Row) => id)), pages };
}

const list = async (input: object, key = app.orgA.key): Promise<Called['body']> => {
  const called = await app.call('GET', `/trpc/requests.list?input=${encodeURIComponent(JSON.stringify(input))}`, {
    key,
  });
  return called.body.result?.data ?? called.body;
};

const SORTS = ['-time', 'time', '-latency', 'latency', '-cost', 'cost', '-tokens', 'tokens'];

describe('a few rows with ties and without values', () => {
  let rows: Row[];
  beforeAll(async () => {
    const logs = Array.from({ length: 40 }, (_, n) => ({
      ...aLogInput({ id: newId(), started_at: new Date(Date.now() - (n % 13) * 60_000).toISOString() }),
      model: n % 2 === 0 ? 'even' : 'odd',
      latency_ms: n % 5 === 0 ? null : (n % 7) * 100.25,
      cost_usd: n % 6 === 0 ? undefined : (n % 4) * 0.001,
      provider: n % 6 === 0 ? 'nobody' : 'openai',
      input_tokens: n % 8 === 0 ? null : n % 3,
      output_tokens: n % 9 === 0 ? null : n % 2,
    }));
    await app.call('POST', '/api/v1/logs', { body: { logs } });
    await app.call('POST', '/api/v1/logs', { key: app.orgB.key, body: aLogInput({ latency_ms: 1e9, model: 'even' }) });
    rows = (await app.call('GET', '/api/v1/requests?limit=200&payload=false')).body;
  });

  test.each(SORTS)('%s: pages forwards hold each row once, in order', async (sort) => {
    expect(rows).toHaveLength(40);
    const { ids, pages } = await walk(`limit=7&sort=${sort}`, app.orgA.key);
    expect(ids).toEqual(inOrder(rows, sort));
    expect(pages.every(({ headers }) => headers.get('x-sorted-back-to') === null)).toBe(true);
  });

  test.each(SORTS)('%s: with a filter, and by offset, it is the same order', async (sort) => {
    const even = rows.filter((_row) => (_row as unknown as { model: string }).model === 'even');
    expect((await walk(`limit=6&model=even&sort=${sort}`, app.orgA.key)).ids).toEqual(inOrder(even, sort));
    const q = encodeURIComponent('-model:odd');
    const called = await app.call('GET', `/api/v1/requests?payload=false&limit=5&offset=3&q=${q}&sort=${sort}`);
    expect(called.body.map(({ id }: Row) => id)).toEqual(inOrder(even, sort).slice(3, 8));
  });

  test.each(SORTS)('%s: pages backwards are those that were seen forwards', async (sort) => {
    const seen: string[][] = [];
    let page = await list({ limit: 9, sort });
    expect(page.prev_cursor).toBeNull();
    for (;;) {
      seen.push(page.requests.map(({ id }: Row) => id));
      if (page.next_cursor === null) break;
      page = await list({ limit: 9, sort, cursor: page.next_cursor });
    }
    expect(seen.flat()).toEqual(inOrder(rows, sort));
    for (const ids of seen.slice(0, -1).toReversed()) {
      page = await list({ limit: 9, sort, cursor: page.prev_cursor });
      expect(page.requests.map(({ id }: Row) => id)).toEqual(ids);
    }
    expect(page.prev_cursor).toBeNull();
    expect(page.sorted_back_to).toBeNull();
  });

  test('a cursor is bound to its sort', async () => {
    const cursors = new Map<string, string>();
    for (const sort of SORTS) cursors.set(sort, (await list({ limit: 3, sort })).next_cursor);
    for (const [made, cursor] of cursors) {
      for (const sort of SORTS) {
        const called = await app.call('GET', `/api/v1/requests?sort=${sort}&cursor=${encodeURIComponent(cursor)}`);
        const told = [called.body.error?.code, called.body.error?.message.includes(`sort=${made}`)];
        expect([sort, made, called.status, ...told]).toEqual(
          sort === made ? [sort, made, 200, undefined, undefined] : [sort, made, 400, 'invalid_cursor', true],
        );
      }
    }
  });

  test('a cursor that was cut or edited is refused, and one of another organization meets only own rows', async () => {
    const { next_cursor } = await list({ limit: 3, sort: '-latency' });
    const edit = (change: (content: unknown[]) => unknown) =>
      Buffer.from(JSON.stringify(change(JSON.parse(Buffer.from(next_cursor, 'base64url').toString())))).toString(
        'base64url',
      );
    for (const cursor of [
      next_cursor.slice(0, 20),
      'bm9uc2Vuc2U',
      edit((content) => content.with(2, "0'; DROP TABLE requests")),
      edit((content) => content.with(2, 'NaN')),
      edit((content) => content.with(2, '2026-01-01T00:00:00Z')),
      edit((content) => content.with(3, 'no-uuid')),
      edit((content) => [...content, 1]),
      edit(() => ({ __proto__: 1 })),
    ]) {
      expectError(
        await app.call('GET', `/api/v1/requests?sort=-latency&cursor=${encodeURIComponent(cursor)}`),
        'invalid_cursor',
      );
    }
    const ofB = await walk(`sort=-latency&limit=10`, app.orgB.key);
    const withCursorOfA = await app.call('GET', `/api/v1/requests?sort=-latency&cursor=${next_cursor}`, {
      key: app.orgB.key,
    });
    for (const { id } of withCursorOfA.body) expect(ofB.ids).toContain(id);
  });

  test.each([
    'id; create table pwned(x int)--',
    '(select pg_sleep(5))',
    '__proto__',
    'org_id',
    '-',
    '--latency',
    'LATENCY',
    '',
    'latency,cost',
  ])('sort=%s is refused, and says what is accepted', async (sort) => {
    const called = await app.call('GET', `/api/v1/requests?sort=${encodeURIComponent(sort)}`);
    expectError(called, 'invalid_value');
    expect(called.body.error).toMatchObject({ param: 'sort', message: expect.stringContaining('-latency') });
  });
});

test('of more rows than are sorted, the latest are, and the answer says back to when; pages fit together while others are stored', async () => {
  const key = app.orgB.key;
  const extra = 50;
  await app.deps.db.query(
    `INSERT INTO requests (org_id, id, started_at, created_at, model, provider, status, latency_ms, cost_status, tags, truncated, summary_bytes)
     SELECT $1::uuid, gen_random_uuid(), '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 second', now(), 'many', 'p', 'success',
       CASE WHEN n % 1000 = 0 THEN NULL ELSE CASE WHEN n <= ${extra} THEN 1e9 ELSE n % 5000 END END, 'no_price', '{}', false, 500
     FROM generate_series(1, ${SORTED_ROWS + extra}) n`,
    [app.orgB.id],
  );
  const oldest = new Date(Date.parse('2026-01-01T00:00:00Z') + (extra + 1) * 1_000).toISOString();
  const first = await list({ model: 'many', limit: 200, sort: '-latency' }, key);
  expect(first.sorted_back_to).toBe(oldest);
  // The slowest of all are older than what is sorted: the answer says so, and holds none of them.
  expect(first.requests[0].latency_ms).toBe(4_999);
  await app.call('POST', '/api/v1/logs', { key, body: aLogInput({ model: 'many', latency_ms: 4_999 }) });
  const { ids, pages } = await walk(`model=many&limit=200&sort=-latency`, key);
  expect(new Set(ids).size).toBe(SORTED_ROWS);
  for (const { headers } of pages) expect(headers.get('x-sorted-back-to')).not.toBeNull();
  // The pages of the list that was begun before that log was stored do not move.
  const second = await list({ model: 'many', limit: 200, sort: '-latency', cursor: first.next_cursor }, key);
  expect(second.sorted_back_to).toBe(oldest);
  const shown = new Set(first.requests.map(({ id }: Row) => id));
  for (const { id } of second.requests) expect(shown.has(id)).toBe(false);
  // Exactly as many as are sorted are all of them.
  const all = await list({ model: 'many', from: oldest, to: '2026-02-01T00:00:00Z', limit: 1, sort: 'latency' }, key);
  expect(all.sorted_back_to).toBeNull();
}, 30_000);

test('where no index answers the filter, what was looked at in time is sorted, and nothing is said of the rest', async () => {
  const key = app.orgB.key;
  const page = await list({ q: 'has:finish', limit: 50, sort: '-latency' }, key);
  expect(page.requests).toEqual([]);
  expect(page.sorted_back_to === null || Date.parse(page.sorted_back_to) > 0).toBe(true);
  const some = await list({ q: 'latency:4990..4999 -model:none', limit: 100, sort: '-latency' }, key);
  expect(some.requests[0].latency_ms).toBe(4_999);
  const values = some.requests.map(({ latency_ms }: Row) => latency_ms);
  expect(values).toEqual(values.toSorted((a: number, b: number) => b - a));
});
