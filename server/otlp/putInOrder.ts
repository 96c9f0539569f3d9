/**
 * Makes what is stored of some traces what their spans say: calls around other calls become steps, spans that are needed
 * stop waiting, log records become part of their calls, and later versions take the place of earlier ones. Each step is one
 * transaction, under a lock of the organization: what came from elsewhere at the same moment is seen by whoever comes last.
 */
import type { JsonObject, RequestId } from '#shared/primitives';
import type { LoggedRequest } from '#shared/request';
import type { SpanDetail } from '#shared/trace';
import type { OrgScope } from '#server/auth/orgScope';
import { classifyDatabaseError } from '#server/db/databaseError';
import type { WriteTransaction } from '#server/db/writeTransaction';
import { AppError } from '#server/errors';
import { deleteRequestRowsById, INSERT_REQUESTS, readWholeRequests, requestRowType } from '#server/requests/repository';
import { deleteSpanRowsById, INSERT_SPANS, readWholeSpans, spanRowType } from '#server/traces/repository';
import type { Arrival } from './arrival.ts';
import { fillCall, fillStep, type LogContent } from './logContent.ts';
import { isEmpty, type OrderPlan, planOrder, toTreeNodes } from './order.ts';
import { isSame, ownFields, placeVersion, type StoredSpan, toContent, toWaiting } from './placeVersion.ts';
import { fieldsOfRequest, fieldsOfSpan, requestOf, settleStep, spanOf, stepFields, type Store } from './records.ts';
import {
  type ArrivingWaiting,
  deleteWaiting,
  INSERT_WAITING,
  lockTraces,
  markUsed,
  readKnownNodes,
  readWaiting,
  type WaitingContent,
  waitingRowType,
} from './repository.ts';
import { readTree, type TreeFacts } from './tree.ts';
import { mergeVersions } from './versions.ts';

const NOTHING = {
  /** Spans that waited and are stored. */
  kept: 0,
  /** Log records that are part of their calls. */
  filled: 0,
  /** Versions that took the place of earlier ones. */
  updated: 0,
  /** Versions that said nothing new. */
  duplicate: 0,
  /** Calls that became steps around other calls. */
  outer: 0,
};
export type OrderCounts = { -readonly [Name in keyof typeof NOTHING]: number };

/** Spans of one transaction; their payloads are in memory together. */
const STEP_SPANS = 100;
/** Beyond so many steps something does not come to rest. */
const MOST_STEPS = 1_000;
const RETRIES = 10;

/**
 * Puts traces in order, and stores later versions of spans that are stored already. Resolves when that is committed.
 * @throws what the database throws: all of it may be tried again.
 */
export async function putInOrder(
  store: Store,
  traceIds: readonly string[],
  revisions: readonly Arrival[] = [],
): Promise<OrderCounts> {
  const counts: OrderCounts = { ...NOTHING };
  await store.deps.traceTurns.run(store.sender.scope.org_id, async () => {
    let left = revisions;
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      const { isDone, ...changed } = await runStep(store, traceIds, left.slice(0, STEP_SPANS));
      left = left.slice(STEP_SPANS);
      for (const name of Object.keys(counts) as (keyof OrderCounts)[]) counts[name] += changed[name];
      if (isDone && left.length === 0) return;
    }
    throw overloaded();
  });
  return counts;
}

async function runStep(
  store: Store,
  traceIds: readonly string[],
  revisions: readonly Arrival[],
): Promise<OrderCounts & { isDone: boolean }> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await store.deps.traceOrder.transaction((tx) => new OrderStep(store, tx, traceIds).run(revisions));
    } catch (error) {
      const isPassing = error instanceof Overtaken || classifyDatabaseError(error) === 'conflict';
      if (!isPassing) throw error;
      if (attempt === RETRIES) throw overloaded();
    }
  }
}

/** Others changed the same spans while this went on: with what they did, these have to be looked at anew. */
class Overtaken extends Error {}

function overloaded(): AppError {
  return new AppError('overloaded', 'The spans of a trace could not be put in order now; send them again.');
}

class OrderStep {
  readonly #store: Store;
  readonly #tx: WriteTransaction;
  readonly #scope: OrgScope;
  readonly #traceIds: readonly string[];
  readonly #counts: OrderCounts = { ...NOTHING };
  readonly #gone = { requests: new Set<string>(), spans: new Set<string>(), waiting: new Set<string>() };
  readonly #requests: LoggedRequest[] = [];
  readonly #spans: SpanDetail[] = [];
  readonly #waiting: ArrivingWaiting[] = [];
  readonly #used: string[] = [];

  constructor(store: Store, tx: WriteTransaction, traceIds: readonly string[]) {
    this.#store = store;
    this.#tx = tx;
    this.#scope = store.sender.scope;
    this.#traceIds = traceIds;
  }

  async run(revisions: readonly Arrival[]): Promise<OrderCounts & { isDone: boolean }> {
    await lockTraces(this.#tx, this.#scope);
    if (revisions.length > 0) {
      await this.#revise(revisions);
      await this.#write();
    }
    const known = await readKnownNodes(this.#tx, this.#scope, this.#traceIds);
    const facts = readTree(toTreeNodes(known));
    const plan = planOrder(known, facts);
    if (isEmpty(plan)) return { ...this.#counts, isDone: true };
    const part = firstOf(plan);
    // What is stored twice is made one first.
    if (part.twice.length + part.stored.length > 0) await this.#unite(part, facts);
    else await this.#reorder(part);
    // What cannot be changed stays as it is, and is not tried for ever.
    const isStuck = !this.#hasChanges();
    await this.#write();
    return { ...this.#counts, isDone: isStuck };
  }

  /** Of spans that were stored at two places at the same moment one is left, which says what both say. */
  async #unite({ twice, stored }: OrderPlan, facts: TreeFacts): Promise<void> {
    const contents = await this.#readContents([...new Set([...twice, ...stored])]);
    const requests = new Map(
      (await readWholeRequests(this.#tx, this.#scope, twice)).map((one) => [one.id as string, one]),
    );
    const waiting = new Map((await this.#readWaiting(stored)).map((row) => [row.span_id, toWaiting(row).fields]));
    for (const span of await readWholeSpans(this.#tx, this.#scope, [...new Set([...twice, ...stored])])) {
      const request = requests.get(span.id);
      if (request && !facts.outer.has(span.id)) {
        this.#gone.spans.add(span.id);
        continue;
      }
      const told = contents.get(span.id) ?? [];
      const versions = [
        waiting.get(span.id),
        request && settleStep(this.#store, stepFields(ownFields(fieldsOfRequest(request), told))),
      ];
      const own = versions.reduce<JsonObject>(
        (one, other) => (other ? mergeVersions(one, other) : one),
        ownFields(fieldsOfSpan(span), told),
      );
      this.#gone.spans.add(span.id);
      if (request) this.#gone.requests.add(span.id);
      this.#spans.push(this.#orAsItIs(span, () => spanOf(this.#store, fillStep(own, told), span)));
    }
    for (const id of stored) this.#gone.waiting.add(id);
  }

  /** Calls that become steps, spans that are needed, and what log records add to all of them. */
  async #reorder({ outer, needed, filled }: OrderPlan): Promise<void> {
    const contents = await this.#readContents([...new Set([...outer, ...needed, ...filled])]);
    const isOuter = new Set(outer);
    const ids = [...new Set([...outer, ...filled])];
    const requests = await readWholeRequests(this.#tx, this.#scope, ids);
    for (const request of requests) {
      const told = contents.get(request.id) ?? [];
      if (isOuter.has(request.id)) {
        const step = this.#orAsItIs(null, () => this.#toStep(request, told));
        if (step === null) continue;
        this.#gone.requests.add(request.id);
        this.#spans.push(step);
        this.#counts.outer++;
      } else {
        const full = this.#fillRequest(request, told);
        if (full === request) continue;
        this.#gone.requests.add(request.id);
        this.#requests.push(full);
      }
    }
    const found = new Set<string>(requests.map(({ id }) => id));
    for (const span of await readWholeSpans(
      this.#tx,
      this.#scope,
      ids.filter((id) => !found.has(id)),
    )) {
      const full = this.#fillSpan(span, contents.get(span.id) ?? []);
      if (full === span) continue;
      this.#gone.spans.add(span.id);
      this.#spans.push(full);
    }
    for (const row of await this.#readWaiting(needed)) {
      const waiting = toWaiting(row);
      this.#gone.waiting.add(row.span_id);
      const span = this.#orAsItIs(null, () => spanOf(this.#store, waiting.fields, waiting));
      if (span === null) continue;
      this.#spans.push(this.#fillSpan(span, contents.get(span.id) ?? []));
      this.#counts.kept++;
    }
  }

  /** Later versions of what is stored, or waits. */
  async #revise(revisions: readonly Arrival[]): Promise<void> {
    const ids = [...new Set(revisions.map(({ node }) => node.id))];
    const known = await readKnownNodes(this.#tx, this.#scope, this.#traceIds);
    const facts = readTree([...toTreeNodes(known), ...revisions.map(({ node }) => node)]);
    const contents = await this.#readContents(ids);
    const stored = new Map<string, StoredSpan>();
    for (const row of await this.#readWaiting(ids)) stored.set(row.span_id, { waiting: toWaiting(row) });
    for (const span of await readWholeSpans(this.#tx, this.#scope, ids))
      stored.set(span.id, { ...stored.get(span.id), span });
    for (const request of await readWholeRequests(this.#tx, this.#scope, ids))
      stored.set(request.id, { ...stored.get(request.id), request });
    const now = new Map(stored);
    for (const arrival of revisions) {
      const { id } = arrival.node;
      const told = contents.get(id) ?? [];
      const around = {
        isOuter: facts.outer.has(id),
        isNeeded: facts.needed.has(id) || told.length > 0,
        contents: told,
      };
      now.set(id, this.#placeOne(arrival, now.get(id) ?? {}, around));
    }
    for (const { node, trace_id } of new Map(revisions.map((one) => [one.node.id, one])).values()) {
      const [before, after] = [stored.get(node.id) ?? {}, now.get(node.id) ?? {}];
      if (before !== after) this.#replace(before, after, { ...node, trace_id });
    }
  }

  #placeOne(arrival: Arrival, before: StoredSpan, around: Parameters<typeof placeVersion>[3]): StoredSpan {
    const after = this.#orAsItIs(before, () => placeVersion(this.#store, arrival, before, around));
    const isFirst = after !== before && !before.request && !before.span && !after.waiting;
    this.#counts[after === before ? 'duplicate' : isFirst ? 'kept' : 'updated']++;
    return after;
  }

  #replace(before: StoredSpan, after: StoredSpan, node: Arrival['node'] & { readonly trace_id: string }): void {
    const { id } = node;
    if (before.request) this.#gone.requests.add(id);
    if (before.span) this.#gone.spans.add(id);
    if (before.waiting) this.#gone.waiting.add(id);
    if (after.request) this.#requests.push(after.request);
    if (after.span) this.#spans.push(after.span);
    if (after.waiting) this.#waiting.push(waitingSpan(node, after.waiting));
  }

  /** A call that turned out to be around others. */
  #toStep(request: LoggedRequest, contents: readonly LogContent[]): SpanDetail {
    const step = stepFields(ownFields(fieldsOfRequest(request), contents));
    const bare = spanOf(this.#store, step, request);
    return this.#orAsItIs(bare, () => spanOf(this.#store, fillStep(step, contents), request));
  }

  /** The request itself where nothing is added. */
  #fillRequest(request: LoggedRequest, contents: readonly LogContent[]): LoggedRequest {
    if (contents.length === 0) return request;
    const before = fieldsOfRequest(request);
    const filled = fillCall(ownFields(before, contents), contents);
    const full = this.#orAsItIs(request, () => requestOf(this.#store, filled, request));
    return isSame(fieldsOfRequest(full), before) ? request : full;
  }

  #fillSpan(span: SpanDetail, contents: readonly LogContent[]): SpanDetail {
    if (contents.length === 0) return span;
    const before = fieldsOfSpan(span);
    const filled = fillStep(ownFields(before, contents), contents);
    const full = this.#orAsItIs(span, () => spanOf(this.#store, filled, span));
    return isSame(fieldsOfSpan(full), before) ? span : full;
  }

  /** What is stored must not be lost to a version, or a log record, with which it could not be stored. */
  #orAsItIs<Row, Other>(row: Other, make: () => Row): Row | Other {
    try {
      return make();
    } catch (error) {
      if (error instanceof AppError) return row;
      throw error;
    }
  }

  async #readContents(spanIds: readonly string[]): Promise<Map<string, LogContent[]>> {
    const target = { traceIds: this.#traceIds, spanIds };
    const contents = new Map<string, LogContent[]>();
    for (const row of await readWaiting(this.#tx, this.#scope, 'event', target)) {
      const known = contents.get(row.span_id);
      if (known) known.push(toContent(row));
      else contents.set(row.span_id, [toContent(row)]);
      if (!row.is_used) this.#used.push(row.id);
    }
    return contents;
  }

  #readWaiting(spanIds: readonly string[]): Promise<WaitingContent[]> {
    return readWaiting(this.#tx, this.#scope, 'span', { traceIds: this.#traceIds, spanIds });
  }

  #hasChanges(): boolean {
    const { requests, spans, waiting } = this.#gone;
    const rows = this.#requests.length + this.#spans.length + this.#waiting.length + this.#used.length;
    return rows + requests.size + spans.size + waiting.size > 0;
  }

  async #write(): Promise<void> {
    const [tx, scope, { requests, spans, waiting }] = [this.#tx, this.#scope, this.#gone];
    // Somebody deleted one of them: it must not come back.
    const ids = [...requests] as RequestId[]; // Of rows.
    if (ids.length > 0 && (await deleteRequestRowsById(tx, scope, ids)) < ids.length) throw new Overtaken();
    if (spans.size > 0 && (await deleteSpanRowsById(tx, scope, [...spans])) < spans.size) throw new Overtaken();
    if (waiting.size > 0) await deleteWaiting(tx, scope, [...waiting]);
    if (this.#used.length > 0) await markUsed(tx, scope, this.#used);
    const rows = {
      requests: this.#requests.map((request) => requestRowType.encode(scope, request)),
      spans: this.#spans.map((span) => spanRowType.encode(scope, span)),
      waiting: this.#waiting.map((row) => waitingRowType.encode(scope, row)),
    };
    const known = [
      ...(rows.requests.length > 0 ? await tx.insert(INSERT_REQUESTS, rows.requests) : []),
      ...(rows.spans.length > 0 ? await tx.insert(INSERT_SPANS, rows.spans) : []),
      ...(rows.waiting.length > 0 ? await tx.insert(INSERT_WAITING, rows.waiting) : []),
    ];
    // A writer stored the same span.
    if (known.length > 0) throw new Overtaken();
    this.#counts.filled += this.#used.length;
    for (const list of [this.#requests, this.#spans, this.#waiting, this.#used]) list.length = 0;
    for (const set of [requests, spans, waiting]) set.clear();
  }
}

/** As much of it as one step does. */
function firstOf(plan: OrderPlan): OrderPlan {
  const parts = Object.entries(plan).map(([name, ids]: [string, readonly string[]]) => [
    name,
    ids.slice(0, STEP_SPANS),
  ]);
  return Object.fromEntries(parts) as OrderPlan; // The same names.
}

/** A span that waits, as a row. */
export function waitingSpan(
  { id, parent_id, trace_id }: Arrival['node'] & { readonly trace_id: string },
  { fields: content, created_at, api_key_id }: NonNullable<StoredSpan['waiting']>,
): ArrivingWaiting {
  return { id, kind: 'span', span_id: id, trace_id, parent_id, api_key_id, created_at, is_used: false, content };
}
