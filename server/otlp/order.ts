/** What has to change in what is stored of a trace, so that it is what its spans say, in whichever order they came. Pure. */
import { isSpanUuid } from './ids.ts';
import type { KnownNode } from './repository.ts';
import { answerOf, type CallFamily, familyOf, readTree, type TreeFacts, type TreeNode } from './tree.ts';

/** Ids of spans. */
export interface OrderPlan {
  /** Requests that are around other calls, or tell of one once more, and become steps. */
  readonly outer: readonly string[];
  /** Spans that wait, and are needed. */
  readonly needed: readonly string[];
  /** Spans that wait, and were stored since. */
  readonly stored: readonly string[];
  /** Stored as a request and as a step: two servers stored them at the same moment. */
  readonly twice: readonly string[];
  /** Requests and steps with log records that are not yet part of them. */
  readonly filled: readonly string[];
}

/** True where nothing has to change. */
export function isEmpty(plan: OrderPlan): boolean {
  return Object.values(plan).every((ids: readonly string[]) => ids.length === 0);
}

/** Kinds of the steps that model calls become. */
const CALL_KINDS: ReadonlySet<string> = new Set<CallFamily>(['llm', 'embedding', 'reranker']);

/** The nodes of the tree as they are known. Log records make a span one that is kept. */
export function toTreeNodes(known: readonly KnownNode[]): TreeNode[] {
  return known.map(({ place, id, parent_id, endpoint, kind, trace_id, provider_request_id, start_ms, latency_ms }) => ({
    id,
    parent_id,
    family: place === 'request' ? familyOf(endpoint) : null,
    // A step of our own endpoints may call itself what it likes.
    uncounted: CALL_KINDS.has(kind ?? '') && isSpanUuid(id) ? familyOf(kind) : null,
    answer: answerOf(trace_id, provider_request_id, { startMs: start_ms, latencyMs: latency_ms }),
    isKept: place !== 'waiting',
  }));
}

/** `facts` are those of the tree of `known`, where they were read already. */
export function planOrder(known: readonly KnownNode[], facts: TreeFacts = readTree(toTreeNodes(known))): OrderPlan {
  const at = {
    request: new Set<string>(),
    span: new Set<string>(),
    waiting: new Set<string>(),
    event: new Set<string>(),
  };
  for (const { place, id } of known) at[place].add(id);
  const isStored = (id: string) => at.request.has(id) || at.span.has(id);
  return {
    // What came by our own endpoints stays as it was said.
    outer: [...at.request].filter((id) => facts.outer.has(id) && isSpanUuid(id)),
    needed: [...at.waiting].filter((id) => !isStored(id) && (facts.needed.has(id) || at.event.has(id))),
    stored: [...at.waiting].filter(isStored),
    twice: [...at.request].filter((id) => at.span.has(id)),
    // Those of a span that waits are put on it when it is stored.
    filled: [...at.event].filter(isStored),
  };
}
