import type { QueryFieldName } from './fields.ts';
import type { Query } from './parseQuery.ts';

/** A term that asks for exactly one value of a field. */
export interface ExactTerm {
  readonly field: QueryFieldName;
  readonly value: string;
}

/** What a term asks for where it is one value of a field; null for a pattern, and for one version of a prompt. */
export function exactTermOf(term: Query): ExactTerm | null {
  if (term.kind !== 'text' || typeof term.value !== 'string') return null;
  const { field, value } = term;
  return field === 'prompt' && value.includes('@') ? null : { field, value };
}

const OF_FEW: ReadonlySet<QueryFieldName> = new Set<QueryFieldName>(['user', 'session', 'trace', 'hash']);

/** True where a term asks for one user, session or trace, or for one hash: an index leads to few requests. */
export function isOfFew(term: Query): boolean {
  const exact = exactTermOf(term);
  return exact !== null && OF_FEW.has(exact.field);
}
