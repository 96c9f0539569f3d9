/** Searches through tails, segments and large segments find what a scan of all rows finds, in its order, page by page. */
import { setTimeout as sleep } from 'node:timers/promises';
import { holdsWords } from '#shared/query/words';
import { newId } from '#server/ids';
import { aLogInput } from '#tests/support/factories';
import { startTestIndexer, type TestIndexer } from '#tests/support/searchIndex';
import { startTestApp, type TestApp } from '#tests/support/testApp';
import { SEGMENT_ROWS } from './signature.ts';

const ROWS = 8_400;
const WORDS = [
  'brontide',
  'quokka',
  'zephyr',
  'lantern',
  'marble',
  '北京',
  '天氣',
  'الاسترداد',
  '🚀',
  'ÜBER',
  '100%',
  'a_b',
];

interface Log {
  readonly id: string;
  readonly started_at: string;
  readonly text: string;
  readonly model: string;
}

let app: TestApp;
let indexer: TestIndexer;
let logs: Log[];

/** Words of 1 in 3 to 1 in 2,000 rows; times that go forwards, with a tenth of the rows late by up to a day. */
function makeLogs(): Log[] {
  const begin = Date.parse('2026-03-01T00:00:00Z');
  let seed = 7;
  const next = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  return Array.from({ length: ROWS }, (_, index) => {
    const words = WORDS.filter((_word, rank) => next(3 * 2 ** rank) === 0);
    const late = next(10) === 0 ? next(86_400_000) : 0;
    return {
      id: newId(begin + index * 1_000),
      started_at: new Date(begin + index * 1_000 - late).toISOString(),
      text: `request number ${index} of ${next(1_000_000).toString(36)} ${words.join(' and ')}`,
      model: `m${next(4)}`,
    };
  });
}

async function store(some: readonly Log[]): Promise<void> {
  for (let at = 0; at < some.length; at += 500) {
    const batch = some.slice(at, at + 500).map(({ id, started_at, text, model }) => ({
      ...aLogInput({ id, started_at }),
      model,
      messages: [{ role: 'user', content: text }],
      response_content: null,
    }));
    const called = await app.call('POST', '/api/v1/logs', { body: { logs: batch } });
    if (called.body.created !== batch.length) throw new Error(called.text);
  }
}

beforeAll(async () => {
  // Long enough for whatever else the machine does: that time is up is tested below.
  app = await startTestApp({ env: { SEARCH_MS: '10000' } });
  indexer = startTestIndexer(app);
  logs = makeLogs();
  await store(logs);
}, 60_000);
afterAll(async () => {
  await indexer.stop();
  await app.stop();
});

const expected = (matches: (log: Log) => boolean) =>
  logs
    .filter(matches)
    .toSorted((a, b) => (a.started_at === b.started_at ? (a.id < b.id ? 1 : -1) : a.started_at < b.started_at ? 1 : -1))
    .map(({ id }) => id);

interface Pages {
  readonly ids: string[];
  readonly pages: number;
  readonly stopped: number;
}

/** All pages, forwards from the first, or backwards from the last. */
async function findAll(q: string, { limit = 50, more = '' } = {}): Promise<Pages> {
  const ids: string[] = [];
  let [pages, stopped] = [0, 0];
  let cursor: string | null = null;
  do {
    const at: string = cursor === null ? '' : `&cursor=${cursor}`;
    const called = await app.call(
      'GET',
      `/api/v1/requests?payload=false&limit=${limit}&q=${encodeURIComponent(q)}${more}${at}`,
    );
    expect(called.status).toBe(200);
    ids.push(...called.body.map(({ id }: { id: string }) => id));
    pages++;
    if (called.headers.get('x-searched-back-to') !== null) stopped++;
    cursor = called.headers.get('x-next-cursor');
  } while (cursor !== null && pages < 2_000);
  return { ids, pages, stopped };
}

const QUERIES: [string, (log: Log) => boolean][] = [
  ...WORDS.map((word): [string, (log: Log) => boolean] => [`"${word}"`, ({ text }) => holdsWords(text, word)]),
  ['absentword', () => false],
  ['brontide quokka', ({ text }) => text.includes('brontide') && text.includes('quokka')],
  ['"brontide and quokka"', ({ text }) => text.includes('brontide and quokka')],
  ['lantern OR marble', ({ text }) => /lantern|marble/.test(text)],
  ['lantern -marble model:m1', ({ text, model }) => /lantern/.test(text) && !/marble/.test(text) && model === 'm1'],
  ['model:m2 (🚀 OR 北京)', ({ text, model }) => /🚀|北京/u.test(text) && model === 'm2'],
  ['ok', ({ text }) => text.includes('ok')],
  ['é', () => false],
  ['"number 77 "', ({ text }) => text.includes('number 77 ')],
];

const STATES = ['in tails', 'in tails and segments', 'in segments and large ones', 'after some were deleted'] as const;

describe.each(STATES)('%s', (state) => {
  beforeAll(async () => {
    if (state === 'in tails and segments') {
      await indexer.indexAll();
      const late = makeLogs()
        .slice(0, 300)
        .map((log) => ({ ...log, id: newId() }));
      logs.push(...late);
      await store(late);
    }
    if (state === 'in segments and large ones') {
      const more = makeLogs()
        .slice(0, 2_000)
        .map((log) => ({ ...log, id: newId(), text: `${log.text} more` }));
      logs.push(...more);
      await store(more);
      await indexer.indexAll();
    }
    if (state === 'after some were deleted') {
      const gone = new Set(logs.filter((_, index) => index % 7 === 0).map(({ id }) => id));
      await app.deps.db.query('DELETE FROM requests WHERE id = ANY($1)', [[...gone]]);
      logs = logs.filter(({ id }) => !gone.has(id));
    }
  }, 60_000);

  test.each(QUERIES)('%s', async (q, matches) => {
    const { ids } = await findAll(q, { limit: 200 });
    expect(ids).toEqual(expected(matches));
  });
});

test('segments were made, and put side by side', async () => {
  expect(indexer.errors).toEqual([]);
  const segments: { width: number; rows: number }[] = await app.deps.db.query(
    'SELECT width, sum(rows)::int AS rows FROM search_segments GROUP BY 1 ORDER BY 1',
  );
  const large = { width: SEGMENT_ROWS, rows: SEGMENT_ROWS * 8 };
  expect(segments).toEqual([{ width: SEGMENT_ROWS / 8, rows: expect.any(Number) }, large]);
});

describe('pages', () => {
  test('lead backwards to the rows they came from', async () => {
    const all = expected(({ text }) => text.includes('zephyr'));
    const page = (input: object) =>
      app
        .call(
          'GET',
          `/trpc/requests.list?input=${encodeURIComponent(JSON.stringify({ q: 'zephyr', limit: 40, ...input }))}`,
        )
        .then(({ body }) => body.result.data);
    const ids = ({ requests }: { requests: { id: string }[] }) => requests.map(({ id }) => id);
    const first = await page({});
    const second = await page({ cursor: first.next_cursor });
    const third = await page({ cursor: second.next_cursor });
    expect([...ids(first), ...ids(second), ...ids(third)]).toEqual(all.slice(0, 120));
    expect(ids(await page({ cursor: third.prev_cursor }))).toEqual(ids(second));
    const back = await page({ cursor: second.prev_cursor });
    expect(ids(back)).toEqual(ids(first));
    expect(ids(await page({ cursor: back.next_cursor }))).toEqual(ids(second));
  });

  test('oldest first find the same', async () => {
    const { ids } = await findAll('zephyr model:m3', { more: '&sort=time', limit: 30 });
    expect(ids).toEqual(expected(({ text, model }) => text.includes('zephyr') && model === 'm3').toReversed());
  });

  test('within a range of time, and by offset, are those of the list', async () => {
    const [from, to] = ['2026-03-01T00:20:00.000Z', '2026-03-01T01:30:00.000Z'];
    const within = expected(({ text, started_at }) => text.includes('marble') && started_at >= from && started_at < to);
    expect((await findAll('marble', { more: `&from=${from}&to=${to}`, limit: 20 })).ids).toEqual(within);
    const called = await app.call(
      'GET',
      `/api/v1/requests?payload=false&q=marble&from=${from}&to=${to}&offset=10&limit=5`,
    );
    expect(called.body.map(({ id }: { id: string }) => id)).toEqual(within.slice(10, 15));
  });
});

test.each([
  ['a millisecond', { SEARCH_MS: '1' }],
  ['no index', { SEARCH_INDEX: 'off', SEARCH_MS: '10' }],
])(
  'with %s to search, pages say how far they looked, and go on until all was found once',
  async (_, env) => {
    const short = await startTestApp({ env, databaseUrl: app.databaseUrl });
    try {
      const whole = app;
      app = {
        ...short,
        orgA: whole.orgA,
        call: (method, path, options) => short.call(method, path, { key: whole.orgA.key, ...options }),
      };
      for (const [q, matches] of QUERIES.filter((_query, index) => index % 3 === 1)) {
        const { ids, stopped } = await findAll(q, { limit: 200 });
        expect(ids).toEqual(expected(matches));
        expect([q, stopped > 0]).toEqual([q, true]);
      }
      app = whole;
    } finally {
      await short.stop();
    }
  },
  60_000,
);

describe('what needs all that match', () => {
  const count = async (q: string, more = '') =>
    (await app.call('GET', `/api/v1/stats?q=${encodeURIComponent(q)}${more}`)).body.requests;

  test('totals and sorted lists are exact', async () => {
    expect(await count('zephyr')).toBe(expected(({ text }) => text.includes('zephyr')).length);
    expect(await count('absentword')).toBe(0);
    const called = await app.call('GET', '/api/v1/requests?payload=false&limit=200&sort=-cost&q=天氣');
    const ids = called.body.map(({ id }: { id: string }) => id);
    expect(ids.toSorted()).toEqual(expected(({ text }) => text.includes('天氣')).toSorted());
  });

  test('too many hits are counted back to a time that is said, and all of them within a range', async () => {
    const totals = (await app.call('GET', '/api/v1/stats?q=request')).body;
    const back = totals.counted_back_to;
    expect(totals.requests).toBe(expected(({ started_at }) => started_at >= back).length);
    const range = ['2026-03-01T00:20:00.000Z', '2026-03-01T00:40:00.000Z'];
    const within = expected(({ started_at }) => started_at >= (range[0] ?? '') && started_at < (range[1] ?? ''));
    expect(await count('request', `&from=${range[0]}&to=${range[1]}`)).toBe(within.length);
  });

  test('too many hits are not sorted by cost, which is said in one sentence', async () => {
    const called = await app.call('GET', '/api/v1/requests?payload=false&sort=-cost&q=request');
    expect([called.status, called.body.error.message]).toEqual([
      503,
      expect.stringMatching(/^More than 5000 requests/),
    ]);
  });

  test('facets of a field leave out what is asked of it, and keep the words', async () => {
    const input = { filters: { q: 'zephyr model:m1' }, fields: ['model'] };
    const called = await app.call('GET', `/trpc/stats.facets?input=${encodeURIComponent(JSON.stringify(input))}`);
    const counts = ['m0', 'm1', 'm2', 'm3'].map((model) => ({
      value: model,
      requests: expected((log) => log.model === model && log.text.includes('zephyr')).length,
    }));
    const [{ values }] = called.body.result.data.facets;
    expect(values).toEqual(counts.toSorted((a, b) => b.requests - a.requests));
  });

  test('suggestions are of the hits, and where those are too many, of all', async () => {
    const values = async (q: string) => {
      const input = encodeURIComponent(JSON.stringify({ field: 'model', filters: { q } }));
      const called = await app.call('GET', `/trpc/requests.values?input=${input}`);
      return called.body.result.data.values.map(({ count: found }: { count: number }) => found);
    };
    const hits = expected(({ text }) => text.includes('天氣'));
    const sum = (counts: number[]) => counts.reduce((one, other) => one + other, 0);
    expect(sum(await values('天氣'))).toBe(hits.length);
    expect(sum(await values('request'))).toBe(logs.length);
  });

  test('newer ones are counted', async () => {
    const [newest, second, third] = expected(({ text }) => text.includes('zephyr'));
    const newer = (id: string | undefined) =>
      app.call(
        'GET',
        `/trpc/requests.newer?input=${encodeURIComponent(JSON.stringify({ filters: { q: 'zephyr' }, id }))}`,
      );
    expect((await newer(third)).body.result.data).toEqual({ count: 2 });
    expect((await newer(second)).body.result.data).toEqual({ count: 1 });
    expect((await newer(newest)).body.result.data).toEqual({ count: 0 });
  });

  test('a deletion deletes those that hold the words, and no others', async () => {
    const remove = async (q: string) => {
      const { body } = await app.call('DELETE', `/api/v1/requests?q=${encodeURIComponent(q)}`);
      for (;;) {
        const job = await app.call('GET', `/api/v1/jobs/${body.id}`);
        if (job.body.finished_at !== null) return job;
        await sleep(50);
      }
    };
    const all = logs.length;
    // A key of the JSON and a role: in every request, and a word of none.
    expect((await remove('content OR user')).body).toMatchObject({ status: 'done', done: 0, total: 0 });
    const gone = expected(({ text }) => text.includes('marble') && !text.includes('🚀'));
    expect((await remove('marble -🚀')).body).toMatchObject({ status: 'done', done: gone.length, total: gone.length });
    const [{ count: left }] = await app.deps.db.query('SELECT count(*)::int AS count FROM requests');
    expect(left).toBe(all - gone.length);
    expect((await findAll('marble -🚀')).ids).toEqual([]);
  }, 60_000);
});
