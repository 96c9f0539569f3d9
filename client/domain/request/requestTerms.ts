/** The values of a request that a query can ask for, as a reader calls them and as the query language does. */
import type { QueryFieldName } from '#shared/query/fields';
import type { RequestSummary } from '#shared/request';

/** A value that many requests may share; `valueOf` answers null where a request has none. */
export interface RequestTerm {
  /** Null for what no query can ask for. */
  readonly name: QueryFieldName | null;
  readonly label: string;
  readonly valueOf: (request: RequestSummary) => string | null;
}

/** `gpt-4.1` answered by `gpt-4.1-2026-04-14` is worth a word; the same name twice is not. */
const otherModel = ({ model, response_model }: RequestSummary) => (response_model === model ? null : response_model);

/** `support-chat@8`. */
export function promptName({
  prompt_slug,
  prompt_version,
}: Pick<RequestSummary, 'prompt_slug' | 'prompt_version'>): string | null {
  return prompt_slug === null || prompt_version === null ? prompt_slug : `${prompt_slug}@${prompt_version}`;
}

/** In the order they are shown. */
export const REQUEST_TERMS: readonly RequestTerm[] = [
  { name: 'status', label: 'Status', valueOf: ({ status }) => status },
  { name: 'model', label: 'Model', valueOf: ({ model }) => model },
  { name: 'provider', label: 'Provider', valueOf: ({ provider }) => provider },
  { name: 'response_model', label: 'Answered by', valueOf: otherModel },
  { name: 'name', label: 'Name', valueOf: ({ name }) => name },
  { name: 'prompt', label: 'Prompt', valueOf: promptName },
  { name: 'trace', label: 'Trace', valueOf: ({ trace_id }) => trace_id },
  { name: 'parent', label: 'Parent', valueOf: ({ parent_id }) => parent_id },
  { name: 'user', label: 'User', valueOf: ({ user_id }) => user_id },
  { name: 'session', label: 'Session', valueOf: ({ session_id }) => session_id },
  { name: 'env', label: 'Environment', valueOf: ({ environment }) => environment },
  { name: 'release', label: 'Release', valueOf: ({ release }) => release },
  { name: 'endpoint', label: 'Endpoint', valueOf: ({ endpoint }) => endpoint },
  { name: 'finish', label: 'Finish reason', valueOf: ({ finish_reason }) => finish_reason },
  { name: 'tier', label: 'Service tier', valueOf: ({ service_tier }) => service_tier },
  { name: 'id', label: 'Provider id', valueOf: ({ provider_request_id }) => provider_request_id },
];
