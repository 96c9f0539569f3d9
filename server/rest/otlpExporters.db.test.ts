/** OpenTelemetry's own exporters against the receiver: what an application logs and retries because of our answers. */
import { fork } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '#shared/primitives';
import type { ExporterResult, ExporterSpec } from '#tests/support/exporterChild';
import { anOtlpSpan, aTraceExport } from '#tests/support/otlp';
import { sendExport } from '#tests/support/sendOtlp';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const CHILD = path.resolve('tests/support/exporterChild.ts');

/** Ends a span for each call in a process of its own, and sends them together. */
function trace(
  target: TestApp,
  form: ExporterSpec['form'],
  { calls = [{}], key = target.orgA.key }: Partial<Pick<ExporterSpec, 'calls' | 'key'>> = {},
): Promise<ExporterResult> {
  const child = fork(CHILD, { execArgv: ['--import', 'tsx'] });
  return new Promise((resolve, reject) => {
    child.once('message', (result) => resolve(result as ExporterResult)); // Our own child sends one.
    child.once('exit', (code) => reject(new Error(`The exporter ended (${code}).`)));
    child.send({ form, url: `${target.url}/v1/traces`, key, calls } satisfies ExporterSpec);
  });
}

async function listRequests(target: TestApp, { traceIds }: ExporterResult): Promise<JsonObject[]> {
  return (await target.call('GET', `/api/v1/requests?trace_id=${traceIds[0]}`)).body;
}

describe.each(['json', 'protobuf', 'protobuf gzip'] as const)('%s', (form) => {
  test('a span is stored, and nothing is said about it', async () => {
    const result = await trace(app, form);
    expect(await listRequests(app, result)).toMatchObject([
      { model: 'gpt-4o', provider: 'openai', input_tokens: 14, output_tokens: 3 },
    ]);
    expect(result.warnings).toEqual([]);
  });

  test('a span that is not taken is told in the log of the application, and the others are stored', async () => {
    const result = await trace(app, form, { calls: [{}, { startedAt: Date.parse('2010-01-01T00:00:00Z') }] });
    expect(await listRequests(app, result)).toHaveLength(1);
    expect(result.warnings.join('\n')).toMatch(/1 of 2 spans not taken: .*within the last 5 years/);
  });

  test('a wrong key, and an export that is too large, are told and not sent again', async () => {
    const wrong = await trace(app, form, { key: `pl_live_${'0'.repeat(43)}` });
    expect(wrong.warnings.join('\n')).toMatch(/Unauthorized|401/);
    const large = await trace(app, form, { calls: [{ noteLength: 21 * 1024 * 1024 }] });
    expect(large.warnings.join('\n')).toMatch(/Payload Too Large|413/);
    expect(await listRequests(app, large)).toEqual([]);
  });
});

test('what could not be stored for a moment is sent again, and stored once', async () => {
  const small = await startTestApp({ env: { INGEST_QUEUE_ROWS: '1' } });
  const runner = small.deps.db.createQueryRunner();
  try {
    await runner.startTransaction();
    await runner.query('LOCK TABLE requests IN EXCLUSIVE MODE');
    // Both writers are held up, and one export waits.
    const others = Array.from({ length: 3 }, () => sendExport(small, '/v1/traces', aTraceExport([anOtlpSpan()])));
    const before = small.deps.requestWriter.stats().shed;
    const traced = trace(small, 'protobuf');
    for (let tries = 0; small.deps.requestWriter.stats().shed === before && tries < 500; tries++) await sleep(20);
    expect(small.deps.requestWriter.stats().shed).toBeGreaterThan(before);
    await runner.rollbackTransaction();
    await Promise.all(others);
    const result = await traced;
    expect(await listRequests(small, result)).toHaveLength(1);
    expect(result.warnings).toEqual([]);
  } finally {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
    await runner.release();
    await small.stop();
  }
}, 30_000);
