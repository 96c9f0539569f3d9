/** The OTLP receiver as an exporter sees it: paths, encodings, keys, and what it answers (docs/otlp.md). */
import http from 'node:http';
import type { JsonObject } from '#shared/primitives';
import { aLogsExport, anOtlpRecord, anOtlpSpan, aTraceExport } from '#tests/support/otlp';
import { toProtobuf } from '#tests/support/otlpProtobuf';
import { FORMS, sendBytes, sendExport } from '#tests/support/sendOtlp';
import { anOrganization, startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const idOf = ({ traceId, spanId }: JsonObject) => ({ traceId: traceId as string, spanId: spanId as string });

/** The requests of a trace, as the API answers them. */
async function listRequests(traceId: string, key = app.orgA.key): Promise<JsonObject[]> {
  return (await app.call('GET', `/api/v1/requests?trace_id=${traceId}`, { key })).body;
}

describe.each(FORMS)('%s', (form) => {
  const mediaType = form.startsWith('json') ? 'application/json; charset=utf-8' : 'application/x-protobuf';

  test('a 200 says nothing, in the encoding of the request, and the call is readable at once', async () => {
    const span = anOtlpSpan();
    const answer = await sendExport(app, '/v1/traces', aTraceExport([span]), { form });
    expect({ ...answer, headers: null }).toMatchObject({ status: 200, partial: null });
    expect(answer.bytes.toString()).toBe(form.startsWith('json') ? '{}' : '');
    expect(answer.headers.get('content-type')).toBe(mediaType);
    expect(await listRequests(idOf(span).traceId)).toMatchObject([{ model: 'gpt-4o-mini', input_tokens: 14 }]);
  });

  test('the same span again is no second row', async () => {
    const span = anOtlpSpan();
    for (let time = 0; time < 3; time++) {
      expect((await sendExport(app, '/v1/traces', aTraceExport([span]), { form })).status).toBe(200);
    }
    expect(await listRequests(idOf(span).traceId)).toHaveLength(1);
  });

  test('of ten spans with a bad one nine are stored, and the answer says why the tenth was not', async () => {
    const { traceId } = idOf(anOtlpSpan());
    const spans = Array.from({ length: 10 }, (_, index) =>
      anOtlpSpan({ traceId, ...(index === 4 ? { spanId: '0'.repeat(16) } : {}) }),
    );
    const answer = await sendExport(app, '/v1/traces', aTraceExport(spans), { form });
    expect(answer.partial).toEqual({
      rejected: '1',
      message: '1 of 10 spans not taken: `spanId` must be 8 bytes (in JSON 16 hex digits, no base64), not all zero.',
    });
    expect(await listRequests(traceId)).toHaveLength(9);
  });

  test('where every span is bad it is a 400 with google.rpc.Status', async () => {
    const body = aTraceExport([anOtlpSpan({ traceId: '0'.repeat(32) }), anOtlpSpan({ traceId: '' })]);
    const answer = await sendExport(app, '/v1/traces', body, { form });
    expect(answer.headers.get('content-type')).toBe(mediaType);
    expect(answer).toMatchObject({
      status: 400,
      failure: {
        code: 3,
        message: expect.stringMatching(/^2 of 2 spans not taken: `traceId` must be 16 bytes.*\(2 times\)\.$/),
      },
    });
  });

  test('a missing key is a 401, one that may only read a 403', async () => {
    const send = (authorization: string | null) =>
      sendExport(app, '/v1/traces', aTraceExport([anOtlpSpan()]), { form, authorization });
    expect(await send(null)).toMatchObject({ status: 401, failure: { code: 16 } });
    expect(await send(`Bearer pl_live_${'0'.repeat(43)}`)).toMatchObject({ status: 401, failure: { code: 16 } });
    expect(await send(`Bearer ${await app.keyWith(['read'])}`)).toMatchObject({ status: 403, failure: { code: 7 } });
    expect(await send(`Bearer ${await app.keyWith(['ingest'])}`)).toMatchObject({ status: 200 });
  });

  test('log records and metrics are taken', async () => {
    const records = aLogsExport([anOtlpRecord(idOf(anOtlpSpan())), { body: { stringValue: 'about something else' } }]);
    expect(await sendExport(app, '/v1/logs', records, { form })).toMatchObject({ status: 200, partial: null });
    const metrics = Buffer.from(
      form.startsWith('json') ? '{"resourceMetrics":[]}' : '0a00',
      form.startsWith('json') ? 'utf8' : 'hex',
    );
    const answer = await sendBytes(app, '/v1/metrics', metrics, { form });
    expect(answer).toMatchObject({ status: 200, partial: null });
    expect(answer.headers.get('content-type')).toBe(mediaType);
  });

  test('what cannot be stored now is a 503 with Retry-After, and is stored when it is sent again', async () => {
    const small = await startTestApp({ env: { INGEST_QUEUE_ROWS: '1' } });
    const runner = small.deps.db.createQueryRunner();
    try {
      await runner.startTransaction();
      await runner.query('LOCK TABLE requests IN EXCLUSIVE MODE');
      // Both writers are held up, one export waits, and there is no room for the next.
      const exports = Array.from({ length: 6 }, () => aTraceExport([anOtlpSpan()]));
      const answers = exports.map((body) => sendExport(small, '/v1/traces', body, { form }));
      const refused = await Promise.race(answers);
      expect(refused).toMatchObject({ status: 503, failure: { code: 14 } });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(refused.headers.get('content-type')).toBe(mediaType);
      await runner.rollbackTransaction();
      await Promise.all(answers);
      for (const body of exports) expect((await sendExport(small, '/v1/traces', body, { form })).status).toBe(200);
      expect((await small.call('GET', '/api/v1/stats')).body.requests).toBe(6);
    } finally {
      if (runner.isTransactionActive) await runner.rollbackTransaction();
      await runner.release();
      await small.stop();
    }
  });
});

test('log records that are dropped are counted once, also where the export was refused and sent again', async () => {
  const small = await startTestApp({ env: { INGEST_QUEUE_ROWS: '1' } });
  const runner = small.deps.db.createQueryRunner();
  try {
    await runner.startTransaction();
    await runner.query('LOCK TABLE otlp_waiting IN EXCLUSIVE MODE');
    // The writer is held up, one export waits, and there is no room for the next.
    const exports = Array.from({ length: 6 }, () =>
      aLogsExport([anOtlpRecord(idOf(anOtlpSpan())), { body: { stringValue: 'about something else' } }]),
    );
    const answers = exports.map((body) => sendExport(small, '/v1/logs', body));
    expect((await Promise.race(answers)).status).toBe(503);
    await runner.rollbackTransaction();
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    for (const body of exports.filter((_, index) => statuses[index] === 503))
      expect((await sendExport(small, '/v1/logs', body)).status).toBe(200);
    const { body } = await small.call('GET', '/api/v1/data-health');
    expect(body.totals.dropped).toEqual([{ reason: 'no_genai_event', count: 6 }]);
  } finally {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
    await runner.release();
    await small.stop();
  }
});

test.each(['/v1/traces', '/v1/traces/', '/api/otel/v1/traces', '/api/otel/v1/traces/', '/api/public/otel/v1/traces'])(
  'POST %s takes spans',
  async (path) => {
    const span = anOtlpSpan();
    expect(await sendExport(app, path, aTraceExport([span]))).toMatchObject({ status: 200, partial: null });
    expect(await listRequests(idOf(span).traceId)).toHaveLength(1);
  },
);

test('other methods and paths are refused in our own form', async () => {
  for (const [method, path, status] of [
    ['GET', '/v1/traces', 405],
    ['PUT', '/v1/logs/', 405],
    ['POST', '/v1/profiles', 404],
    ['POST', '/v1/TRACES', 404],
    ['POST', '/v1/traces//', 404],
    ['POST', '/api/public/ingestion', 404],
  ] as const) {
    const called = await app.call(method, path);
    expect({ path, status: called.status }).toEqual({ path, status });
    expect(called.body.error.message).toMatch(/\.$/);
  }
});

test('under a base path it is found there', async () => {
  const based = await startTestApp({ env: { BASE_PATH: '/promptlab' } });
  try {
    expect((await sendExport(based, '/v1/traces', aTraceExport([anOtlpSpan()]))).status).toBe(200);
  } finally {
    await based.stop();
  }
});

test('Basic authorization takes the key as password or as user name', async () => {
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
  const send = (authorization: string) =>
    sendExport(app, '/api/public/otel/v1/traces', aTraceExport([anOtlpSpan()]), { authorization });
  expect((await send(basic(`pk-lf-promptlab:${app.orgA.key}`))).status).toBe(200);
  expect((await send(basic(`${app.orgA.key}:`))).status).toBe(200);
  expect((await send(basic('pk-lf-1:sk-lf-2'))).status).toBe(401);
  expect((await send(basic('no colon'))).status).toBe(401);
  expect((await send('Basic ???')).status).toBe(401);
  // And nowhere else.
  const logs = await app.call('POST', '/api/v1/logs', {
    body: {},
    key: null,
    headers: { authorization: basic(`x:${app.orgA.key}`) },
  });
  expect(logs.status).toBe(401);
});

test('an export of another organization with the same ids is its own', async () => {
  const span = anOtlpSpan();
  await sendExport(app, '/v1/traces', aTraceExport([span]));
  await sendExport(app, '/v1/traces', aTraceExport([span]), { authorization: `Bearer ${app.orgB.key}` });
  const [ofA] = await listRequests(idOf(span).traceId);
  const [ofB] = await listRequests(idOf(span).traceId, app.orgB.key);
  expect(ofA?.org_id).toBe(app.orgA.id);
  expect(ofB?.org_id).toBe(app.orgB.id);
});

test('a body in chunks, without a length, is taken', async () => {
  const span = anOtlpSpan();
  const body = toProtobuf(aTraceExport([span]));
  const status = await new Promise((resolve, reject) => {
    const req = http.request(`${app.url}/v1/traces`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-protobuf',
        Authorization: `Bearer ${app.orgA.key}`,
        'Transfer-Encoding': 'chunked',
      },
    });
    req.on('response', (res) => resolve(res.resume().statusCode));
    req.on('error', reject);
    for (let at = 0; at < body.length; at += 100) req.write(body.subarray(at, at + 100));
    req.end();
  });
  expect(status).toBe(200);
  expect(await listRequests(idOf(span).traceId)).toHaveLength(1);
});

test('an export of many parts is stored whole', async () => {
  const { traceId } = idOf(anOtlpSpan());
  const spans = Array.from({ length: 1_200 }, () => anOtlpSpan({ traceId }));
  expect(await sendExport(app, '/v1/traces', aTraceExport(spans), { form: 'protobuf gzip' })).toMatchObject({
    status: 200,
    partial: null,
  });
  const called = await app.call('GET', `/api/v1/stats?trace_id=${traceId}`);
  expect(called.body.requests).toBe(1_200);
});

test('what is refused, says nothing about a model call, or is no span at all is counted by data health', async () => {
  const { key } = await anOrganization(app.deps, 'Counted');
  const authorization = `Bearer ${key}`;
  const ids = idOf(anOtlpSpan());
  await sendExport(app, '/v1/traces', aTraceExport([anOtlpSpan(), anOtlpSpan({ traceId: '' })]), { authorization });
  const others = [{ body: { stringValue: 'started' } }, { ...ids, body: { stringValue: 'started' } }];
  await sendExport(app, '/v1/logs', aLogsExport(others), { authorization });
  await sendBytes(app, '/v1/metrics', Buffer.alloc(0), { form: 'protobuf', authorization });
  const { body } = await app.call('GET', '/api/v1/data-health', { key });
  expect(body.totals).toMatchObject({
    accepted: 1,
    rejected: 1,
    dropped: [
      { reason: 'no_genai_event', count: 2 },
      { reason: 'metrics', count: 1 },
    ],
  });
});

test('what could not be decoded, and log records of no span, are counted in data health', async () => {
  const read = async (source: string) => {
    const { sources } = (await app.call('GET', '/api/v1/data-health', { key: app.orgB.key })).body;
    return sources.find((one: { source: string }) => one.source === source);
  };
  const authorization = `Bearer ${app.orgB.key}`;
  const before = await read('otlp_spans');
  await sendExport(app, '/v1/traces', aTraceExport([anOtlpSpan(), anOtlpSpan({ spanId: '' })]), { authorization });
  expect((await read('otlp_spans')).rejected).toBe((before?.rejected ?? 0) + 1);
  await sendExport(app, '/v1/logs', aLogsExport([anOtlpRecord({ traceId: '', spanId: '' })]), { authorization });
  expect((await read('otlp_logs')).dropped).toContainEqual({ reason: 'no_genai_event', count: 1 });
});
