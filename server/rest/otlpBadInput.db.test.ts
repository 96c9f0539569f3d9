/** What a broken or hostile exporter can send, with the answer it gets (docs/otlp.md). After each case the process is up. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '#shared/primitives';
import { expectUnharmed } from '#tests/support/expectContract';
import { aLogsExport, anOtlpRecord, anOtlpSpan, aTraceExport, toAnyValue, toAttributeList } from '#tests/support/otlp';
import { toProtobuf, toProtobufWithDeep } from '#tests/support/otlpProtobuf';
import { listOtlpFixtures, readOtlpFixture } from '#tests/support/otlpFixtures';
import { type Form, FORMS, type OtlpAnswer, sendBytes, sendExport } from '#tests/support/sendOtlp';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

afterEach(() => expectUnharmed(app));

const BOTH: readonly Form[] = ['json', 'protobuf'];
const send = (body: JsonObject, form: Form, path = '/v1/traces') => sendExport(app, path, body, { form });

/** A span with these attributes beside those of a model call. */
const withAttributes = (attributes: Record<string, JsonValue>, fields: JsonObject = {}): JsonObject => {
  const span = anOtlpSpan(fields);
  return { ...span, attributes: [...(span.attributes as JsonValue[]), ...toAttributeList(attributes)] };
};

async function readStored(span: JsonObject): Promise<JsonObject> {
  const called = await app.call('GET', `/api/v1/requests?trace_id=${span.traceId as string}`);
  expect(called.body).toHaveLength(1);
  return called.body[0];
}

function expectRefused(answer: OtlpAnswer, status: number, message: RegExp): void {
  expect({ status: answer.status, message: answer.failure?.message }).toEqual({
    status,
    message: expect.stringMatching(message),
  });
}

describe.each(BOTH)('as %s', (form) => {
  test('an export of logs at /v1/traces is told where it belongs, and spans at /v1/logs likewise', async () => {
    const ids = { traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174' };
    expectRefused(await send(aLogsExport([anOtlpRecord(ids)]), form), 400, /send it to \/v1\/logs\.$/);
    expectRefused(await send(aTraceExport([anOtlpSpan()]), form, '/v1/logs'), 400, /send it to \/v1\/traces\.$/);
  });

  test('ids of zeros are refused', async () => {
    const span = anOtlpSpan({ traceId: '0'.repeat(32), spanId: '0'.repeat(16) });
    expectRefused(await send(aTraceExport([span]), form), 400, /`traceId` must be 16 bytes/);
  });

  test.each([
    ['my.list', 'value'],
    ['llm.input_messages', 'message.content'],
  ])('10,000 attributes %s.N.%s are taken', async (list, name) => {
    const span = withAttributes(
      Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`${list}.${index}.${name}`, 'x'])),
    );
    expect(await send(aTraceExport([span]), form)).toMatchObject({ status: 200, partial: null });
    expect(await readStored(span)).toMatchObject({ model: 'gpt-4o-mini' });
  });

  test.each(['llm.input_messages.999999999.message.content', 'gen_ai.prompt.999999999.content'])(
    'the index of %s allocates nothing',
    async (name) => {
      const span = withAttributes({ [name]: 'x' });
      const before = process.memoryUsage().rss;
      expect(await send(aTraceExport([span]), form)).toMatchObject({ status: 200, partial: null });
      expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
      expect(await readStored(span)).toMatchObject({ model: 'gpt-4o-mini' });
    },
  );

  test.each([
    '__proto__',
    'constructor.prototype',
    'llm.input_messages.0.__proto__.polluted',
    'gen_ai.prompt.__proto__.role',
  ])('an attribute named %s is data', async (name) => {
    const span = withAttributes({ [name]: 'x' });
    expect(await send(aTraceExport([span]), form)).toMatchObject({ status: 200, partial: null });
    await readStored(span);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('a value nested 1,000 deep costs its span, and no other', async () => {
    let deep: JsonObject = toAnyValue('x');
    for (let depth = 0; depth < 1_000; depth++) deep = { arrayValue: { values: [deep] } };
    const good = anOtlpSpan();
    const json = aTraceExport([good, { ...anOtlpSpan(), attributes: [{ key: 'deep', value: deep }] }]);
    const answer = await (form === 'json'
      ? send(json, form)
      : sendBytes(app, '/v1/traces', toProtobufWithDeep([good, anOtlpSpan()], 1_000), { form }));
    expect(answer).toMatchObject({
      status: 200,
      partial: { rejected: '1', message: '1 of 2 spans not taken: A value of it is nested deeper than 48 levels.' },
    });
    await readStored(good);
  });

  test('a text of JSON nested 1,000 deep costs at most its span', async () => {
    const span = withAttributes({ 'gen_ai.input.messages': '['.repeat(1_000) + ']'.repeat(1_000) });
    const good = anOtlpSpan();
    expect((await send(aTraceExport([span, good]), form)).status).toBe(200);
    await readStored(good);
  });

  test('an end before the start is stored without a duration', async () => {
    const span = anOtlpSpan({ endTimeUnixNano: String(BigInt(Date.now() - 60_000) * 1_000_000n) });
    expect(await send(aTraceExport([span]), form)).toMatchObject({ status: 200, partial: null });
    expect(await readStored(span)).toMatchObject({ latency_ms: null });
  });

  test('a start of the year 2500 is refused', async () => {
    const span = anOtlpSpan({ startTimeUnixNano: '16725225600000000000', endTimeUnixNano: '0' });
    expectRefused(await send(aTraceExport([span]), form), 400, /within the last 5 years/);
  });

  test('NUL and half a character are replaced', async () => {
    const span = withAttributes(
      { 'gen_ai.request.model': 'gpt-4o\u0000', 'user.id': 'u\u0000', note: 'a\u0000b' },
      { name: 'chat\u0000', status: { code: 2, message: 'no\u0000' } },
    );
    expect(await send(aTraceExport([span]), form)).toMatchObject({ status: 200, partial: null });
    expect(JSON.stringify(await readStored(span))).not.toContain('\\u0000');
  });

  test('64 MB inflated are a 413, and are never in memory', async () => {
    const bomb = Buffer.alloc(64 * 1024 * 1024, form === 'json' ? ' ' : 0);
    const before = process.memoryUsage().rss;
    const answer = await sendBytes(app, '/v1/traces', bomb, { form: `${form} gzip` as Form });
    expectRefused(answer, 413, /larger than 20 MB/);
    // What the test itself made of it is in there too.
    expect(process.memoryUsage().rss - before).toBeLessThan(160 * 1024 * 1024);
  });

  test('an empty export is taken', async () => {
    expect(await send({ resourceSpans: [] }, form)).toMatchObject({ status: 200, partial: null });
  });

  test('what is no gzip is a 400', async () => {
    const headers = { 'Content-Encoding': 'gzip' };
    expectRefused(await sendBytes(app, '/v1/traces', Buffer.from('{}'), { form, headers }), 400, /not valid gzip/);
  });

  test('gzip that is cut off is a 400', async () => {
    const cut = gzipSync(toProtobuf(aTraceExport([anOtlpSpan()]))).subarray(0, 100);
    const headers = { 'Content-Encoding': 'gzip' };
    expectRefused(await sendBytes(app, '/v1/traces', cut, { form, headers }), 400, /not valid gzip/);
  });

  test('another compression is a 415', async () => {
    const headers = { 'Content-Encoding': 'zstd' };
    expectRefused(await sendBytes(app, '/v1/traces', Buffer.from('{}'), { form, headers }), 415, /accepted is gzip/);
  });

  test('a text of 2 million characters is cut', async () => {
    const span = withAttributes({ note: 'x'.repeat(2_000_000) });
    expect((await send(aTraceExport([span]), form)).status).toBe(200);
    await readStored(span);
  });
});

test('attributes as an object are explained', async () => {
  const span = { ...anOtlpSpan(), attributes: { 'gen_ai.request.model': 'gpt-4o' } };
  expectRefused(await send(aTraceExport([span]), 'json'), 400, /`attributes` must be a list such as/);
});

test('JSON without a body is a 400, protobuf without one an empty export', async () => {
  expectRefused(await sendBytes(app, '/v1/traces', Buffer.alloc(0)), 400, /empty/);
  expect(await sendBytes(app, '/v1/traces', Buffer.alloc(0), { form: 'protobuf' })).toMatchObject({ status: 200 });
});

test.each(['text/plain', 'application/protobuf', 'application/grpc', ''])('a body of "%s" is a 415', async (type) => {
  const answer = await sendBytes(app, '/v1/traces', Buffer.from('{}'), { headers: { 'Content-Type': type } });
  expectRefused(answer, 415, /"application\/json" or "application\/x-protobuf"/);
});

test('JSON that says protobuf, and protobuf that says JSON, are 400', async () => {
  const json = Buffer.from(JSON.stringify(aTraceExport([anOtlpSpan()])));
  expectRefused(await sendBytes(app, '/v1/traces', json, { form: 'protobuf' }), 400, /not valid protobuf/);
  const protobuf = toProtobuf(aTraceExport([anOtlpSpan()]));
  expectRefused(await sendBytes(app, '/v1/traces', protobuf), 400, /not valid (JSON|UTF-8)/);
});

test('metrics are taken whatever they hold', async () => {
  for (const form of BOTH) {
    expect(await sendBytes(app, '/v1/metrics', Buffer.from('???'), { form })).toMatchObject({ status: 200 });
  }
});

test('a resource that is sent once and counts a thousand times is kept as far as it is short', async () => {
  const { traceId } = anOtlpSpan();
  const spans = Array.from({ length: 1_000 }, () => anOtlpSpan({ traceId: traceId as string }));
  const before = process.memoryUsage().rss;
  const body = aTraceExport(spans, { big: 'x'.repeat(4_000_000) });
  expect((await send(body, 'protobuf')).status).toBe(200);
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
});

test('mutated exports of real emitters are never a 500, and never stop the process', async () => {
  const exports = listOtlpFixtures().flatMap(({ file }) => {
    const { traces, logs } = readOtlpFixture(file);
    return [{ path: '/v1/traces', body: traces as JsonObject }, ...(logs ? [{ path: '/v1/logs', body: logs }] : [])];
  });
  expect(exports.length).toBeGreaterThan(10);
  const originals = exports.map(({ path, body }) => ({
    path,
    json: Buffer.from(JSON.stringify(body)),
    protobuf: toProtobuf(body),
  }));
  const change = fc.record({
    at: fc.nat({ max: 100_000 }),
    length: fc.nat({ max: 8 }),
    put: fc.uint8Array({ maxLength: 8 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...originals),
      fc.constantFrom<Form>(...FORMS),
      fc.array(change, { minLength: 1, maxLength: 5 }),
      async ({ path, json, protobuf }, form, changes) => {
        let bytes = form.startsWith('json') ? json : protobuf;
        for (const { at, length, put } of changes) {
          const place = at % bytes.length;
          bytes = Buffer.concat([bytes.subarray(0, place), Buffer.from(put), bytes.subarray(place + length)]);
        }
        const { status } = await sendBytes(app, path, bytes, { form });
        expect([200, 400]).toContain(status);
      },
    ),
    { numRuns: 300 },
  );
}, 120_000);
