/** What each chart says of a bucket, and how the values of a field are named and asked for. Pure. */
import type { SeriesPoint } from '#shared/stats';
import { ANY_VALUE } from '#shared/query/tokens';
import type { Term } from '#shared/query/terms';
import type { MeasuredLayer } from './chartData.ts';

/** A sum over requests none of which reported it is not known. */
const reported = (value: (point: SeriesPoint) => number) => (point: SeriesPoint) =>
  point.unmeasured_requests === point.requests && value(point) === 0 ? null : value(point);

/** Tokens by what they were: the parts of input and output do not overlap. */
export const TOKENS: readonly MeasuredLayer[] = [
  {
    name: 'Input',
    color: 'indigo.6',
    value: reported((point) => Math.max(0, point.input_tokens - point.cached_input_tokens)),
  },
  {
    name: 'Cached input',
    color: 'cyan.7',
    value: reported((point) => point.cached_input_tokens),
    term: { field: 'has', value: 'cached' },
  },
  {
    name: 'Output',
    color: 'orange.7',
    value: reported((point) => Math.max(0, point.output_tokens - point.reasoning_tokens)),
  },
  {
    name: 'Reasoning',
    color: 'grape.6',
    value: reported((point) => point.reasoning_tokens),
    term: { field: 'has', value: 'reasoning' },
  },
];
/** How long calls took. */
export const LATENCY: readonly MeasuredLayer[] = [
  { name: 'p50', color: 'teal.7', value: (point) => point.p50_latency_ms },
  { name: 'p95', color: 'orange.7', value: (point) => point.p95_latency_ms },
  { name: 'p99', color: 'red.7', value: (point) => point.p99_latency_ms },
];
/** How long calls took until they began to answer. */
export const FIRST_TOKEN: readonly MeasuredLayer[] = [
  { name: 'p50', color: 'teal.7', value: (point) => point.p50_ttft_ms },
  { name: 'p95', color: 'orange.7', value: (point) => point.p95_ttft_ms },
];
/** Tokens a second. */
export const SPEED: readonly MeasuredLayer[] = [
  { name: 'p50', color: 'teal.7', value: (point) => point.p50_tokens_per_second },
];

/** A cost of which nothing is priced is not known. */
export const costOf = ({ cost_usd, requests, unpriced_requests }: SeriesPoint) =>
  unpriced_requests === requests ? null : Number(cost_usd);

const STATUS_COLORS: ReadonlyMap<string, string> = new Map([
  ['success', 'indigo.6'],
  ['error', 'red.7'],
  ['incomplete', 'orange.7'],
  ['aborted', 'gray.6'],
]);
/** The color of a status, the same in each chart; undefined for one that is not known here. */
export const statusColor = (status: string) => STATUS_COLORS.get(status);

/** What requests are told apart by, as the dashboard calls it. */
export const GROUPS = [
  { value: 'model', label: 'Model' },
  { value: 'provider', label: 'Provider' },
  { value: 'prompt', label: 'Prompt' },
  { value: 'user', label: 'User' },
  { value: 'key', label: 'API key' },
  { value: 'env', label: 'Environment' },
  { value: 'release', label: 'Release' },
  { value: 'status', label: 'Status' },
  { value: 'finish', label: 'Finish reason' },
  { value: 'error.type', label: 'Error type' },
] as const;
/** A field by its name in the query language, or a tag by its key. */
export type GroupName = (typeof GROUPS)[number]['value'] | `tag.${string}`;

/** Whether a word of the address, or a field that was found, can tell requests apart. */
export function isGroupName(name: string): name is GroupName {
  return (
    GROUPS.some(({ value }) => value === name) || (name.startsWith('tag.') && name.length > 4 && name.length <= 204)
  );
}

/** As a choice is called. */
export function groupLabel(group: GroupName): string {
  return GROUPS.find(({ value }) => value === group)?.label ?? `Tag ${group.slice('tag.'.length)}`;
}

/** In the middle of a title. */
export function groupNoun(group: GroupName): string {
  const label = groupLabel(group);
  return label.startsWith('API') ? label : `${label.charAt(0).toLowerCase()}${label.slice(1)}`;
}

/** Of these the query language knows whether a request has one. */
const PRESENT: ReadonlySet<string> = new Set(['prompt', 'env', 'user', 'key', 'release', 'finish']);

/** The term by which the requests of a value are listed; undefined where the query language has none. */
export function groupTerm(group: GroupName, value: string | null): Term | undefined {
  if (value !== null) return { field: group, value };
  if (PRESENT.has(group)) return { field: 'has', value: group, isExcluded: true };
  return group.startsWith('tag.') ? { field: group, value: ANY_VALUE, isExcluded: true } : undefined;
}
