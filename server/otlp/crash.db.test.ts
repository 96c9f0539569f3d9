/**
 * A trace is exported in any order to a server that is killed with -9 again and again; exporters send again what was not
 * answered. Then it is stored once, in order, and the sums say what its requests say.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '#shared/primitives';
import { aLogsExport, anOtlpRecord, anOtlpSpan, aTraceExport, toAnyValue, toAttributeList } from '#tests/support/otlp';
import { expectExactRollups } from '#tests/support/rollups';
import { type ServerChild, untilReady } from '#tests/support/serverChild';
import { buildSpawnedServer, endSpawnedServers, spawnServer } from '#tests/support/spawnServer';
import { startTestApp, type TestApp } from '#tests/support/testApp';

const KILLS = 3;
const GROUPS = 60;

let app: TestApp;
let server: ServerChild;
let url = '';
/** Exports that the server did not live to answer, or could not be reached for. */
let unanswered = 0;
beforeAll(async () => {
  app = await startTestApp();
  await buildSpawnedServer();
  await start();
}, 120_000);
afterAll(async () => {
  await endSpawnedServers();
  await app.stop();
});

async function start(): Promise<void> {
  server = spawnServer({ DATABASE_URL: app.databaseUrl });
  url = await untilReady(server);
}

/** Sends it until it is answered with a 200. */
async function deliver(path: string, body: JsonObject): Promise<void> {
  for (;;) {
    const res = await fetch(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${app.orgA.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).catch(() => null);
    if (res?.status === 200) return;
    if (!res) unanswered++;
    if (res && res.status !== 503) throw new Error(`${res.status}: ${await res.text()}`);
    await sleep(100);
  }
}

test('nothing is lost, stored twice, or left out of order', async () => {
  const traceId = 'c'.repeat(32);
  const spanId = (number: number) => number.toString(16).padStart(16, '0');
  const http = toAttributeList({ 'http.request.method': 'GET' });
  const silent = { 'gen_ai.input.messages': null, 'gen_ai.output.messages': null };
  // A root without AI work, and below it groups: a call around a span of HTTP around a call whose words are a log record.
  const exports: (() => Promise<void>)[] = [];
  const send = (...spans: JsonObject[]) => exports.push(() => deliver('/v1/traces', aTraceExport(spans)));
  send({ ...anOtlpSpan({ traceId, spanId: spanId(1) }), attributes: http });
  for (let group = 0; group < GROUPS; group++) {
    const first = 2 + group * 4;
    const [outer, between, inner, noise] = [first, first + 1, first + 2, first + 3].map(spanId);
    const body = toAnyValue({ content: `Question ${group}` });
    send(anOtlpSpan({ traceId, spanId: outer ?? '', parentSpanId: spanId(1) }), {
      ...anOtlpSpan({ traceId, spanId: noise ?? '', parentSpanId: outer ?? '' }),
      attributes: http,
    });
    send({ ...anOtlpSpan({ traceId, spanId: between ?? '', parentSpanId: outer ?? '' }), attributes: http });
    send(anOtlpSpan({ traceId, spanId: inner ?? '', parentSpanId: between ?? '', attributes: silent }));
    exports.push(() => deliver('/v1/logs', aLogsExport([anOtlpRecord({ traceId, spanId: inner ?? '', body })])));
  }
  // Always the same order, and none that helps.
  const shuffled = exports.map((one, index) => ({ one, at: (index * 7_919) % 1_009 })).toSorted((a, b) => a.at - b.at);
  let next = 0;
  let answered = 0;
  const kills: (number | string | null)[] = [];
  // At so many answers, in the midst of what others send: the rest needs a server that has come back.
  const killAt = Array.from({ length: KILLS }, (_, kill) => Math.floor((shuffled.length * (kill + 1)) / (KILLS + 1)));
  const senders = [0, 1, 2].map(async () => {
    for (let piece = shuffled[next++]; piece; piece = shuffled[next++]) {
      await piece.one();
      if (!killAt.includes(++answered)) continue;
      await server.kill('SIGKILL');
      kills.push(server.exit());
      await start();
    }
  });
  await Promise.all(senders);
  expect(kills).toEqual(Array.from({ length: KILLS }, () => 'SIGKILL'));
  // Each kill cut off the two others, and what they send was stored all the same.
  expect(unanswered).toBeGreaterThanOrEqual(KILLS * 2);
  const { body: trace } = await app.call('GET', `/api/v1/traces/${traceId}?limit=1000`);
  expect({ requests: trace.totals.requests, spans: trace.span_count, tokens: trace.totals.input_tokens }).toEqual({
    requests: GROUPS,
    spans: 1 + GROUPS * 2,
    tokens: GROUPS * 14,
  });
  const asked = trace.requests.map(({ input_preview }: { input_preview: string }) => input_preview);
  expect(asked.toSorted()).toEqual(Array.from({ length: GROUPS }, (_, group) => `Question ${group}`).toSorted());
  const waiting = await app.deps.db.query('SELECT kind FROM otlp_waiting WHERE NOT is_used');
  expect(waiting).toEqual(Array.from({ length: GROUPS }, () => ({ kind: 'span' })));
  await expectExactRollups(app);
}, 180_000);
