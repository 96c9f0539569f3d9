/** Bodies read by two threads: the tests of what is sent run once more with them, and what only threads can do. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { newId } from '#server/ids';
import { expectError, expectUnharmed } from '#tests/support/expectContract';
import { aLogInput, aSpanInput } from '#tests/support/factories';
import { poll } from '#tests/support/poll';
import { type Called, startTestApp, type TestApp, THREADS_OF_TESTS } from '#tests/support/testApp';

// Each app starts two threads, which bundle the sources.
jest.setTimeout(60_000);

/**
 * Of a table of cases the first and the last: a thread changes how a body and its answer travel, which is the same for all of them;
 * what becomes of each value is tested by the file itself.
 */
function withFewRows(load: () => void): void {
  const { each } = test;
  const few = (table: readonly unknown[]) => each(table.length > 2 ? [table[0], table.at(-1)] : table);
  test.each = few as typeof each; // None of those files has a table in a template.
  try {
    load();
  } finally {
    test.each = each;
  }
}

describe('read by two threads', () => {
  beforeAll(() => {
    process.env[THREADS_OF_TESTS] = '2';
  });
  afterAll(() => {
    delete process.env[THREADS_OF_TESTS];
  });

  describe.each([
    'rest/batches',
    'ingest/badInput',
    'ingest/oddValues',
    'ingest/conflicts',
    'ingest/longJson',
    'http/arrivingBodies',
  ])('%s', (tests) => {
    withFewRows(() => {
      // oxlint-disable-next-line typescript/no-require-imports -- a file of tests becomes a part of this one
      require(path.resolve('server', `${tests}.db.test.ts`));
    });
  });
});

describe('whoever reads a body', () => {
  const NOW = new Date('2026-06-15T12:00:00.000Z');
  let main: TestApp;
  let threads: TestApp;
  beforeAll(async () => {
    main = await startTestApp({ clock: () => NOW });
    threads = await startTestApp({ clock: () => NOW, env: { INGEST_WORKERS: '2' }, databaseUrl: main.databaseUrl });
  });
  afterAll(async () => {
    await threads.stop();
    await main.stop();
  });

  const WORDS = 'Words, "quoted", \\ back, \n lines, 日本語 é 😀. '.repeat(500);
  const aLog = (fields: object = {}) => ({ ...aLogInput(), id: newId(), ...fields });
  const json = JSON.stringify;

  test.each<[string, string | Buffer]>([
    ['no JSON', '{"model":'],
    ['no JSON in a long body', `{"logs":[${json(aLog({ response_content: WORDS }))},`],
    ['a list', '[]'],
    ['nothing but a number', '5'],
    ['no UTF-8', Buffer.concat([Buffer.from('{"model":"'), Buffer.from([0xff]), Buffer.from('"}')])],
    ['too many values', `{"logs":[${'0,'.repeat(600_000)}0]}`],
    ['no log in a batch', '{"logs":[]}'],
    ['logs that are no list', '{"logs":{}}'],
    ['too many logs', json({ logs: Array.from({ length: 1_001 }, () => ({})) })],
    ['a model that is none', json(aLog({ model: 5 }))],
    ['a log too deep', `${json(aLog()).slice(0, -1)},"metadata":${'['.repeat(100)}${']'.repeat(100)}}`],
    ['a name that is none', json(aLog({ [`a${'b'.repeat(5_000)}`]: 1, latency_ms: 'x' }))],
    ['a start in another century', json(aLog({ started_at: '1926-01-01T00:00:00Z' }))],
    ['bad logs alone', json({ logs: [{}, 5, null, 'text', [], { id: newId(), model: 'm' }] })],
  ])('answers the same, byte for byte, to %s', async (_, rawBody) => {
    const answers = await Promise.all(
      [main, threads].map((app) => app.call('POST', '/api/v1/logs', { rawBody, key: main.orgA.key })),
    );
    const [one, other] = answers.map(said);
    expect(one?.status).toBeGreaterThanOrEqual(400);
    expect(other).toEqual(one);
  });

  test.each<[string, () => object]>([
    ['a log', () => aLog()],
    ['a long log', () => aLog({ response_content: WORDS, messages: [{ role: 'user', content: WORDS }] })],
    ['one that is cut and repaired', () => aLog({ response_content: `a\u0000${'b'.repeat(1_100_000)}` })],
    ['digits that JavaScript does not hold', () => aLog({ metadata: { n: 1 } })],
    ['a batch', () => ({ logs: [aLog(), {}, aLog({ response_content: WORDS }), aLog({ tags: { a: 'b' } })] })],
  ])('stores and answers the same: %s', async (_, make) => {
    const rawBody = json(make()).replace('{"n":1}', '{"n":1.50000000000000000001}');
    // Of different organizations, in one database.
    const sent = [
      { app: main, org: main.orgA },
      { app: threads, org: main.orgB },
    ];
    const answers = [];
    for (const { app, org } of sent) {
      const called = await app.call('POST', '/api/v1/logs', { rawBody, key: org.key });
      expect(called.status).toBeLessThan(300);
      const ids = [...called.text.matchAll(/"id":"([0-9a-f-]{36})"/g)].map(([, id]) => id);
      const reads = [];
      for (const id of ids) reads.push(await main.call('GET', `/api/v1/requests/${id}`, { key: org.key }));
      answers.push(
        json([called, ...reads].map(said))
          .replaceAll(org.id, 'ORG')
          .replaceAll(/"api_key_id\\?":\\?"[^"]*"/g, ''),
      );
    }
    expect(answers[1]).toBe(answers[0]);
  });

  test('spans too, and prices that the organization has just set', async () => {
    const spans = { spans: [aSpanInput({ id: newId(), started_at: NOW.toISOString() }), {}] };
    const [one, other] = [
      said(await main.call('POST', '/api/v1/spans', { body: spans, key: main.orgA.key })),
      said(await threads.call('POST', '/api/v1/spans', { body: spans, key: main.orgB.key })),
    ];
    expect(one?.status).toBe(207);
    expect(other).toEqual(one);

    for (const output of ['7', '9']) {
      const price = { model: `our-own-${output}`, provider: null, rates: { input: '1', output } };
      const made = await threads.call('POST', '/api/v1/prices', { body: price, key: main.orgA.key });
      expect(made.status).toBe(201);
      const log = aLog({ model: price.model, input_tokens: 1_000_000, output_tokens: 1_000_000 });
      // Again and again, so that both threads are asked.
      for (const id of [newId(), newId(), newId()]) {
        const called = await threads.call('POST', '/api/v1/logs', { body: { ...log, id }, key: main.orgA.key });
        expect(called.body).toMatchObject({ cost_usd: String(1 + Number(output)), cost_source: 'custom' });
      }
    }
  });

  /** All but what is of this call alone. */
  function said({ status, headers, text }: Called): { status: number; headers: object; text: string } {
    const kept = [...headers].filter(([name]) => !['date', 'x-request-id', 'content-length'].includes(name));
    return {
      status,
      headers: Object.fromEntries(kept.filter(([name]) => name !== 'retry-after')),
      text: text.replaceAll(/"request_id":"[^"]*"/g, '"request_id":""'),
    };
  }
});

describe('a thread that ends', () => {
  /** What the heap of a thread below cannot hold, though it is legal. */
  const HEAVY = `{"logs":[${Array.from({ length: 165_000 }, (_, index) => `{"k${index}":{}}`).join(',')}]}`;
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ env: { INGEST_WORKERS: '2' }, ingestLimits: { heapMb: 48 } });
  });
  afterAll(() => app.stop());

  test('takes its bodies with it, says so, is started again, and loses nothing that was acknowledged', async () => {
    const acknowledged: string[] = [];
    const statuses = new Map<number, number>();
    let isOver = false;
    const send = async () => {
      while (!isOver) {
        const logs = [newId(), newId(), newId()].map((id) => aLogInput({ id }));
        const called = await app.call('POST', '/api/v1/logs', { body: { logs } });
        statuses.set(called.status, (statuses.get(called.status) ?? 0) + 1);
        if (called.status === 201) acknowledged.push(...logs.map(({ id }) => id ?? ''));
        else expectError(called, 'overloaded');
        await sleep(20);
      }
    };
    const sending = Promise.all(Array.from({ length: 4 }, send));
    try {
      const heavy = await app.call('POST', '/api/v1/logs', {
        rawBody: gzipSync(HEAVY),
        headers: { 'content-encoding': 'gzip' },
        key: app.orgB.key,
      });
      expectError(heavy, 'overloaded', { message: /send it again/ });
      expect(Number(heavy.headers.get('retry-after'))).toBeGreaterThan(0);
      await poll(async () => expect(app.deps.ingestWorkers.readyThreads).toBe(2), 30_000);
    } finally {
      isOver = true;
      await sending;
    }
    expect(statuses.get(201)).toBeGreaterThan(10);
    const rows = await app.deps.db.query('SELECT id FROM requests WHERE id = ANY($1)', [acknowledged]);
    expect(rows).toHaveLength(acknowledged.length);
    await expectUnharmed(app);
  });
});

test('a thread that does not come to an end is ended', async () => {
  const app = await startTestApp({ env: { INGEST_WORKERS: '1' }, ingestLimits: { readMs: 1 } });
  const logs = Array.from({ length: 1_000 }, () => aLogInput({ response_content: 'x'.repeat(5_000) }));
  expectError(await app.call('POST', '/api/v1/logs', { body: { logs } }), 'overloaded');
  // Whom no thread can serve the main thread does.
  expect((await app.call('POST', '/api/v1/logs', { body: aLogInput() })).status).toBe(201);
  await app.stop();
});
