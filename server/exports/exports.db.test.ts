/** Exports over HTTP: exactly what the filter finds, in three formats, and never a file that only looks whole. */
import http from 'node:http';
import { CSV_COLUMNS, EXPORT_COLUMNS } from '#shared/export';
import type { LogInput } from '#shared/request';
import { newId } from '#server/ids';
import { expectError, expectUnharmed } from '#tests/support/expectContract';
import { aLogInput } from '#tests/support/factories';
import { call, startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const get = (query: string, key = app.orgA.key) => app.call('GET', `/api/v1/requests/export?${query}`, { key });

/** What came, with what comes after the body; `isWhole` is false where the connection was cut. */
function download(query: string, key = app.orgA.key) {
  return new Promise<{
    status: number;
    headers: http.IncomingHttpHeaders;
    trailers: NodeJS.Dict<string>;
    text: string;
    isWhole: boolean;
  }>((resolve, reject) => {
    const req = http.get(
      `${app.url}/api/v1/requests/export?${query}`,
      { headers: { authorization: `Bearer ${key}` } },
      (res) => {
        const pieces: Buffer[] = [];
        res.on('data', (piece: Buffer) => pieces.push(piece));
        res.on('error', () => {});
        res.on('close', () =>
          resolve({
            status: res.statusCode ?? 0,
            headers: res.headers,
            trailers: res.trailers,
            text: Buffer.concat(pieces).toString(),
            isWhole: res.complete,
          }),
        );
      },
    );
    req.on('error', reject);
  });
}

const lines = (text: string) => text.split('\n').filter((line) => line !== '');

describe('a few requests of every kind', () => {
  const ids: string[] = [];
  const LOGS: Partial<LogInput>[] = [
    { model: '=HYPERLINK("http://evil.example","x")', user_id: '@SUM(A1)', environment: '-1+1', tags: { '=k': '+1' } },
    { response_content: 'line one\nline "two", 北京 🎉', name: 'x'.repeat(200), metadata: { big: 10.5, 'a\nb': 1 } },
    { status: 'error', error: { type: 't', message: '\t=1+1' }, response_content: null, release: '\u202Ereversed' },
    { endpoint: 'embeddings', messages: 'embed me', response_content: null },
  ];
  beforeAll(async () => {
    for (const fields of LOGS) {
      const id = newId();
      ids.unshift(id);
      await app.call('POST', '/api/v1/logs', { body: { ...aLogInput({ id }), ...fields } });
    }
    await app.call('POST', '/api/v1/logs', { key: app.orgB.key, body: aLogInput({ model: 'secret-of-b' }) });
  });

  test('JSONL: each line is the request as it is read by its id, digit for digit', async () => {
    const file = await download('format=jsonl');
    expect(file).toMatchObject({
      status: 200,
      isWhole: true,
      trailers: { 'x-exported-requests': '4', 'x-skipped-requests': '0' },
    });
    expect(file.headers).toMatchObject({
      'content-type': 'application/jsonl; charset=utf-8',
      'content-disposition': expect.stringMatching(
        /^attachment; filename="promptlab-requests-\d{4}-\d\d-\d\d\.jsonl"$/,
      ),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    const found = lines(file.text);
    expect(found.map((line) => JSON.parse(line).id)).toEqual(ids);
    for (const [at, id] of ids.entries())
      expect(found[at]).toBe((await app.call('GET', `/api/v1/requests/${id}`)).text);
  });

  test('JSONL with columns holds those, in their order', async () => {
    const { text } = await get('format=jsonl&columns=model,org_id,metadata,cost_usd,tags');
    const [, , line] = lines(text);
    expect(Object.keys(JSON.parse(line ?? ''))).toEqual(['model', 'org_id', 'metadata', 'cost_usd', 'tags']);
    expect(line).toContain('"metadata":{"big":10.5,"a\\nb":1}');
    expect(line).toContain(app.orgA.id);
    const all = await get(`format=jsonl&columns=${EXPORT_COLUMNS.join(',')}`);
    expect(lines(all.text).map((each) => JSON.parse(each))).toEqual(
      lines((await get('format=jsonl')).text).map((each) => JSON.parse(each)),
    );
  });

  test('CSV: a head and a line each; what begins like a formula is text', async () => {
    const { text, headers } = await get('format=csv');
    expect(headers.get('content-type')).toContain('text/csv');
    expect(text.split('\r\n')[0]).toBe(CSV_COLUMNS.join(','));
    expect(text.split('\r\n')).toHaveLength(6);
    const { text: narrow } = await get(
      'format=csv&columns=model,user_id,environment,tags,response_content,error,latency_ms',
    );
    expect(narrow).toContain(
      `"'=HYPERLINK(""http://evil.example"",""x"")",'@SUM(A1),'-1+1,"{""=k"": ""+1""}",Paris.,,812\r\n`,
    );
    expect(narrow).toContain('"line one\nline ""two"", 北京 🎉"');
    for (const cell of narrow.split(/[\r\n,]+/)) expect(cell).not.toMatch(/^"?[=+@]/);
  });

  test('for fine-tuning: the chats that were answered; the others are counted', async () => {
    const file = await download('format=openai');
    expect(file.trailers).toMatchObject({ 'x-exported-requests': '2', 'x-skipped-requests': '2' });
    expect(file.headers['content-disposition']).toContain('promptlab-fine-tuning-');
    for (const line of lines(file.text)) {
      expect(JSON.parse(line)).toEqual({
        messages: [expect.objectContaining({ role: 'user' }), expect.objectContaining({ role: 'assistant' })],
      });
    }
    expectError(await get('format=openai&columns=id'), 'invalid_value', { param: 'columns' });
  });

  test('a filter, a query and chosen ids narrow it, as they do the list', async () => {
    const idsOf = async (query: string) =>
      lines((await get(`format=jsonl&columns=id&${query}`)).text).map((line) => JSON.parse(line).id);
    expect(await idsOf('status=error')).toEqual([ids[1]]);
    expect(await idsOf(`q=${encodeURIComponent('-status:error model:gpt*')}`)).toEqual([ids[0], ids[2]]);
    expect(await idsOf(`ids=${ids[3]},${ids[0]},${newId()}`)).toEqual([ids[0], ids[3]]);
    expect(await idsOf(`ids=${ids[1]}&status=success`)).toEqual([]);
    expect((await get(`format=jsonl&ids=${ids[0]}`, app.orgB.key)).text).toBe('');
    expect((await get('format=jsonl', app.orgB.key)).text).toContain('secret-of-b');
  });

  test('one that was deleted meanwhile is left out, and an empty answer is a file without rows', async () => {
    expect((await get('format=csv&model=nobody')).text).toBe(`${CSV_COLUMNS.join(',')}\r\n`);
    expect(await download('format=jsonl&model=nobody')).toMatchObject({ text: '', isWhole: true, status: 200 });
  });

  test.each([
    ['', 'format'],
    ['format=xml', 'format'],
    ['format=csv&format=jsonl', 'format'],
    ['format=csv&columns=', 'columns'],
    ['format=csv&columns=id,password', 'columns'],
    ['format=csv&columns=__proto__', 'columns'],
    ['format=jsonl&ids=1', 'ids'],
    [`format=jsonl&ids=${Array.from({ length: 201 }, () => newId()).join(',')}`, 'ids'],
    ['format=csv&limit=5', 'limit'],
    ['format=csv&q=modle:x', 'q'],
    ['format=csv&from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z', 'from'],
  ])('%s is refused before anything is sent', async (query, param) => {
    expectError(await get(query), 'invalid_value', { param });
  });

  test('HEAD tells what would come, and nothing of it', async () => {
    const called = await app.call('HEAD', '/api/v1/requests/export?format=csv');
    expect([called.status, called.text]).toEqual([200, '']);
  });
});

describe('many requests', () => {
  const MANY = 12_000;
  beforeAll(async () => {
    await app.deps.db.query(
      `WITH stored AS (
         INSERT INTO requests (org_id, id, started_at, created_at, model, provider, status, cost_status, tags, truncated, summary_bytes, payload_bytes)
         SELECT $1::uuid, gen_random_uuid(), now() - n * interval '1 second', now(), 'many', 'p', 'success', 'no_price', '{}', false, 1600, 4000
         FROM generate_series(1, ${MANY}) n RETURNING org_id, id)
       INSERT INTO request_payloads (org_id, id, messages, response_content)
       SELECT org_id, id, json_build_array(json_build_object('role', 'user', 'content', repeat(md5(id::text), 100))), 'yes' FROM stored`,
      [app.orgB.id],
    );
  }, 60_000);

  test('are all in the file, once', async () => {
    const file = await download('format=jsonl&model=many&columns=id', app.orgB.key);
    expect(file.isWhole).toBe(true);
    expect(new Set(lines(file.text)).size).toBe(MANY);
    expect(lines(file.text)).toHaveLength(MANY);
  }, 30_000);

  test('a reader that stops is let go of, with its place; at most two run at a time', async () => {
    const open = () =>
      new Promise<http.IncomingMessage>((resolve, reject) => {
        const headers = { authorization: `Bearer ${app.orgB.key}` };
        http.get(`${app.url}/api/v1/requests/export?format=jsonl&model=many`, { headers }, resolve).on('error', reject);
      });
    const [one, two] = [await open(), await open()];
    expectError(await get('format=csv', app.orgB.key), 'overloaded');
    // Another organization is not kept waiting.
    expect((await get('format=csv')).status).toBe(200);
    one.destroy();
    two.destroy();
    for (const end = Date.now() + 10_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
      if ((await get('format=csv&model=none', app.orgB.key)).status === 200) break;
    }
    expect((await get('format=csv&model=none', app.orgB.key)).status).toBe(200);
    expect(app.deps.answers.used).toBeLessThan(1_000_000);
    await expectUnharmed(app);
  }, 30_000);

  test('a failure in the middle cuts the file off: it does not look whole', async () => {
    const broken = await startTestApp();
    try {
      await broken.deps.db.query(
        `INSERT INTO requests (org_id, id, started_at, created_at, model, provider, status, cost_status, tags, truncated, summary_bytes, payload_bytes)
         SELECT $1::uuid, gen_random_uuid(), now() - n * interval '1 second', now(), 'many', 'p', 'success', 'no_price', '{}', false, 1600, 4000
         FROM generate_series(1, 50000) n`,
        [broken.orgA.id],
      );
      const headers = { authorization: `Bearer ${broken.orgA.key}` };
      const ended = await new Promise<{ isWhole: boolean; text: string }>((resolve, reject) => {
        http
          .get(`${broken.url}/api/v1/requests/export?format=csv`, { headers }, (res) => {
            let text = '';
            res.on('error', () => {});
            res.on('data', (piece: Buffer) => {
              // The table is taken away when the file has begun.
              if (text === '') void broken.deps.db.query('ALTER TABLE requests RENAME TO gone');
              text += piece.toString();
            });
            res.on('close', () => resolve({ isWhole: res.complete, text }));
          })
          .on('error', reject);
      });
      expect(ended.text).toContain('started_at');
      expect(ended.isWhole).toBe(false);
      // What fetch makes of it.
      await broken.deps.db.query('ALTER TABLE gone RENAME TO requests');
      expect((await call(`${broken.url}/health`, 'GET', {})).status).toBe(200);
    } finally {
      await broken.stop();
    }
  }, 30_000);
});
