/** The section "Reading" of docs/api.md: pages, filters, totals and traces. */
import type { LoggedRequest } from '#shared/request';
import { newId } from '#server/ids';
import { expectContract, expectError } from '#tests/support/expectContract';
import { aLogInput, aSpanInput } from '#tests/support/factories';
import { expectExactRollups } from '#tests/support/rollups';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
/** A time that no other test of this file lists. */
let hour = Date.now() - 400 * 24 * 3_600_000;
const at = (seconds: number) => new Date(hour + seconds * 1_000).toISOString();

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());
beforeEach(() => {
  hour += 24 * 3_600_000;
});

const window = () => `from=${at(0)}&to=${at(3_600)}`;
const list = (query: string) => app.call('GET', `/api/v1/requests?${query}`);
const namesOf = (body: LoggedRequest[]) => body.map((request) => request.name);

async function store(logs: Parameters<typeof aLogInput>[0][], key = app.orgA.key): Promise<void> {
  const body = { logs: logs.map((log, index) => aLogInput({ started_at: at(index), ...log })) };
  const called = await app.call('POST', '/api/v1/logs', { body, key });
  expect(called.body).toMatchObject({ rejected: 0, duplicate: 0 });
}

/** Follows X-Next-Cursor to the end; `between` runs after each page. */
async function walk(query: string, between: () => Promise<void> = async () => {}): Promise<string[][]> {
  const pages: string[][] = [];
  for (let cursor: string | null = null; pages.length < 50;) {
    const called = await list(cursor === null ? query : `${query}&cursor=${cursor}`);
    expectContract('listRequests', called);
    pages.push(called.body.map((request: LoggedRequest) => request.id));
    cursor = called.headers.get('x-next-cursor');
    expect(called.headers.has('link')).toBe(cursor !== null);
    if (cursor === null) return pages;
    await between();
  }
  throw new Error('The list does not end.');
}

describe('pages by cursor', () => {
  test('hold every request exactly once, also where all began in the same millisecond', async () => {
    const ids = Array.from({ length: 25 }, () => newId());
    await store(ids.map((id) => ({ id, started_at: at(5) })));
    const pages = await walk(`${window()}&limit=10`);
    expect(pages.map((page) => page.length)).toEqual([10, 10, 5]);
    expect(pages.flat()).toEqual([...ids].sort().reverse());
  });

  test('do not shift while newer and older requests come in', async () => {
    const ids = Array.from({ length: 12 }, () => newId());
    await store(ids.map((id, index) => ({ id, started_at: at(100 + index) })));
    const older: string[] = [];
    const pages = await walk(`${window()}&limit=4`, async () => {
      const id = newId();
      older.push(id);
      await store([{ started_at: at(1_000) }, { id, started_at: at(50) }]);
    });
    expect(pages.flat().filter((id) => ids.includes(id))).toEqual([...ids].reverse());
    expect(new Set(pages.flat()).size).toBe(pages.flat().length);
    // What began before the page we stand on is met on the way.
    expect(pages.flat()).toEqual(expect.arrayContaining(older.slice(0, 2)));
  });

  test('end without a cursor on a page that is exactly full', async () => {
    await store(Array.from({ length: 6 }, () => ({})));
    const pages = await walk(`${window()}&limit=3`);
    expect(pages.map((page) => page.length)).toEqual([3, 3]);
  });

  test('are linked by RFC 8288, with the filters of the call', async () => {
    await store(Array.from({ length: 3 }, () => ({ tags: { team: 'a b' } })));
    const called = await list(`${window()}&limit=2&tag=team:a%20b&offset=0`);
    const target = /^<([^>]+)>; rel="next"$/.exec(called.headers.get('link') ?? '')?.[1] ?? '';
    expect(target).toMatch(/^\/api\/v1\/requests\?/);
    const next = await app.call('GET', target);
    expect(next.body).toHaveLength(1);
    expect(target).toContain(`cursor=${called.headers.get('x-next-cursor')}`);
  });

  test("of another organization's cursor hold only the caller's own requests", async () => {
    await store([{ name: 'ours' }]);
    await store(
      [
        { name: 'theirs 1', started_at: at(7) },
        { name: 'theirs 2', started_at: at(8) },
      ],
      app.orgB.key,
    );
    const theirs = await app.call('GET', `/api/v1/requests?${window()}&limit=1`, { key: app.orgB.key });
    const called = await list(`${window()}&cursor=${theirs.headers.get('x-next-cursor')}`);
    expect(namesOf(called.body)).toEqual(['ours']);
  });

  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  test.each([
    ['random text', 'abc'],
    ['no UUID', encode(['next', at(0), 'x'])],
    ['an unknown direction', encode(['sideways', at(0), newId()])],
    ['a backward one', encode(['prev', at(0), newId()])],
    ['a time that Postgres has no word for', encode(['next', '0000-01-01T00:00:00Z', newId()])],
    ['a word for a time', encode(['next', 'infinity', newId()])],
    ['an object', encode({ started_at: at(0) })],
    ['a truncated one', encode(['next', at(0), newId()]).slice(0, 30)],
    ['600 characters', 'a'.repeat(600)],
  ])('from a cursor that is %s is a 400', async (name, cursor) => {
    const code = name === '600 characters' ? 'invalid_value' : 'invalid_cursor';
    expectError(await list(`cursor=${cursor}`), code, { param: 'cursor' });
  });
});

describe('filters', () => {
  const LOGS = [
    { name: 'plain' },
    { name: 'model', model: 'claude-sonnet-4-5' },
    { name: 'provider', provider: 'anthropic' },
    { name: 'status', status: 'error' as const },
    { name: 'prompt', prompt_slug: 'greeting' },
    { name: 'trace', trace_id: 't-1' },
    { name: 'user', user_id: 'u-1' },
    { name: 'session', session_id: 's-1' },
    { name: 'environment', environment: 'prod' },
    { name: 'tags', tags: { env: 'prod', url: 'http://a:80/' } },
  ];

  test.each([
    ['model=claude-sonnet-4-5', ['model']],
    ['provider=anthropic', ['provider']],
    ['status=error', ['status']],
    ['status=success', LOGS.map((log) => log.name).filter((name) => name !== 'status')],
    ['prompt_slug=greeting', ['prompt']],
    ['trace_id=t-1', ['trace']],
    ['user_id=u-1', ['user']],
    ['session_id=s-1', ['session']],
    ['environment=prod', ['environment']],
    ['tag=env:prod', ['tags']],
    ['tag=env:prod&tag=url:http://a:80/', ['tags']],
    ['tag=env:prod&tag=url:other', []],
    ['tag=env:prod&tag=env:dev', []],
    ['tag=env:dev&tag=env:prod', []],
    ['tag=env:', []],
    ['model=claude', []],
    ["model=' OR 1=1 --", []],
  ])('%s lets through %j', async (query, expected) => {
    await store(LOGS);
    const filtered = await list(`${window()}&${query}`);
    expect(namesOf(filtered.body)).toEqual([...expected].reverse());
    const totals = await app.call('GET', `/api/v1/stats?${window()}&${query}`);
    expectContract('getStats', totals);
    expect(totals.body.requests).toBe(expected.length);
  });

  test('from is inclusive and to is exclusive, in any time zone', async () => {
    await store([{ name: 'before' }, { name: 'first' }, { name: 'last' }, { name: 'after' }]);
    expect(namesOf((await list(`from=${at(1)}&to=${at(3)}`)).body)).toEqual(['last', 'first']);
    const elsewhere = new Date(Date.parse(at(1)) - 23 * 3_600_000).toISOString().replace('Z', '-23:00');
    expect(namesOf((await list(`from=${elsewhere}&to=${at(3)}`)).body)).toEqual(['last', 'first']);
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=201', 'limit'],
    ['limit=1e3', 'limit'],
    ['limit=abc', 'limit'],
    ['limit=', 'limit'],
    ['limit=1e30', 'limit'],
    ['limit=1000000000', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['offset=-1', 'offset'],
    ['offset=1.5', 'offset'],
    ['payload=no', 'payload'],
    ['status=fine', 'status'],
    ['model=', 'model'],
    ['model=a&model=b', 'model'],
    ['tag=env', 'tag[0]'],
    ['tag=:x', 'tag[0]'],
    ['tag=env:a%00b', 'tag[0]'],
    [Array.from({ length: 21 }, (_, index) => `tag=k${index}:v`).join('&'), 'tag'],
    ['from=now', 'from'],
    ['from=infinity', 'from'],
    ['from=2024-02-30T00:00:00Z', 'from'],
    ['from=0000-01-01T00:00:00Z', 'from'],
    ['from=9999-12-31T23:59:59-00:01', 'from'],
    ['to=9999-12-31T23:59:59.999-23:59', 'to'],
    ['from=0001-01-01T00:00:00%2B23:59', 'from'],
    ['from=%2B010000-01-01T00:00:00Z', 'from'],
    ['to=2026-01-01T00:00:00 02:00x', 'to'],
    ['to=2024-01-01', 'to'],
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'from'],
  ])('%s is a 400 that names %s, on the list and on the totals', async (query, param) => {
    expectError(await list(query), 'invalid_value', { param });
    if (/^(limit|offset|payload)/.test(query)) return;
    expectError(await app.call('GET', `/api/v1/stats?${query}`), 'invalid_value', { param });
  });
});

test('payload=false leaves the words out and keeps all else', async () => {
  await store([{ name: 'one', tags: { env: 'prod' } }]);
  const [full] = (await list(window())).body;
  const called = await list(`${window()}&payload=false`);
  expectContract('listRequests', called);
  const { messages, response_content, response, parameters, tools, prompt_variables, metadata, sdk, ...rest } = full;
  expect({ messages, response_content }).toEqual({
    messages: [{ role: 'user', content: 'What is the capital of France?' }],
    response_content: 'Paris.',
  });
  expect([response, parameters, tools, prompt_variables, metadata, sdk]).toEqual([null, null, null, null, null, null]);
  expect(called.body).toEqual([rest]);
});

describe('totals', () => {
  test('are those of the list, with a filter and without, and count a duplicate once', async () => {
    const fresh = await startTestApp();
    try {
      const [twice, once] = [newId(), newId()];
      const logs = [
        aLogInput({ id: twice, cost_usd: '0.1', latency_ms: 100, started_at: at(0) }),
        aLogInput({ id: twice, cost_usd: '5', started_at: at(0) }),
        aLogInput({ id: once, cost_usd: '0.2', latency_ms: 300, status: 'error', started_at: at(4_000) }),
        aLogInput({ model: 'nobody-1', latency_ms: null, input_tokens: null, started_at: at(8_000) }),
        aLogInput({ cost_usd: '0.000000000001', cached_input_tokens: 5, reasoning_tokens: 2, latency_ms: 0 }),
      ];
      await fresh.call('POST', '/api/v1/logs', { body: { logs } });
      for (let retry = 0; retry < 3; retry++) await fresh.call('POST', '/api/v1/logs', { body: logs[0] });
      await fresh.call('POST', '/api/v1/logs', { body: aLogInput({ cost_usd: '99' }), key: fresh.orgB.key });

      const fromHours = await fresh.call('GET', '/api/v1/stats');
      const direct = await fresh.call('GET', '/api/v1/stats?from=2000-01-01T00:00:00Z');
      expectContract('getStats', fromHours);
      expect(fromHours.body).toMatchObject({
        requests: 4,
        errors: 1,
        input_tokens: 3 * 14,
        output_tokens: 4 * 3,
        total_tokens: 3 * 14 + 4 * 3,
        cost_usd: '0.300000000001',
        unpriced_requests: 1,
        avg_latency_ms: expect.closeTo(400 / 3, 6),
      });
      expect({ ...direct.body, avg_latency_ms: 0 }).toEqual({ ...fromHours.body, avg_latency_ms: 0 });
      expect(direct.body.avg_latency_ms).toBeCloseTo(fromHours.body.avg_latency_ms, 6);
    } finally {
      await fresh.stop();
    }
  });

  test('of nothing are zero, and the latency is unknown', async () => {
    const called = await app.call('GET', `/api/v1/stats?${window()}`);
    expectContract('getStats', called);
    expect(called.body).toMatchObject({ requests: 0, total_tokens: 0, cost_usd: '0', avg_latency_ms: null });
  });

  test('each hour, provider and model sums up exactly the requests that began in it', async () => {
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        store([
          { model: `m${index % 3}`, started_at: at((index % 4) * 3_600), cost_usd: `0.0${index}`, latency_ms: index },
        ]),
      ),
    );
    await expectExactRollups(app);
  });

  test('stay readable with the largest counts that a log may carry', async () => {
    const fresh = await startTestApp();
    try {
      const most = {
        input_tokens: 1e9,
        output_tokens: 1e9,
        latency_ms: 1e10,
        cost_usd: '999999.99',
        started_at: at(0),
      };
      const logs = Array.from({ length: 1_000 }, () => aLogInput(most));
      expect((await fresh.call('POST', '/api/v1/logs', { body: { logs } })).body.created).toBe(1_000);
      const called = await fresh.call('GET', '/api/v1/stats');
      expectContract('getStats', called);
      expect(called.body).toMatchObject({ total_tokens: 2e12, cost_usd: '999999990', avg_latency_ms: 1e10 });
    } finally {
      await fresh.stop();
    }
  });
});

describe('traces', () => {
  test('hold their requests and spans in the order they began, with sums and the name of the root', async () => {
    const trace_id = `order.v2 ${newId()}`;
    const root = aSpanInput({ trace_id, name: 'answer', started_at: at(0), latency_ms: 5_000 });
    const step = aSpanInput({
      trace_id,
      parent_id: root.id,
      name: 'retrieve',
      started_at: at(1),
      status: 'error',
      metadata: { k: 1 },
    });
    const spans = await app.call('POST', '/api/v1/spans', { body: { spans: [step, root] } });
    expectContract('createSpans', spans, 201);
    await store([
      { trace_id, parent_id: root.id, name: 'call 1', started_at: at(2), cost_usd: '0.1' },
      { trace_id, parent_id: root.id, name: 'call 2', started_at: at(4), latency_ms: 3_000, cost_usd: '0.2' },
    ]);
    const called = await app.call('GET', `/api/v1/traces/${encodeURIComponent(trace_id)}`);
    expectContract('getTrace', called);
    expect(called.body).toMatchObject({
      trace_id,
      name: 'answer',
      started_at: at(0),
      latency_ms: 7_000,
      input_tokens: 28,
      output_tokens: 6,
      cost_usd: '0.3',
      errors: 1,
    });
    expect(called.body.spans).toMatchObject([
      { id: root.id, parent_id: null },
      { id: step.id, parent_id: root.id, metadata: { k: 1 }, status: 'error' },
    ]);
    expect(namesOf(called.body.requests)).toEqual(['call 1', 'call 2']);
  });

  test('are told apart by organization, and one that nobody logged is 404', async () => {
    await store([{ trace_id: 'theirs' }], app.orgB.key);
    expectError(await app.call('GET', '/api/v1/traces/theirs'), 'not_found');
    expectError(await app.call('GET', '/api/v1/traces/never'), 'not_found');
  });

  test('spans: a retry makes no second row, a bad one is rejected alone', async () => {
    const span = aSpanInput({ started_at: at(0) });
    const body = { spans: [span, span, { ...span, id: 'x' }, aSpanInput({ started_at: at(0) })] };
    const called = await app.call('POST', '/api/v1/spans', { body });
    expectContract('createSpans', called, 207);
    expect(called.body).toMatchObject({ created: 2, duplicate: 1, rejected: 1 });
    expect(called.body.results[2].error.param).toBe('id');
    const again = await app.call('POST', '/api/v1/spans', { body: { spans: [span] } });
    expect(again.body).toMatchObject({ created: 0, duplicate: 1 });
  });
});
