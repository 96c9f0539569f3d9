import type { RequestId } from '#shared/primitives';
import type { RequestFilters } from '#shared/request';
import type { GetTraceInput, ListTracesInput, TraceDetail, TracePage, TraceSummary } from '#shared/trace';
import type { OrgScope } from '#server/auth/orgScope';
import { cursorAt, parseNextCursor } from '#server/db/cursor';
import { listGroups } from '#server/db/groupPage';
import { cutPage } from '#server/db/pages';
import type { Queryable } from '#server/db/sql';
import type { Deps } from '#server/deps';
import { AppError } from '#server/errors';
import { type JsonStream, toJsonStream } from '#server/jsonStream';
import { summariesOf } from '#server/requests/service';
import { getTotals } from '#server/stats/service';
import { readsPayloads } from './groupSources.ts';
import {
  deleteSpanRows,
  findSpan,
  listStepKeys,
  measureTrace,
  readSpans,
  readTraceSummaries,
  readTraceWindow,
  type SpanBatch,
  type StepKey,
} from './repository.ts';

/**
 * One trace, a TraceDetail: its totals over all steps, and one page of its requests and spans.
 * @throws {AppError} `not_found` when nothing of this organization has that trace id.
 */
export async function getTrace(
  deps: Deps,
  scope: OrgScope,
  { trace_id, cursor, limit }: GetTraceInput,
): Promise<{ stream: JsonStream; next_cursor: string | null }> {
  const position = parseNextCursor(cursor);
  const [whole, totals, found] = await Promise.all([
    measureTrace(deps.reads.of(scope), scope, trace_id),
    getTotals(deps, scope, { trace_id }),
    listStepKeys(deps.reads.of(scope), scope, trace_id, { limit: limit + 1, position }),
  ]);
  if (whole.started_at === null) {
    throw new AppError('not_found', 'There is no trace with this id in this organization.');
  }
  const { keys, hasMore } = cutPage(found, limit);
  const next_cursor = hasMore ? cursorAt('next', keys.at(-1)) : null;
  const facts = {
    trace_id,
    name: whole.name,
    started_at: whole.started_at,
    latency_ms: whole.latency_ms,
    input_tokens: totals.input_tokens,
    output_tokens: totals.output_tokens,
    cost_usd: totals.cost_usd,
    errors: totals.errors + whole.span_errors,
    totals,
    span_count: whole.span_count,
    next_cursor,
  } satisfies Omit<TraceDetail, 'spans' | 'requests'>;
  const ofKind = (kind: StepKey['kind']) => keys.filter((key) => key.kind === kind);
  const stream = toJsonStream({ tenant: scope.org_id, gate: deps.largeReads }, [
    `${JSON.stringify(facts).slice(0, -1)},"spans":[`,
    { rows: { keys: ofKind('span'), read: (ids) => readSpans(deps.reads.of(scope), scope, ids) } },
    '],"requests":[',
    { rows: summariesOf(deps, scope, ofKind('request')) },
    ']}',
  ]);
  return { stream, next_cursor };
}

/** One page of traces, those that began last first. */
export async function listTraces(deps: Deps, scope: OrgScope, input: ListTracesInput): Promise<TracePage> {
  const { cursor, limit, ...filters } = input;
  const db = deps.reads.of(scope);
  const { groups, ...page } = await listGroups<TraceSummary>(
    { cursor, limit },
    {
      isHeavy: readsPayloads(filters),
      readWindow: (window) => readTraceWindow(db, scope, filters, window),
      readSummaries: (ids) => readTraceSummaries(db, scope, ids),
      nameOf: ({ trace_id }) => trace_id,
    },
  );
  return { traces: groups, ...page };
}

/**
 * One span with its input and output, a SpanDetail.
 * @throws {AppError} `not_found`, also for a span of another organization.
 */
export async function getSpan(deps: Deps, scope: OrgScope, id: RequestId): Promise<JsonStream> {
  const found = await findSpan(deps.reads.of(scope), scope, id);
  if (!found) throw new AppError('not_found', `There is no span ${id} in this organization.`);
  return toJsonStream({ tenant: scope.org_id, gate: deps.largeReads }, [
    { rows: { keys: [found.key], read: async () => [found.row] } },
  ]);
}

/** Deletes a batch of the spans that a filter matches, within the transaction of a job's step. */
export function deleteSpans(
  tx: Queryable,
  scope: OrgScope,
  filters: RequestFilters,
  batch: SpanBatch,
): Promise<{ found: number; after: string | null }> {
  return deleteSpanRows(tx, scope, filters, batch);
}
