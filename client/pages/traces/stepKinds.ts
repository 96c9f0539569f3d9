/** Kinds of steps that have a sign and a word of their own. A kind is free text: any other has the sign of a step. Pure. */
import type { Step } from './traceTree.ts';

/** As OpenTelemetry's conventions know them, and the model call, which is a request. */
export type StepKind =
  | 'model call'
  | 'tool'
  | 'agent'
  | 'chain'
  | 'retriever'
  | 'embedding'
  | 'reranker'
  | 'guardrail'
  | 'evaluator'
  | 'prompt'
  | 'event'
  | 'step';

/** What else people call them, in lower case. */
const KINDS: ReadonlyMap<string, StepKind> = new Map([
  ['tool', 'tool'],
  ['function', 'tool'],
  ['mcp', 'tool'],
  ['agent', 'agent'],
  ['chain', 'chain'],
  ['workflow', 'chain'],
  ['task', 'chain'],
  ['retriever', 'retriever'],
  ['retrieval', 'retriever'],
  ['search', 'retriever'],
  ['embedding', 'embedding'],
  ['reranker', 'reranker'],
  ['rerank', 'reranker'],
  ['guardrail', 'guardrail'],
  ['evaluator', 'evaluator'],
  ['evaluation', 'evaluator'],
  ['prompt', 'prompt'],
  ['event', 'event'],
]);

/** Endpoints of requests that are no conversation. */
const ENDPOINTS: ReadonlyMap<string, StepKind> = new Map([
  ['embeddings', 'embedding'],
  ['embedding', 'embedding'],
  ['rerank', 'reranker'],
]);

/** What sort of step it is. */
export function kindOfStep({ kind, step }: Step): StepKind {
  if (kind === 'request') return ENDPOINTS.get(step.endpoint ?? '') ?? 'model call';
  return KINDS.get(step.kind?.toLowerCase() ?? '') ?? 'step';
}
