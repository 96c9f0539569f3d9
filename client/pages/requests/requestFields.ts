/** The fields of a request as a reader calls them: what the drawer shows, and what the list can be narrowed by. */
import { RequestFilters, type RequestSummary } from '#shared/request';

/** Short texts that are shown as they are, in this order. One that RequestFilters knows can be filtered by. */
export const TEXT_LABELS = {
  user_id: 'User',
  session_id: 'Session',
  environment: 'Environment',
  release: 'Release',
  finish_reason: 'Finish reason',
  endpoint: 'Endpoint',
  service_tier: 'Service tier',
  provider_request_id: 'Provider id',
} as const satisfies Partial<Record<keyof RequestSummary, string>>;
export type TextField = keyof typeof TEXT_LABELS;
export const TEXT_FIELDS = Object.keys(TEXT_LABELS) as TextField[];

/** The filters a user names a value for. */
export type FilterField = Exclude<keyof RequestFilters, 'status' | 'from' | 'to' | 'q'>;

/** Their names, in the order they are offered; a filter without a name does not compile. */
export const FILTER_LABELS: Readonly<Record<FilterField, string>> = {
  model: 'Model',
  provider: 'Provider',
  prompt_slug: 'Prompt',
  trace_id: 'Trace',
  tag: 'Tag',
  ...TEXT_LABELS,
};
export const FILTER_FIELDS = Object.keys(FILTER_LABELS).filter(isFilterField);

export function isFilterField(name: string): name is FilterField {
  return Object.hasOwn(FILTER_LABELS, name) && Object.hasOwn(RequestFilters.shape, name);
}
