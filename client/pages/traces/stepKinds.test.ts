import type { RequestSummary } from '#shared/request';
import type { Span } from '#shared/trace';
import { kindOfStep } from './stepKinds.ts';

// Only what tells the kind.
const span = (kind: string | null) => kindOfStep({ kind: 'span', step: { kind } as Span });
const request = (endpoint: string | null) => kindOfStep({ kind: 'request', step: { endpoint } as RequestSummary });

test('a kind is known by its word in any case, and by what else it is called', () => {
  expect(['TOOL', 'tool', 'retrieval', 'workflow', 'Guardrail'].map(span)).toEqual([
    'tool',
    'tool',
    'retriever',
    'chain',
    'guardrail',
  ]);
});

test('a word of the caller, or none, is a step; a name that every object has is no kind', () => {
  expect([null, '', 'billing', 'constructor', '__proto__'].map(span)).toEqual(['step', 'step', 'step', 'step', 'step']);
});

test('a request is a model call, unless its endpoint says that it is none', () => {
  expect([null, 'chat.completions', 'embeddings', 'rerank'].map(request)).toEqual([
    'model call',
    'model call',
    'embedding',
    'reranker',
  ]);
});
