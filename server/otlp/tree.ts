/**
 * What the tree of a trace says of its spans, as far as they are known: which model calls are around other ones and must
 * not be counted beside them, and which spans without AI work are needed to reach something that is kept. Pure: the answer
 * depends on the spans alone, and not on the order in which they came.
 */

/** Calls of one family repeat each other's usage; a call of an embedding within a chat does not. */
export type CallFamily = 'llm' | 'embedding' | 'reranker';

export interface TreeNode {
  /** A UUID in lower case. */
  readonly id: string;
  /** Null for the root. May name a span that did not come. */
  readonly parent_id: string | null;
  /** Of a model call that is counted; null of anything else. */
  readonly family: CallFamily | null;
  /** False of a span that is kept only if something under it is. */
  readonly isKept: boolean;
}

export interface TreeFacts {
  /** Model calls that have a call of the same family under them. */
  readonly outer: ReadonlySet<string>;
  /** Spans that are around something that is kept, and are not kept by themselves. */
  readonly needed: ReadonlySet<string>;
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
    const { family } = node;
    if (family) climb(byId, node, seen[family], (above) => above.family === family && outer.add(above.id));
  }
  return { outer, needed };
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
