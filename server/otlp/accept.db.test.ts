/** Spans and log records of OpenTelemetry become requests and steps, at once or when what they belong to has come. */
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { acceptOtlpSpans } from './accept.ts';
import { spanUuid } from './ids.ts';
import type { OtlpLogRecord, OtlpSpan } from './span.ts';
import {
  acceptRecords,
  aDecodedRecord,
  aDecodedSpan,
  AGENT,
  aTraceId,
  callAttributes,
  HTTP,
  silentCallAttributes,
  spanIdOf,
} from '#tests/support/decodedSpans';
import { expectExactRollups } from '#tests/support/rollups';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
let clock = () => new Date();
beforeAll(async () => {
  app = await startTestApp({ clock: () => clock() });
});
afterAll(() => app.stop());
afterEach(async () => {
  clock = () => new Date();
  await expectExactRollups(app);
});

const sender = () => ({ scope: scopeForAdmin(serverAdminScope(), app.orgA.id), api_key_id: null });
const send = (...spans: OtlpSpan[]) => acceptOtlpSpans(app.deps, sender(), spans);
const tell = (...records: OtlpLogRecord[]) => acceptRecords(app.deps, sender(), records);
const trace = async (traceId: string) => (await app.call('GET', `/api/v1/traces/${traceId}`)).body;
const request = async (traceId: string, id: number) =>
  (await app.call('GET', `/api/v1/requests/${spanUuid(traceId, spanIdOf(id))}`)).body;
const span = async (traceId: string, id: number) =>
  (await app.call('GET', `/api/v1/spans/${spanUuid(traceId, spanIdOf(id))}`)).body;
const waitingRows = async () => (await app.deps.db.query('SELECT id, kind, is_used FROM otlp_waiting')).length;
const health = async () => (await app.call('GET', '/api/v1/data-health')).body;

test('a model call is a request, with its parent, its words and its cost, once however often it is sent', async () => {
  const traceId = aTraceId();
  const call = aDecodedSpan({ traceId, id: 2, parent: 1, attributes: callAttributes() });
  expect(await send(call)).toEqual({ accepted: 1, rejected: [], dropped: {} });
  const stored = await request(traceId, 2);
  expect(stored).toMatchObject({
    trace_id: traceId,
    parent_id: spanUuid(traceId, spanIdOf(1)),
    model: 'gpt-4o-mini',
    latency_ms: 250,
    status: 'success',
    input_tokens: 12,
    cost_status: 'priced',
    input_preview: 'How late is it?',
  });
  expect(await send(call, call)).toEqual({ accepted: 2, rejected: [], dropped: {} });
  expect(await request(traceId, 2)).toEqual(stored);
  expect(await trace(traceId)).toMatchObject({ totals: { requests: 1 }, span_count: 0 });
});

test('a call around another one is a step, whichever came first, and is counted once', async () => {
  for (const isOuterFirst of [true, false]) {
    const traceId = aTraceId();
    const outer = aDecodedSpan({ traceId, id: 1, attributes: callAttributes({ 'gen_ai.usage.input_tokens': 120 }) });
    const inner = aDecodedSpan({ traceId, id: 2, parent: 1, attributes: callAttributes(), durationMs: 100 });
    for (const one of isOuterFirst ? [outer, inner] : [inner, outer]) await send(one);
    const { totals, span_count, cost_usd } = await trace(traceId);
    expect({ requests: totals.requests, tokens: totals.input_tokens, span_count }).toEqual({
      requests: 1,
      tokens: 12,
      span_count: 1,
    });
    expect(cost_usd).toBe((await request(traceId, 2)).cost_usd);
    const step = await span(traceId, 1);
    expect(step).toMatchObject({ kind: 'llm', latency_ms: 250, input_preview: expect.stringContaining('How late') });
    expect(step.metadata.reported).toMatchObject({ model: 'gpt-4o-mini', input_tokens: 120 });
    // A resend of the outer call is not stored as a request beside the step.
    await send(outer);
    expect(await trace(traceId)).toMatchObject({ totals: { requests: 1 }, span_count: 1 });
    expect(await span(traceId, 1)).toEqual(step);
  }
});

test('a span without AI work waits, and is kept where something under it is; the others are forgotten and counted', async () => {
  const traceId = aTraceId();
  const before = (await health()).totals;
  await send(aDecodedSpan({ traceId, id: 1, attributes: HTTP, name: 'GET /orders' }));
  await send(aDecodedSpan({ traceId, id: 3, parent: 1, attributes: HTTP, name: 'select' }));
  expect((await app.call('GET', `/api/v1/traces/${traceId}`)).status).toBe(404);
  expect((await health()).waiting.spans).toBe(2);
  await send(aDecodedSpan({ traceId, id: 2, parent: 1, attributes: AGENT }));
  const { spans, name } = await trace(traceId);
  expect(name).toBe('GET /orders');
  expect(spans.map((one: { name: string }) => one.name)).not.toContain('select');
  expect(spans).toHaveLength(2);
  expect(await waitingRows()).toBe(1);
  clock = () => new Date(Date.now() + 61 * 60_000);
  await app.deps.waitingLimits.look();
  expect(await waitingRows()).toBe(0);
  const { totals } = await health();
  expect(totals.dropped).toContainEqual({ reason: 'no_ai_work', count: 1 });
  expect(totals.accepted - before.accepted).toBe(2);
});

const SAID = (traceId: string) => [
  aDecodedRecord({
    traceId,
    id: 1,
    eventName: 'gen_ai.user.message',
    body: { content: 'Wo ist das Nashorn?' },
    afterMs: 1,
  }),
  aDecodedRecord({ traceId, id: 1, eventName: 'gen_ai.system.message', body: { content: 'Be brief.' } }),
  aDecodedRecord({
    traceId,
    id: 1,
    eventName: 'gen_ai.choice',
    body: { index: 0, finish_reason: 'stop', message: { content: 'Im Zoo.' } },
    afterMs: 2,
  }),
];

test.each([
  ['before', [2, 1, 0, 'span']],
  ['after', ['span', 0, 1, 2]],
  ['before and after', [1, 'span', 2, 0]],
])('words that come as log records %s their span are those of the call, and found by a search', async (_, order) => {
  const traceId = aTraceId();
  const records = SAID(traceId);
  for (const one of order) {
    const record = typeof one === 'number' ? records[one] : undefined;
    if (record) await tell(record);
    else await send(aDecodedSpan({ traceId, id: 1, attributes: silentCallAttributes() }));
  }
  const stored = await request(traceId, 1);
  expect(stored).toMatchObject({
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Wo ist das Nashorn?' },
    ],
    response_content: 'Im Zoo.',
    input_preview: 'Wo ist das Nashorn?',
    input_tokens: 12,
  });
  const found = await app.call('GET', `/api/v1/requests?q=${encodeURIComponent(`Nashorn trace:${traceId}`)}`);
  expect(found.body.map(({ id }: { id: string }) => id)).toEqual([stored.id]);
  // All of it once more changes nothing.
  await tell(...records);
  await send(aDecodedSpan({ traceId, id: 1, attributes: silentCallAttributes() }));
  expect(await request(traceId, 1)).toEqual(stored);
});

test('the same words twice in one export were said twice', async () => {
  const traceId = aTraceId();
  const yes = aDecodedRecord({ traceId, id: 1, eventName: 'gen_ai.user.message', body: { content: 'Yes.' } });
  await send(aDecodedSpan({ traceId, id: 1, attributes: silentCallAttributes() }));
  await tell(yes, yes);
  await tell(yes, yes);
  expect((await request(traceId, 1)).messages).toHaveLength(2);
});

test('other log records are dropped, and those of a call that never comes are forgotten after an hour', async () => {
  const traceId = aTraceId();
  await app.deps.db.query('DELETE FROM otlp_waiting');
  const plain = aDecodedRecord({ traceId, id: 1, eventName: 'app.started', body: 'x' });
  expect(await tell(plain)).toEqual({ accepted: 0, rejected: [], dropped: { no_genai_event: 1 } });
  await tell(...SAID(traceId));
  expect((await health()).waiting).toEqual({ spans: 0, log_records: 3 });
  clock = () => new Date(Date.now() + 61 * 60_000);
  await app.deps.waitingLimits.look();
  const { sources } = await health();
  const logs = sources.find(({ source }: { source: string }) => source === 'otlp_logs');
  expect(logs.dropped).toContainEqual({ reason: 'log_without_span', count: 3 });
});

test('a later version with an end takes the place of the earlier one, in totals and in the search', async () => {
  for (const isEndFirst of [false, true]) {
    const traceId = aTraceId();
    const start = aDecodedSpan({
      traceId,
      id: 1,
      attributes: { ...silentCallAttributes(), 'gen_ai.usage.input_tokens': 1, 'app.step': 'begin' },
      durationMs: null,
    });
    const end = aDecodedSpan({
      traceId,
      id: 1,
      attributes: callAttributes({
        'gen_ai.output.messages': JSON.stringify([
          { role: 'assistant', parts: [{ type: 'text', content: 'Ein Okapi.' }], finish_reason: 'stop' },
        ]),
      }),
    });
    for (const one of isEndFirst ? [end, start] : [start, end]) await send(one);
    const stored = await request(traceId, 1);
    expect(stored).toMatchObject({
      latency_ms: 250,
      status: 'success',
      input_tokens: 12,
      response_content: 'Ein Okapi.',
    });
    expect(stored.metadata).toMatchObject({ 'app.step': 'begin' });
    expect((await trace(traceId)).totals).toMatchObject({ requests: 1, input_tokens: 12 });
    const found = await app.call('GET', `/api/v1/requests?q=${encodeURIComponent(`Okapi trace:${traceId}`)}`);
    expect(found.body).toHaveLength(1);
  }
});

test('a span that turns out to be a call changes its place', async () => {
  const traceId = aTraceId();
  await send(aDecodedSpan({ traceId, id: 2, parent: 1, attributes: AGENT }));
  await send(aDecodedSpan({ traceId, id: 1, attributes: HTTP, durationMs: null }));
  expect(await trace(traceId)).toMatchObject({ span_count: 2 });
  await send(aDecodedSpan({ traceId, id: 1, attributes: callAttributes() }));
  expect(await trace(traceId)).toMatchObject({ span_count: 1, totals: { requests: 1 } });
});

test('a bad span is rejected, and its neighbours are stored', async () => {
  const traceId = aTraceId();
  const old = aDecodedSpan({
    traceId,
    id: 2,
    attributes: callAttributes(),
    startedAt: new Date('1999-12-31T23:59:59Z'),
  });
  const nul = aDecodedSpan({ traceId, id: 3, attributes: callAttributes({ 'app.note': 'a\u0000b' }) });
  const result = await send(aDecodedSpan({ traceId, id: 1, attributes: callAttributes() }), old, nul);
  expect(result).toMatchObject({ accepted: 2, dropped: {} });
  expect(result.rejected).toEqual([{ index: 1, message: expect.stringContaining('within the last 5 years') }]);
  expect((await trace(traceId)).totals.requests).toBe(2);
});

test('an end before the start is no duration, and is counted', async () => {
  const traceId = aTraceId();
  await send(aDecodedSpan({ traceId, id: 1, attributes: callAttributes(), durationMs: -5 }));
  expect(await request(traceId, 1)).toMatchObject({ latency_ms: null });
  expect((await health()).totals.clock_skewed).toBe(1);
});

test('what waits of one organization has a limit; beyond it the rest is dropped, and said to be', async () => {
  const traceId = aTraceId();
  jest.spyOn(app.deps.waitingLimits, 'admit').mockReturnValue(false);
  try {
    const result = await send(
      aDecodedSpan({ traceId, id: 1, attributes: HTTP }),
      aDecodedSpan({ traceId, id: 2, attributes: callAttributes() }),
    );
    expect(result).toEqual({ accepted: 1, rejected: [], dropped: { too_much_waiting: 1 } });
  } finally {
    jest.restoreAllMocks();
  }
});

test('spans of one organization are not those of another', async () => {
  const traceId = aTraceId();
  const scope = scopeForAdmin(serverAdminScope(), app.orgB.id);
  await acceptOtlpSpans(app.deps, { scope, api_key_id: null }, [
    aDecodedSpan({ traceId, id: 1, attributes: callAttributes() }),
  ]);
  await send(aDecodedSpan({ traceId, id: 2, parent: 1, attributes: callAttributes() }));
  expect((await trace(traceId)).totals.requests).toBe(1);
  const ofB = await app.call('GET', `/api/v1/traces/${traceId}`, { key: app.orgB.key });
  expect(ofB.body).toMatchObject({ totals: { requests: 1 }, span_count: 0 });
});

describe('an evaluation is a step below its call', () => {
  const told = {
    'gen_ai.evaluation.name': 'Relevance',
    'gen_ai.evaluation.score.value': 0.75,
    'gen_ai.evaluation.score.label': 'relevant',
    'gen_ai.evaluation.explanation': 'It names the hour.',
    'gen_ai.response.id': 'chatcmpl-1',
  };
  const record = (traceId: string) =>
    aDecodedRecord({
      traceId,
      id: 1,
      eventName: 'gen_ai.evaluation.result',
      attributes: told,
      body: null,
      afterMs: 900,
    });
  const call = (traceId: string) => aDecodedSpan({ traceId, id: 1, attributes: callAttributes() });
  const found = {
    name: 'Relevance',
    kind: 'evaluator',
    status: 'success',
    output: { score: 0.75, label: 'relevant', explanation: 'It names the hour.' },
  };

  const ways: Record<string, (traceId: string) => Promise<unknown>> = {
    'as a log record after it': async (traceId) => [await send(call(traceId)), await tell(record(traceId))],
    'as a log record before it': async (traceId) => [await tell(record(traceId)), await send(call(traceId))],
    'as an event of its span': (traceId) => {
      const event = { name: 'gen_ai.evaluation.result', time: null, attributes: new Map(Object.entries(told)) };
      return send({ ...call(traceId), events: [event] });
    },
    'as a span of its own': (traceId) =>
      send(call(traceId), aDecodedSpan({ traceId, id: 2, parent: 1, name: 'result', attributes: told })),
  };

  test.each(Object.keys(ways))('%s, once however often it is sent', async (way) => {
    const traceId = aTraceId();
    const before = (await health()).totals.accepted;
    const waiting = await waitingRows();
    for (let time = 0; time < 2; time++) await ways[way]?.(traceId);
    const { spans, requests, totals } = await trace(traceId);
    expect([requests.length, spans.length, totals.input_tokens]).toEqual([1, 1, 12]);
    const stored = (await app.call('GET', `/api/v1/spans/${spans[0].id}`)).body;
    expect(stored).toMatchObject({ ...found, parent_id: spanUuid(traceId, spanIdOf(1)), trace_id: traceId });
    expect(await waitingRows()).toBe(waiting);
    expect((await health()).totals.accepted - before).toBe(2);
  });

  test('one that failed says so, and one of a span that cannot be stored costs nothing else', async () => {
    const traceId = aTraceId();
    const failed = { 'gen_ai.evaluation.name': 'Relevance', 'error.type': 'timeout' };
    await tell(
      aDecodedRecord({ traceId, id: 1, eventName: 'gen_ai.evaluation.result', attributes: failed, body: null }),
    );
    expect((await trace(traceId)).spans).toMatchObject([{ status: 'error', error: { type: 'timeout' } }]);
    const events = [{ name: 'gen_ai.evaluation.result', time: null, attributes: new Map(Object.entries(told)) }];
    const old = { ...call(aTraceId()), events, startedAt: new Date('1999-12-31T23:59:59Z') };
    expect(await send(old, call(traceId))).toMatchObject({ accepted: 1, rejected: [{ index: 0 }] });
  });
});
