/** What real libraries exported, sent to the running receiver in each form and order: the same records, as written by hand. */
import type { JsonObject } from '#shared/primitives';
import { EXPECTED } from '#tests/emitters/expected/fixtures';
import { listOtlpFixtures, readOtlpFixture } from '#tests/support/otlpFixtures';
import { expectExactRollups } from '#tests/support/rollups';
import { type Form, sendExport } from '#tests/support/sendOtlp';
import { anOrganization, startTestApp, type TestApp, type TestOrganization } from '#tests/support/testApp';
import { spanUuid } from './ids.ts';
import { decodeJsonSpans } from './json.ts';
import { Refused } from './decoded.ts';

let app: TestApp;
/** One for each of WAYS: the ids of no two fixtures are the same. */
let organizations: TestOrganization[];
beforeAll(async () => {
  app = await startTestApp();
  organizations = await Promise.all(WAYS.map(() => anOrganization(app.deps, 'Emitter')));
});
afterAll(async () => {
  await expectExactRollups(app);
  await app.stop();
});

interface Way {
  readonly form: Form;
  /** Words that come as log records may come before their call. */
  readonly isLogsFirst?: boolean;
  /** Each span in an export of its own, the last one first. */
  readonly isSpanBySpan?: boolean;
}

/** Each form once, and each order once: neither knows of the other. */
const WAYS: readonly Way[] = [
  { form: 'json' },
  { form: 'protobuf' },
  { form: 'json gzip', isLogsFirst: true },
  { form: 'protobuf gzip', isSpanBySpan: true },
];

/** Sends a fixture in one way. @returns the rows that it has become. */
async function store(file: string, way: Way, { id: org_id, key }: TestOrganization): Promise<JsonObject[]> {
  const { traces, logs } = readOtlpFixture(file);
  const send = async (path: string, body: JsonObject) => {
    const answer = await sendExport(app, path, body, { form: way.form, authorization: `Bearer ${key}` });
    expect([answer.status, answer.partial]).toEqual([200, null]);
  };
  if (logs && way.isLogsFirst) await send('/v1/logs', logs);
  const exports = way.isSpanBySpan ? splitSpans(traces.resourceSpans).toReversed() : [traces.resourceSpans];
  for (const resourceSpans of exports) await send('/v1/traces', { resourceSpans });
  if (logs && !way.isLogsFirst) await send('/v1/logs', logs);

  const ids = listIds(file).map(({ traceId, spanId }) => spanUuid(traceId, spanId));
  const rows: { row: JsonObject }[] = await app.deps.db.query(
    `SELECT id, to_jsonb(t) || to_jsonb(p) || '{"place":"requests"}' AS row
     FROM requests t JOIN request_payloads p USING (org_id, id) WHERE org_id = $1 AND id = ANY($2)
     UNION ALL SELECT id, to_jsonb(t) || coalesce(to_jsonb(p), '{}') || '{"place":"spans"}'
     FROM spans t LEFT JOIN span_payloads p USING (org_id, id) WHERE org_id = $1 AND id = ANY($2)
     ORDER BY id`,
    [org_id, ids],
  );
  return rows.map(({ row: { created_at: _stored, api_key_id: _key, org_id: _org, ...row } }) => row);
}

/** What the API says of each span, by its id: either a request or a span. */
async function readRecords(file: string, { key }: TestOrganization): Promise<Map<string, JsonObject>> {
  const records = new Map<string, JsonObject>();
  for (const { traceId, spanId } of listIds(file)) {
    for (const kind of ['requests', 'spans']) {
      const answer = await app.call('GET', `/api/v1/${kind}/${spanUuid(traceId, spanId)}`, { key });
      if (answer.status !== 200) continue;
      expect(records.has(spanId)).toBe(false);
      records.set(spanId, { place: kind, ...answer.body });
    }
  }
  return records;
}

function splitSpans(resourceSpans: readonly JsonObject[]): JsonObject[][] {
  return resourceSpans.flatMap((one) =>
    (one.scopeSpans as JsonObject[]).flatMap((scope) =>
      (scope.spans as JsonObject[]).map((span) => [{ ...one, scopeSpans: [{ ...scope, spans: [span] }] }]),
    ),
  );
}

function listIds(file: string): { traceId: string; spanId: string }[] {
  const bytes = Buffer.from(JSON.stringify(readOtlpFixture(file).traces));
  return [...decodeJsonSpans(bytes).items].map((span) => {
    if (span instanceof Refused) throw new Error(span.reason);
    return { traceId: span.traceId, spanId: span.spanId };
  });
}

/** As a record has it: what nobody said is null, a cost is what the price list makes of it. */
function pickFields(fields: JsonObject, record: JsonObject): JsonObject {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, record[name] ?? null]));
}

describe.each(listOtlpFixtures())('$file', ({ name, file }) => {
  const expected = EXPECTED.get(name) ?? [];

  test('gives the same records in every form and order, which are those written by hand', async () => {
    const [first, ...others] = await Promise.all(
      organizations.map((organization, index) => store(file, WAYS[index] ?? { form: 'json' }, organization)),
    );
    for (const other of others) expect(other).toEqual(first);
    const [organization] = organizations;
    const records = organization ? await readRecords(file, organization) : new Map<string, JsonObject>();
    expect(first).toHaveLength(records.size);
    const ids = listIds(file);
    for (const [index, one] of expected.entries()) {
      const record = records.get(ids[index]?.spanId ?? '') ?? {};
      const isCall = (one.role === 'llm' || one.role === 'embedding') && !one.isOuter;
      const place = one.isDropped ? undefined : isCall ? 'requests' : 'spans';
      expect([one.span, record.place]).toEqual([one.span, place]);
      if (one.isDropped) continue;
      const fields = one.isOuter ? { name: one.fields.name ?? null, kind: one.role } : one.fields;
      expect(pickFields(fields, record)).toEqual(fields);
      // No number that nobody reported.
      const counts = ['input_tokens', 'output_tokens', 'reasoning_tokens'].filter(
        (count) => !Object.hasOwn(fields, count),
      );
      expect(counts.map((count) => record[count] ?? null)).toEqual(counts.map(() => null));
    }
  });
});

test('a trace of the AI SDK costs what its calls cost, and not what the spans around them repeat', async () => {
  const { file = '' } = listOtlpFixtures().find(({ name }) => name === 'ai-sdk-js') ?? {};
  const { traces } = readOtlpFixture(file);
  await sendExport(app, '/v1/traces', traces);
  const [id] = listIds(file);
  const { body } = await app.call('GET', `/api/v1/traces/${id?.traceId ?? ''}`);
  // Four calls that answered, one that failed, one embedding.
  expect(body.totals).toMatchObject({ requests: 6, input_tokens: 4 * 120 + 7, output_tokens: 4 * 30 });
  const costs = body.requests.map(({ cost_usd }: { cost_usd: string | null }) => Number(cost_usd ?? 0));
  expect(Number(body.cost_usd)).toBeCloseTo(
    costs.reduce((sum: number, cost: number) => sum + cost, 0),
    12,
  );
  expect(Number(body.cost_usd)).toBeGreaterThan(0);
});
