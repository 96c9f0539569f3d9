/**
 * What the tree of a trace says of its spans, as far as they are known: which model calls are around other ones and must
 * not be counted beside them, and which spans without AI work are needed to reach something that is kept. Pure: the answer
 * depends on the spans alone, and not on the order in which they came.
 */

/** The answer of a model call, by the id that its provider gave it, and when the call ran: milliseconds since 1970. */
export interface CallAnswer {
  readonly trace_id: string;
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** Calls of one family repeat each other's usage; a call of an embedding within a chat does not. */
export type CallFamily = 'llm' | 'embedding' | 'reranker';

export interface TreeNode {
  /** A UUID in lower case. */
  readonly id: string;
  /** Null for the root. May name a span that did not come. */
  readonly parent_id: string | null;
  /** Of a model call that is counted; null of anything else. */
  readonly family: CallFamily | null;
  /** Of a model call that is stored as a step, and is not counted: what is around it is around a call all the same. */
  readonly uncounted: CallFamily | null;
  /** Null of a call that told no id of its answer, and of anything else. */
  readonly answer: CallAnswer | null;
  /** False of a span that is kept only if something under it is. */
  readonly isKept: boolean;
}

export interface TreeFacts {
  /** Model calls that have a call of the same family under them, or tell once more of one that another span tells of. */
  readonly outer: ReadonlySet<string>;
  /** Spans that are around something that is kept, and are not kept by themselves. */
  readonly needed: ReadonlySet<string>;
}

/** Null where the call has no answer, or has not ended. */
export function answerOf(
  trace_id: string | null,
  id: string | null,
  { startMs, latencyMs }: { readonly startMs: number | null; readonly latencyMs: number | null },
): CallAnswer | null {
  if (trace_id === null || id === null || startMs === null || latencyMs === null) return null;
  return { trace_id, id, startMs, endMs: startMs + latencyMs };
}

/** Reads a trace, or several. Takes time in proportion to the nodes; parents that form a ring do no harm. */
export function readTree(nodes: readonly TreeNode[]): TreeFacts {
  const byId = new Map<string, TreeNode>();
  for (const node of nodes) {
    const known = byId.get(node.id);
    // The same span twice: what one of them says is enough.
    byId.set(
      node.id,
      known
        ? {
            id: node.id,
            parent_id: known.parent_id ?? node.parent_id,
            family: known.family ?? node.family,
            uncounted: known.uncounted ?? node.uncounted,
            answer: known.answer ?? node.answer,
            isKept: known.isKept || node.isKept,
          }
        : node,
    );
  }
  const outer = new Set<string>();
  const needed = new Set<string>();
  const seen = {
    kept: new Set<string>(),
    llm: new Set<string>(),
    embedding: new Set<string>(),
    reranker: new Set<string>(),
  };
  for (const node of byId.values()) {
    if (node.isKept) climb(byId, node, seen.kept, (above) => !above.isKept && needed.add(above.id));
    const family = node.family ?? node.uncounted;
    if (family) climb(byId, node, seen[family], (above) => above.family === family && outer.add(above.id));
  }
  for (const id of findRepeated([...byId.values()].filter(({ id }) => !outer.has(id)))) outer.add(id);
  return { outer, needed };
}

/**
 * Calls of one trace that are one call, told of by two libraries: they ran at the same time and have the same answer.
 * The one that began first counts, which is that of the library around the other one.
 */
function findRepeated(nodes: readonly TreeNode[]): string[] {
  const byAnswer = new Map<string, (TreeNode & { readonly answer: CallAnswer })[]>();
  for (const node of nodes) {
    const { answer, family } = node;
    if (answer === null || family === null) continue;
    const key = JSON.stringify([answer.trace_id, family, answer.id]);
    const known = byAnswer.get(key);
    if (known) known.push({ ...node, answer });
    else byAnswer.set(key, [{ ...node, answer }]);
  }
  return [...byAnswer.values()].flatMap((calls) => {
    let endMs = -Infinity;
    const inTime = calls.toSorted(
      ({ id, answer: a }, { id: otherId, answer: b }) =>
        a.startMs - b.startMs || b.endMs - a.endMs || (id < otherId ? -1 : 1),
    );
    // A later call with the same answer got it from a cache, and is one of its own.
    return inTime.flatMap(({ id, answer }) => {
      const isRepeated = answer.startMs < endMs;
      endMs = Math.max(endMs, answer.endMs);
      return isRepeated ? [id] : [];
    });
  });
}

/** Tells of each ancestor once, over all climbs that share `seen`: what is above a node that was seen was told then. */
function climb(
  byId: ReadonlyMap<string, TreeNode>,
  from: TreeNode,
  seen: Set<string>,
  tell: (above: TreeNode) => void,
): void {
  for (let at = from.parent_id; at !== null && at !== from.id && !seen.has(at);) {
    const above = byId.get(at);
    if (!above) return;
    seen.add(at);
    tell(above);
    at = above.parent_id;
  }
}

/** The family of a request by its endpoint, as `POST /api/v1/logs` takes it. */
export function familyOf(endpoint: string | null): CallFamily {
  if (endpoint !== null && /embed/i.test(endpoint)) return 'embedding';
  return endpoint !== null && /rerank/i.test(endpoint) ? 'reranker' : 'llm';
}
