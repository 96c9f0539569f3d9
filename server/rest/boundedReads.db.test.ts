/** However large the rows, an answer is made in small pieces, ends at the byte budget of a page, and goes on by cursor. */
import net from 'node:net';
import type { TraceDetail } from '#shared/trace';
import { LIMITS } from '#shared/primitives';
import { newId } from '#server/ids';
import { expectContract, expectError } from '#tests/support/expectContract';
import { aLogInput, aSpanInput } from '#tests/support/factories';
import { poll } from '#tests/support/poll';
import { startTestApp, type TestApp } from '#tests/support/testApp';

const MEGABYTE = 1_000_000;
const BATCH_LOGS = 8;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

/** Logs of a session of their own, of `megabytes` each; newest first. */
async function storeLogs(count: number, megabytes: number): Promise<{ session_id: string; ids: string[] }> {
  const session_id = newId();
  const started = Date.now() - 3_600_000;
  const ids = Array.from({ length: count }, () => newId());
  const messages = Array.from({ length: megabytes }, () => ({ role: 'user', content: 'x'.repeat(MEGABYTE) }));
  const logs = ids.map((id, index) =>
    aLogInput({ id, session_id, messages, started_at: new Date(started - index).toISOString() }),
  );
  for (let at = 0; at < count; at += Math.floor(BATCH_LOGS / megabytes)) {
    const body = { logs: logs.slice(at, at + Math.floor(BATCH_LOGS / megabytes)) };
    expect((await app.call('POST', '/api/v1/logs', { body })).status).toBe(201);
  }
  return { session_id, ids };
}

const trpcPath = (name: string, input: unknown) => `/trpc/${name}?input=${encodeURIComponent(JSON.stringify(input))}`;

/** As if each row took so much of a page: rows that a list shows are small, whatever was sent. */
const setSummaryBytes = (session_id: string, bytes: number) =>
  app.deps.db.query('UPDATE requests SET summary_bytes = $2 WHERE session_id = $1', [session_id, bytes]);

describe('a page of a list', () => {
  test('ends at its budget of bytes, and the cursor leads on to every row', async () => {
    const { session_id, ids } = await storeLogs(10, 1);
    const first = await app.call('GET', `/api/v1/requests?session_id=${session_id}`);
    expectContract('listRequests', first);
    expect(first.body).toHaveLength(8);
    expect(first.text.length).toBeLessThan(LIMITS.pageBytes);
    const target = /^<([^>]+)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = await app.call('GET', target);
    expect([...first.body, ...second.body].map(({ id }) => id)).toEqual(ids);
    expect(second.headers.get('x-next-cursor')).toBeNull();
  });

  test('holds one row where that alone is beyond the budget', async () => {
    const { session_id, ids } = await storeLogs(2, 4);
    await app.deps.db.query('UPDATE requests SET payload_bytes = 9000000 WHERE session_id = $1', [session_id]);
    const first = await app.call('GET', `/api/v1/requests?session_id=${session_id}`);
    expect(first.body.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 1));
    expect(first.headers.get('x-next-cursor')).not.toBeNull();
  });

  test('ends there also without payloads, by REST and by tRPC, forth and back', async () => {
    const { session_id, ids } = await storeLogs(4, 1);
    await setSummaryBytes(session_id, 3 * MEGABYTE);
    const rest = await app.call('GET', `/api/v1/requests?session_id=${session_id}&payload=false`);
    expectContract('listRequests', rest);
    expect(rest.body.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 2));
    expect(rest.headers.get('x-next-cursor')).not.toBeNull();
    const page = async (cursor?: string) =>
      (await app.call('GET', trpcPath('requests.list', { session_id, cursor }))).body.result.data;
    const first = await page();
    const second = await page(first.next_cursor);
    const back = await page(second.prev_cursor);
    const idsOf = ({ requests }: { requests: { id: string }[] }) => requests.map(({ id }) => id);
    expect([first, second, back].map(idsOf)).toEqual([ids.slice(0, 2), ids.slice(2), ids.slice(0, 2)]);
    expect([second.next_cursor, back.prev_cursor]).toEqual([null, null]);
  });

  test('counts a row that was never measured as a whole page', async () => {
    const { session_id } = await storeLogs(2, 1);
    await app.deps.db.query('UPDATE requests SET payload_bytes = NULL WHERE session_id = $1', [session_id]);
    expect((await app.call('GET', `/api/v1/requests?session_id=${session_id}`)).body).toHaveLength(1);
  });

  test('skips no more than a bounded number of rows', async () => {
    expect((await app.call('GET', `/api/v1/requests?offset=${LIMITS.offset}`)).body).toEqual([]);
    expectError(await app.call('GET', `/api/v1/requests?offset=${LIMITS.offset + 1}`), 'invalid_value', {
      param: 'offset',
    });
  });
});

test('the bytes that are stored are those of the answer', async () => {
  const bodies = [
    aLogInput({ response_content: '\u0001"\\\n'.repeat(5_000) }),
    aLogInput({
      messages: [{ role: 'user', content: 'é😀'.repeat(20_000) }],
      tools: [{ type: 'function', x: [1, 2] }],
    }),
    aLogInput({ metadata: { a: 'x'.repeat(100_000) }, tags: { env: 'prod' }, error: { message: 'm'.repeat(5_000) } }),
  ];
  for (const body of bodies) {
    const id = newId();
    await app.call('POST', '/api/v1/logs', { body: { ...body, id } });
    const { text } = await app.call('GET', `/api/v1/requests/${id}`);
    const [row] = await app.deps.db.query('SELECT summary_bytes + payload_bytes AS bytes FROM requests WHERE id = $1', [
      id,
    ]);
    expect(Math.abs(row.bytes - Buffer.byteLength(text))).toBeLessThan(1_000);
  }
});

test('stored JSON is answered as it was stored, digit for digit', async () => {
  const id = newId();
  await app.call('POST', '/api/v1/logs', { body: aLogInput({ id, session_id: id }) });
  const parameters = '{"seed":12345678901234567890,"temperature":1.10,"__proto__":{"a":1}}';
  await app.deps.db.query('UPDATE request_payloads SET parameters = $2 WHERE id = $1', [id, parameters]);
  const paths = [
    `/api/v1/requests/${id}`,
    `/api/v1/requests?session_id=${id}`,
    trpcPath('requests.get', { id }),
    `/trpc/requests.get,requests.list?batch=1&input=${encodeURIComponent(JSON.stringify({ 0: { id }, 1: {} }))}`,
  ];
  for (const path of paths) expect((await app.call('GET', path)).text).toContain(`"parameters":${parameters}`);
  const headers = { authorization: `Bearer ${app.orgA.key}` };
  const head = await fetch(`${app.url}/api/v1/requests/${id}`, { method: 'HEAD', headers });
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('the largest log that may be sent can be read, by REST and by tRPC', async () => {
  const id = newId();
  const messages = Array.from({ length: 9 }, () => ({ role: 'user', content: 'é'.repeat(MEGABYTE / 2) }));
  const made = await app.call('POST', '/api/v1/logs', { body: aLogInput({ id, messages }) });
  expect(made.status).toBe(201);
  const rest = await app.call('GET', `/api/v1/requests/${id}`);
  expectContract('getRequest', rest);
  expect(rest.body.messages).toEqual(messages);
  const trpc = await app.call('GET', trpcPath('requests.get', { id }));
  expect(trpc.body.result.data).toEqual(rest.body);
  const again = await app.call('POST', '/api/v1/logs', { body: aLogInput({ id, messages }) });
  expect([again.status, again.body]).toEqual([200, rest.body]);
});

describe('a trace', () => {
  const getTrace = (trace_id: string, query = '') => app.call('GET', `/api/v1/traces/${trace_id}${query}`);

  async function storeTrace(requests: number, spans: number): Promise<string> {
    const trace_id = newId();
    const started = Date.now() - 3_600_000;
    const at = (index: number) => new Date(started + index).toISOString();
    const status = (index: number) => (index % 10 === 0 ? ('error' as const) : ('success' as const));
    const logs = Array.from({ length: requests }, (_, index) =>
      aLogInput({ trace_id, started_at: at(index * 2), status: status(index), cost_usd: '0.001' }),
    );
    for (let from = 0; from < requests; from += 1_000) {
      await app.call('POST', '/api/v1/logs', { body: { logs: logs.slice(from, from + 1_000) } });
    }
    const steps = Array.from({ length: spans }, (_, index) =>
      aSpanInput({ trace_id, name: `step ${index}`, started_at: at(index * 2 + 1), status: status(index) }),
    );
    await app.call('POST', '/api/v1/spans', { body: { spans: steps } });
    return trace_id;
  }

  test('has totals over all its steps, which are those of the statistics, and pages that hold each step once', async () => {
    const trace_id = await storeTrace(2_500, 300);
    const stats = await app.call('GET', `/api/v1/stats?trace_id=${trace_id}`);
    const first = await getTrace(trace_id);
    expectContract('getTrace', first);
    expect(first.body).toMatchObject({
      name: 'step 0',
      input_tokens: 2_500 * 14,
      output_tokens: 2_500 * 3,
      cost_usd: '2.5',
      errors: 250 + 30,
      totals: stats.body,
      span_count: 300,
    });
    expect(stats.body).toMatchObject({ requests: 2_500, errors: 250 });
    const pages: TraceDetail[] = [first.body];
    for (let cursor = first.headers.get('x-next-cursor'); cursor !== null;) {
      const next = await getTrace(trace_id, `?cursor=${cursor}`);
      pages.push(next.body);
      cursor = next.headers.get('x-next-cursor');
      expect(next.body.next_cursor).toBe(cursor);
    }
    const ids = pages.flatMap(({ spans, requests }) => [...spans, ...requests].map(({ id }) => id));
    expect([pages.length, ids.length, new Set(ids).size]).toEqual([3, 2_800, 2_800]);
    const trpc = await app.call('GET', trpcPath('traces.get', { trace_id, limit: 5 }));
    const rest = await getTrace(trace_id, '?limit=5');
    expect(trpc.body.result.data).toEqual(rest.body);
    expect([rest.body.spans.length, rest.body.requests.length]).toEqual([2, 3]);
  });

  test('of spans with all the metadata that is kept ends its page at the budget of bytes', async () => {
    const trace_id = newId();
    const metadata = { documents: Array.from({ length: 9 }, () => 'x'.repeat(MEGABYTE)) };
    for (let count = 0; count < 36; count += 1) {
      const span = aSpanInput({ trace_id, metadata, error: { type: 'x'.repeat(MEGABYTE / 2) } });
      if (count < 1) await app.call('POST', '/api/v1/spans', { body: { spans: [span] } });
      else {
        const cut = { documents: ['x'.repeat(262_000)] };
        await app.call('POST', '/api/v1/spans', { body: { spans: [{ ...span, metadata: cut, error: null }] } });
      }
    }
    const first = await getTrace(trace_id);
    expectContract('getTrace', first);
    expect(first.text.length).toBeLessThan(LIMITS.pageBytes + 5_000);
    expect(first.body.spans.length).toBeLessThan(36);
    const second = await getTrace(trace_id, `?cursor=${first.headers.get('x-next-cursor')}`);
    const spans = [...first.body.spans, ...second.body.spans];
    expect(spans).toHaveLength(36);
    const cut = spans.filter(({ truncated }) => truncated);
    expect(cut).toHaveLength(1);
    expect(JSON.stringify(cut[0]).length).toBeLessThan(270_000);
    expect(cut[0].error.type).toMatch(/… \[truncated: 500000 characters\]$/);
  });

  test.each([
    ['limit=0', 'invalid_value', 'limit'],
    ['limit=1001', 'invalid_value', 'limit'],
    ['cursor=x', 'invalid_cursor', 'cursor'],
  ])('%s is a 400', async (query, code, param) => {
    expectError(await getTrace('any', `?${query}`), code as 'invalid_value', { param });
  });
});

test('what stands in a list is cut on arrival and says so', async () => {
  const long = 'x'.repeat(MEGABYTE);
  const session_id = newId();
  const tags = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`tag ${index}`, 'v'.repeat(250)]));
  const logs = [aLogInput({ session_id, error: { type: long, code: long, param: long, message: long }, tags })];
  await app.call('POST', '/api/v1/logs', { body: { logs } });
  const list = await app.call('GET', `/api/v1/requests?session_id=${session_id}&payload=false`);
  expectContract('listRequests', list);
  expect(list.text.length).toBeLessThan(40_000);
  expect(list.body[0]).toMatchObject({ truncated: true, error: { code: expect.stringMatching(/truncated: 1000000/) } });
});

describe('a batch of tRPC', () => {
  test('gets no more than two pages: what is beyond is told to ask by itself', async () => {
    const { ids } = await storeLogs(6, 4);
    const input = Object.fromEntries(ids.map((id, index) => [index, { id }]));
    const path = `/trpc/${ids.map(() => 'requests.get').join(',')}?batch=1&input=${encodeURIComponent(JSON.stringify(input))}`;
    const called = await app.call('GET', path);
    expect(called.status).toBe(207);
    expect(called.text.length).toBeLessThan(2 * LIMITS.pageBytes);
    const results: { result?: { data: { id: string } }; error?: { data: { error: { code: string } } } }[] = called.body;
    const verdicts = results.map(({ result, error }) => result?.data.id ?? error?.data.error.code);
    const served = verdicts.filter((verdict, index) => verdict === ids[index]).length;
    const refused = verdicts.filter((verdict) => /answer_too_large|overloaded/.test(verdict ?? '')).length;
    expect([served > 0, served < 5, served + refused]).toEqual([true, true, 6]);
    expect(app.deps.answers.used).toBe(0);
  });
});

describe('all answers in flight', () => {
  test('refuse no answer that tells what was stored: it would be sent again', async () => {
    const all = app.deps.answers.count(app.orgA.id, 40 * MEGABYTE);
    try {
      const logs = Array.from({ length: 300 }, () => aLogInput());
      const stored = await app.call('POST', '/api/v1/logs', { body: { logs } });
      expect([stored.status, stored.body.created]).toEqual([201, 300]);
      expect(JSON.stringify(stored.body).length).toBeGreaterThan(16_384);
      const read = await app.call('GET', '/api/v1/requests?limit=200');
      expectError(read, 'overloaded');
    } finally {
      all.release();
    }
  });

  test('share a budget: an organization that takes its share is refused, another is served, and it recovers', async () => {
    const { session_id, ids } = await storeLogs(8, 1);
    const small = await startTestApp({ env: { ANSWERS_IN_FLIGHT_MB: '6' } });
    const sockets: net.Socket[] = [];
    try {
      // The same rows in a server of smaller budget.
      const logs = ids.map((id) => aLogInput({ id, session_id, response_content: 'x'.repeat(MEGABYTE) }));
      for (const key of [small.orgA.key, small.orgB.key]) {
        await small.call('POST', '/api/v1/logs', { body: { logs: logs.slice(0, 4) }, key });
        await small.call('POST', '/api/v1/logs', { body: { logs: logs.slice(4) }, key });
      }
      const { port } = new URL(small.url);
      const head = `GET /api/v1/requests HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${small.orgA.key}\r\n\r\n`;
      for (let count = 0; count < 8; count++) {
        const socket = net.connect(Number(port), '127.0.0.1', () => socket.write(head));
        socket.pause();
        socket.on('error', () => {});
        sockets.push(socket);
      }
      await poll(async () => expect(small.deps.answers.used).toBeGreaterThan(2.9 * MEGABYTE));
      const refused = await small.call('GET', `/api/v1/requests/${ids[0]}`);
      expectError(refused, 'overloaded');
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      const trpc = await small.call('GET', trpcPath('requests.get', { id: ids[0] }));
      expect([trpc.status, trpc.body.error.data.error.code]).toEqual([503, 'overloaded']);
      expect(Number(trpc.headers.get('retry-after'))).toBeGreaterThan(0);
      const other = await small.call('GET', `/api/v1/requests?limit=5`, { key: small.orgB.key });
      expect([other.status, other.body.length]).toEqual([200, 5]);
      for (const socket of sockets) socket.destroy();
      await poll(async () => expect(small.deps.answers.used).toBe(0));
      expect((await small.call('GET', '/api/v1/requests')).status).toBe(200);
    } finally {
      for (const socket of sockets) socket.destroy();
      await small.stop();
    }
  });

  test('count the answer to a long log: where it has no room, the log is refused before it is stored', async () => {
    const small = await startTestApp({ env: { ANSWERS_IN_FLIGHT_MB: '1' } });
    try {
      const held = small.deps.answers.reserve(small.orgA.id, 500_000);
      const id = newId();
      const long = aLogInput({ id, response_content: 'x'.repeat(MEGABYTE / 2) });
      expectError(await small.call('POST', '/api/v1/logs', { body: long }), 'overloaded');
      expect((await small.call('POST', '/api/v1/logs', { body: aLogInput() })).status).toBe(201);
      held.release();
      expectError(await small.call('GET', `/api/v1/requests/${id}`), 'not_found');
      expect((await small.call('POST', '/api/v1/logs', { body: long })).status).toBe(201);
      await poll(async () => expect(small.deps.answers.used).toBe(0));
    } finally {
      await small.stop();
    }
  });
});
