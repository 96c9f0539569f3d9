/**
 * Any tree of spans, with its log records and with versions that were sent before a span had ended, gives the same trace:
 * in any order, in any batches, also at the same moment and by two servers. And that trace is what the tree says.
 */
import fc from 'fast-check';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { acceptOtlpSpans } from './accept.ts';
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
  TOOL,
} from '#tests/support/decodedSpans';
import { expectExactRollups } from '#tests/support/rollups';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
let other: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  other = await startTestApp({ databaseUrl: app.databaseUrl });
});
afterAll(async () => {
  await other.stop();
  await app.stop();
});

const KINDS = {
  call: () => callAttributes(),
  silentCall: () => silentCallAttributes(),
  embedding: () => ({
    'gen_ai.operation.name': 'embeddings',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'text-embedding-3-small',
    'gen_ai.usage.input_tokens': 7,
  }),
  agent: () => AGENT,
  tool: () => TOOL,
  http: () => HTTP,
  /** Two libraries tell of it. */
  twin: () => callAttributes(),
} as const;
type Kind = keyof typeof KINDS;

interface Step {
  readonly id: number;
  readonly parent: number | null;
  readonly kind: Kind;
  /** A version of it was sent before it had ended. */
  readonly isSentEarly: boolean;
  readonly isSentTwice: boolean;
}

/** Each step hangs below one of the seven before it, or below none. */
const tree: fc.Arbitrary<Step[]> = fc
  .array(
    fc.record({
      up: fc.nat(6),
      kind: fc.constantFrom<Kind>(
        'call',
        'silentCall',
        'silentCall',
        'embedding',
        'agent',
        'tool',
        'http',
        'http',
        'twin',
      ),
      isSentEarly: fc.boolean(),
      isSentTwice: fc.boolean(),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .map((steps) =>
    steps.map(({ up, ...step }, index) => ({
      ...step,
      id: index + 1,
      parent: up === 0 || up > index ? null : index + 1 - up,
    })),
  )
  // Nothing runs inside of a call of a client.
  .map((steps) => steps.map((step) => ({ ...step, parent: aboveTwins(steps, step.parent) })));

function aboveTwins(steps: readonly Step[], parent: number | null): number | null {
  const above = steps.find(({ id }) => id === parent);
  return above?.kind === 'twin' ? aboveTwins(steps, above.parent) : parent;
}

/** The id of what the second library tells. */
const TWIN = 100;

type Piece = { readonly span: OtlpSpan } | { readonly record: OtlpLogRecord };

function piecesOf(steps: readonly Step[], traceId: string): Piece[] {
  return steps.flatMap(({ id, parent, kind, isSentEarly, isSentTwice }) => {
    const common = { traceId, id, ...(parent === null ? {} : { parent }) };
    const attributes = { ...KINDS[kind](), ...(kind === 'twin' ? { 'gen_ai.response.id': `answer-${id}` } : {}) };
    const span = aDecodedSpan({ ...common, attributes, durationMs: 100 + id });
    const pieces: Piece[] = [{ span }];
    if (kind === 'twin') pieces.push({ span: aDecodedSpan({ ...common, id: id + TWIN, attributes, durationMs: 50 }) });
    if (isSentTwice) pieces.push({ span });
    if (isSentEarly) pieces.push({ span: aDecodedSpan({ ...common, attributes: early(kind), durationMs: null }) });
    if (kind !== 'silentCall') return pieces;
    const said = [
      ['gen_ai.system.message', { content: 'Be brief.' }],
      ['gen_ai.user.message', { content: `Question ${id}` }],
      ['gen_ai.choice', { index: 0, finish_reason: 'stop', message: { content: `Answer ${id}` } }],
    ] as const;
    const records = said.map(([eventName, body], at) => aDecodedRecord({ traceId, id, eventName, body, afterMs: at }));
    return [...pieces, ...records.map((record) => ({ record }))];
  });
}

/** What a span says before it has ended: what it is, and not yet how it went. */
function early(kind: Kind) {
  const {
    'gen_ai.output.messages': _answer,
    'gen_ai.usage.input_tokens': _input,
    ...rest
  } = {
    'gen_ai.output.messages': '',
    'gen_ai.usage.input_tokens': 0,
    ...KINDS[kind](),
  };
  return rest;
}

async function send(server: TestApp, pieces: readonly Piece[]): Promise<void> {
  const sender = { scope: scopeForAdmin(serverAdminScope(), app.orgA.id), api_key_id: null };
  const spans = pieces.flatMap((piece) => ('span' in piece ? [piece.span] : []));
  const records = pieces.flatMap((piece) => ('record' in piece ? [piece.record] : []));
  const results = await Promise.all([
    acceptOtlpSpans(server.deps, sender, spans),
    acceptRecords(server.deps, sender, records),
  ]);
  for (const { rejected } of results) expect(rejected).toEqual([]);
}

/** All that is stored of a trace, by the number of each span, without what differs from trace to trace. */
async function readTrace(traceId: string) {
  const id = (column: string) => `right(replace(${column}, '-', ''), 3)`;
  const requests = await app.deps.db.query(
    `SELECT ${id('r.id::text')} AS id, ${id('parent_id')} AS parent, model, status, input_tokens, output_tokens, latency_ms,
       cost_usd, cost_status, finish_reason, endpoint, input_preview, output_preview, p.messages, p.response_content,
       p.response, p.metadata
     FROM requests r JOIN request_payloads p USING (org_id, id) WHERE org_id = $1 AND trace_id = $2 ORDER BY 1`,
    [app.orgA.id, traceId],
  );
  const spans = await app.deps.db.query(
    `SELECT ${id('s.id::text')} AS id, ${id('parent_id')} AS parent, name, kind, status, latency_ms, input_preview,
       output_preview, input, output, metadata
     FROM spans s LEFT JOIN span_payloads p USING (org_id, id) WHERE org_id = $1 AND trace_id = $2 ORDER BY 1`,
    [app.orgA.id, traceId],
  );
  const waiting = await app.deps.db.query(
    `SELECT ${id('span_id::text')} AS id, content FROM otlp_waiting
     WHERE org_id = $1 AND trace_id = $2 AND NOT is_used ORDER BY 1`,
    [app.orgA.id, traceId],
  );
  const withoutIds = JSON.stringify({ requests, spans, waiting }).replaceAll(traceId, 'trace');
  return JSON.parse(
    withoutIds.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-(?=[0-9a-f]{12})/g, ''),
  );
}

/** What the tree says: which spans are requests, steps, and neither. */
function expected(steps: readonly Step[]) {
  const family = ({ kind }: Step) => (kind === 'embedding' ? 'embedding' : /call|twin/i.test(kind) ? 'llm' : null);
  const below = (id: number): Step[] =>
    steps.filter(({ parent }) => parent === id).flatMap((one) => [one, ...below(one.id)]);
  const isRequest = (step: Step) =>
    family(step) !== null && !below(step.id).some((low) => family(low) === family(step));
  const isNoise = (step: Step) => step.kind === 'http' && below(step.id).every(({ kind }) => kind === 'http');
  const ids = (list: readonly { readonly id: number }[]) =>
    list.map(({ id }) => id.toString(16).padStart(3, '0')).toSorted();
  const twins = steps.filter(({ kind }) => kind === 'twin').map(({ id }) => ({ id: id + TWIN }));
  return {
    requests: ids(steps.filter(isRequest)),
    spans: ids([...steps.filter((step) => !isRequest(step) && !isNoise(step)), ...twins]),
    waiting: ids(steps.filter(isNoise)),
  };
}

const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

test('any tree of spans in any order and batching gives the same trace', async () => {
  const order = fc.infiniteStream(fc.nat());
  await fc.assert(
    fc.asyncProperty(tree, order, fc.boolean(), async (steps, random, isAtOnce) => {
      const [traceId, shuffledId] = [aTraceId(), aTraceId()];
      await send(app, piecesOf(steps, traceId));
      const pieces = piecesOf(steps, shuffledId)
        .map((piece) => ({ piece, at: random.next().value as number }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ piece }) => piece);
      const batches: (() => Promise<void>)[] = [];
      for (let at = 0; at < pieces.length;) {
        const end = at + 1 + ((random.next().value as number) % 4);
        const batch = pieces.slice(at, end);
        const server = (random.next().value as number) % 2 === 0 ? app : other;
        batches.push(() => send(server, batch));
        at = end;
      }
      if (isAtOnce) await Promise.all(batches.map((batch) => batch()));
      else for (const batch of batches) await batch();
      const whole = await readTrace(traceId);
      expect(await readTrace(shuffledId)).toEqual(whole);
      expect({
        requests: idsOf(whole.requests),
        spans: idsOf(whole.spans),
        waiting: idsOf(whole.waiting),
      }).toEqual(expected(steps));
      for (const { id, messages, response_content } of whole.requests) {
        const number = Number.parseInt(id, 16);
        if (steps[number - 1]?.kind !== 'silentCall') continue;
        expect(messages.map(({ content }: { content: string }) => content)).toEqual([
          'Be brief.',
          `Question ${number}`,
        ]);
        expect(response_content).toBe(`Answer ${number}`);
      }
    }),
    { numRuns: Number(process.env.TREES ?? 60), endOnFailure: false },
  );
  await expectExactRollups(app);
}, 300_000);
