/**
 * The spans of one export on their way to where they belong, as far as their traces are known: a request, a step, or what
 * waits. What is known at another place, or twice in the export, is a later version, which is not simply written.
 */
import type { EncodedRow } from '#server/db/binaryRowEncoder';
import { AppError } from '#server/errors';
import { unstorable } from '#server/ingest/batchItems';
import type { Verdict } from '#server/ingest/batchWriter';
import { spanRowType } from '#server/traces/repository';
import type { Arrival } from './arrival.ts';
import { keptOf } from './placeVersion.ts';
import { waitingSpan } from './putInOrder.ts';
import { fieldsOfSpan, requestRowOf, settleCall, spanOf, stepFields, type Store } from './records.ts';
import { type KnownNode, type StoredIds, waitingRowType } from './repository.ts';
import type { ResultCounts } from './resultCounts.ts';
import type { TreeFacts } from './tree.ts';

type Place = 'request' | 'span' | 'waiting';

interface Placed {
  readonly arrival: Arrival;
  readonly row: EncodedRow;
  readonly isCut: boolean;
}

/** Sorts the spans of one export by where they belong, and stores them there. */
export class SpanBatch {
  readonly #store: Store;
  readonly #facts: TreeFacts;
  readonly #result: ResultCounts;
  /** Where each span is stored; `event` where log records of it wait. */
  readonly #known = new Map<string, Set<KnownNode['place']>>();
  readonly #rows: Readonly<Record<Place, Placed[]>> = { request: [], span: [], waiting: [] };
  readonly #seen = new Set<string>();
  /** Later versions of spans that are stored, or are in this export already. */
  readonly revisions: Arrival[] = [];

  /** `facts` are those of the known spans and of the export together. */
  constructor(store: Store, known: readonly KnownNode[], facts: TreeFacts, result: ResultCounts) {
    this.#store = store;
    this.#facts = facts;
    this.#result = result;
    for (const { id, place } of known) this.#known.set(id, (this.#known.get(id) ?? new Set()).add(place));
  }

  /** Encodes a span for its place; one that cannot be stored is rejected, and does no harm to the others. */
  add(arrival: Arrival): void {
    const { id } = arrival.node;
    const place = this.#placeOf(arrival);
    try {
      const placed = this.#encode(arrival, place);
      const places = this.#known.get(id);
      const isElsewhere =
        places && !places.has(place) && ['request', 'span', 'waiting'].some((one) => places.has(one as Place));
      if (isElsewhere || this.#seen.has(id)) this.revisions.push(arrival);
      else if (place === 'waiting' && !this.#store.deps.waitingLimits.admit(this.#store.sender.scope, placed.row.bytes))
        return this.#result.drop('too_much_waiting');
      else this.#rows[place].push(placed);
      this.#seen.add(id);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#result.reject(arrival.index, error.message);
    }
  }

  /**
   * Writes them; resolves when all are committed. What says something else than what is stored becomes a later version.
   * @throws {AppError} where some could not be stored now, when the others are settled.
   */
  async write(): Promise<void> {
    const { requestWriter, spanWriter, waitingWriter } = this.#store.deps;
    const writers = { request: requestWriter, span: spanWriter, waiting: waitingWriter };
    const written = await Promise.allSettled(
      Object.entries(writers).map(async ([place, writer]) => {
        const placed = this.#rows[place as Place]; // Its own name.
        const verdicts = await writer.add(placed.map(({ row }) => row));
        verdicts.forEach((verdict, index) => this.#note(placed[index], verdict, place === 'waiting'));
      }),
    );
    for (const one of written) if (one.status === 'rejected') throw one.reason;
  }

  /** The spans that were written, by their places. */
  get stored(): StoredIds {
    const idsOf = (place: Place) => this.#rows[place].map(({ arrival }) => arrival.node.id);
    return { request: idsOf('request'), span: idsOf('span'), waiting: idsOf('waiting') };
  }

  #placeOf({ node, role }: Arrival): Place {
    if (node.family !== null) return this.#facts.outer.has(node.id) ? 'span' : 'request';
    const places = this.#known.get(node.id);
    const isKept = role !== 'other' || this.#facts.needed.has(node.id) || places?.has('span') || places?.has('event');
    return isKept ? 'span' : 'waiting';
  }

  #encode(arrival: Arrival, place: Place): Placed {
    const { node, trace_id, fields } = arrival;
    const { scope } = this.#store.sender;
    if (place === 'request') return { arrival, ...requestRowOf(this.#store, fields) };
    const span =
      node.family === null
        ? spanOf(this.#store, fields)
        : spanOf(this.#store, stepFields(settleCall(this.#store, fields), node.family));
    if (place === 'span') return { arrival, row: spanRowType.encode(scope, span), isCut: span.truncated };
    const waiting = waitingSpan({ ...node, trace_id }, { ...keptOf(this.#store), fields: fieldsOfSpan(span) });
    return { arrival, row: waitingRowType.encode(scope, waiting), isCut: span.truncated };
  }

  #note(placed: Placed | undefined, verdict: Verdict, isWaiting: boolean): void {
    if (placed === undefined) return;
    const { arrival, isCut } = placed;
    if (verdict === 'conflict' || verdict === 'unseen') this.revisions.push(arrival);
    else if (verdict === 'rejected') this.#result.reject(arrival.index, unstorable('span').message);
    else if (verdict === 'duplicate') this.#result.add('duplicate');
    else {
      // What waits is counted when it is stored, or forgotten.
      if (!isWaiting) this.#result.add('accepted');
      if (isCut || arrival.notes.includes('truncated')) this.#result.add('truncated');
      if (arrival.isSkewed) this.#result.add('clock_skewed');
      if (this.#facts.outer.has(arrival.node.id)) this.#result.add('note.reported_total');
      // What was cut is counted above; a request without counts is found among the stored ones.
      for (const note of arrival.notes)
        if (note !== 'truncated' && note !== 'no_usage') this.#result.add(`note.${note}`);
    }
  }
}
