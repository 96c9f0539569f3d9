/**
 * Stores spans and log records of OpenTelemetry (docs/decisions/035): each is mapped, put where it belongs as far as its
 * trace is known, and written by the group writers that write everything else. Then the trace is looked at once more, and
 * put in order where what came at other times asks for it. A result means committed, also of what waits.
 */
import { stringifyExactJson } from '#shared/exactJson';
import type { JsonObject } from '#shared/primitives';
import type { EncodedRow } from '#server/db/binaryRowEncoder';
import type { Deps } from '#server/deps';
import { type Sender, unstorable } from '#server/ingest/batchItems';
import { sanitize } from '#server/ingest/sanitize';
import { type Arrival, readArrival, readEvaluationRecord, readEvaluations } from './arrival.ts';
import { contentUuid, spanUuid } from './ids.ts';
import type { LogContent } from './logContent.ts';
import { mapLogRecord } from './mapping.ts';
import { isEmpty, planOrder, toTreeNodes } from './order.ts';
import { putInOrder } from './putInOrder.ts';
import type { Store } from './records.ts';
import { type ArrivingWaiting, hasOtherNodes, readKnownNodes, waitingRowType } from './repository.ts';
import { type OtlpResult, ResultCounts } from './resultCounts.ts';
import type { OtlpLogRecord, OtlpSpan } from './span.ts';
import { SpanBatch } from './spanBatch.ts';
import { readTree } from './tree.ts';

/**
 * Stores spans; each stands alone, as logs do.
 * @throws {AppError} where some could not be stored now: then all of them may be sent again, and none is stored twice.
 */
export async function acceptOtlpSpans(deps: Deps, sender: Sender, spans: readonly OtlpSpan[]): Promise<OtlpResult> {
  const now = deps.clock();
  const result = new ResultCounts();
  await storeArrivals(
    deps,
    sender,
    spans.flatMap((span, index) => [readArrival(span, index, now), ...readEvaluations(span, index)]),
    result,
  );
  result.count(deps.healthCounts, sender.scope, 'otlp_spans');
  return result.toResult(spans.length);
}

/** Knows nothing of the spans they were read from: a decoded export takes many times its bytes, and must not wait with its rows. */
async function storeArrivals(
  deps: Deps,
  sender: Sender,
  arrivals: readonly Arrival[],
  result: ResultCounts,
): Promise<void> {
  const { scope } = sender;
  if (arrivals.length === 0) return;
  const store = await openStore(deps, sender);
  const traceIds = [...new Set(arrivals.map(({ trace_id }) => trace_id))];
  // Only a span without AI work depends on what is known at once; the others are put in order where they have to be.
  const isLooked = arrivals.some(({ role }) => role === 'other');
  const known = isLooked ? await readKnownNodes(deps.traceOrder, scope, traceIds) : [];
  const facts = readTree([...toTreeNodes(known), ...arrivals.map(({ node }) => node)]);
  const batch = new SpanBatch(store, known, facts, result);
  for (const arrival of arrivals) batch.add(arrival);
  await batch.write();
  // Where nothing else is known of its traces, each span is where its export says: `facts` were read of all of it.
  if (batch.revisions.length === 0 && !(await hasOtherNodes(deps.traceOrder, scope, traceIds, batch.stored))) return;
  await orderTraces(store, traceIds, batch.revisions);
}

/** What became of log records, and of which traces they are: `orderOtlpTraces` adds them to their calls. */
export interface KeptRecords extends OtlpResult {
  readonly traceIds: readonly string[];
}

/**
 * Stores evaluations as steps, and keeps log records of model calls; others, and those of no span (null), are dropped.
 * @throws {AppError} as `acceptOtlpSpans`.
 */
export async function keepOtlpLogRecords(
  deps: Deps,
  sender: Sender,
  records: readonly (OtlpLogRecord | null)[],
): Promise<KeptRecords> {
  const result = new ResultCounts();
  const { rows, traceIds, evaluations } = readRecords(deps, sender, records, result);
  await storeArrivals(deps, sender, evaluations, result);
  const verdicts = rows.length > 0 ? await deps.waitingWriter.add(rows.map(({ row }) => row)) : [];
  verdicts.forEach((verdict, place) => {
    if (verdict === 'rejected') result.reject(rows[place]?.index ?? 0, unstorable('log').message);
    else if (verdict !== 'created') result.add('duplicate');
  });
  result.count(deps.healthCounts, sender.scope, 'otlp_logs');
  return { ...result.toResult(records.length), traceIds };
}

/** Traces that are looked at together. */
const TRACES_AT_ONCE = 500;

/**
 * Adds the log records that were kept to the calls of their spans, as far as these have come. Once for a whole export: each
 * time all log records of a call are read.
 * @throws {AppError} as `acceptOtlpSpans`.
 */
export async function orderOtlpTraces(deps: Deps, sender: Sender, traceIds: readonly string[]): Promise<void> {
  if (traceIds.length === 0) return;
  const store = await openStore(deps, sender);
  for (let from = 0; from < traceIds.length; from += TRACES_AT_ONCE) {
    await orderTraces(store, traceIds.slice(from, from + TRACES_AT_ONCE), []);
  }
}

async function openStore(deps: Deps, sender: Sender): Promise<Store> {
  return { deps, sender: { ...sender, prices: await deps.prices.of(sender.scope) } };
}

function readRecords(
  { clock, waitingLimits }: Deps,
  { scope, api_key_id }: Sender,
  records: readonly (OtlpLogRecord | null)[],
  result: ResultCounts,
): { rows: { row: EncodedRow; index: number }[]; traceIds: string[]; evaluations: Arrival[] } {
  const now = clock();
  const created_at = now.toISOString();
  const evaluations: Arrival[] = [];
  const rows = new Map<string, { row: EncodedRow; index: number }>();
  const traceIds = new Set<string>();
  records.forEach((record, index) => {
    const evaluation = record && readEvaluationRecord(record, index, now);
    if (evaluation) return evaluations.push(evaluation);
    const waiting = record && toWaitingRecord(record, { order: index, created_at, api_key_id });
    if (waiting === null) return result.drop('no_genai_event');
    const { problem } = sanitize(waiting.content);
    if (problem) return result.reject(index, problem.message);
    // The same words twice in one export were said twice.
    let { id } = waiting;
    for (let copy = 2; rows.has(id); copy++) id = contentUuid(`${waiting.id} ${copy}`);
    const row = waitingRowType.encode(scope, { ...waiting, id });
    if (!waitingLimits.admit(scope, row.bytes)) return result.drop('too_much_waiting');
    rows.set(id, { row, index });
    traceIds.add(waiting.trace_id);
  });
  return { rows: [...rows.values()], traceIds: [...traceIds], evaluations };
}

/** Null where it says nothing about a model call. */
function toWaitingRecord(
  record: OtlpLogRecord,
  { order, created_at, api_key_id }: Pick<ArrivingWaiting, 'created_at' | 'api_key_id'> & { readonly order: number },
): ArrivingWaiting | null {
  const event = mapLogRecord(record);
  if (event === null) return null;
  const span_id = spanUuid(record.traceId, record.spanId);
  const content: LogContent = { at: record.time?.toISOString() ?? null, order, event };
  return {
    id: contentUuid(stringifyExactJson([span_id, record.eventName, content.at, event.fields])),
    kind: 'event',
    span_id,
    trace_id: record.traceId,
    parent_id: null,
    api_key_id,
    created_at,
    is_used: false,
    content: { ...content } as unknown as JsonObject, // Its parts are JSON.
  };
}

/**
 * What others wrote meanwhile is seen here, or they see what was written here: whoever looks last has seen all, and puts it
 * in order.
 */
async function orderTraces(
  { deps, sender }: Store,
  traceIds: readonly string[],
  revisions: readonly Arrival[],
): Promise<void> {
  const { scope } = sender;
  if (revisions.length === 0 && isEmpty(planOrder(await readKnownNodes(deps.traceOrder, scope, traceIds)))) return;
  const changed = await putInOrder({ deps, sender }, traceIds, revisions);
  deps.healthCounts.add(scope, 'otlp_spans', 'accepted', changed.kept);
  deps.healthCounts.add(scope, 'otlp_spans', 'updated', changed.updated);
  deps.healthCounts.add(scope, 'otlp_spans', 'duplicate', changed.duplicate);
  deps.healthCounts.add(scope, 'otlp_spans', 'note.reported_total', changed.outer);
  deps.healthCounts.add(scope, 'otlp_logs', 'accepted', changed.filled);
}
