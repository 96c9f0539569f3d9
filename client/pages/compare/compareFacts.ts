/** Figures and settings of several requests beside those of the first. Pure. */
import { stringifyExactJson } from '#shared/exactJson';
import type { LoggedRequest } from '#shared/request';
import { formatChange, formatCount, formatDuration } from '../../lib/formatNumber.ts';
import { sayUnknownCost } from '../../domain/unknownCost.ts';
import { promptName } from '../../domain/request/requestTerms.ts';

/** A figure of one request. */
export interface Cell {
  readonly text: string;
  /** Against the first: `+120 (+12%)`; null where it is the same, or one of them is unknown. */
  readonly delta: string | null;
  /** Whether less is better there, and so which way it went. */
  readonly direction: 'better' | 'worse' | null;
}

/** A figure of all requests, in the order of the requests. */
export interface FactRow {
  readonly label: string;
  readonly cells: readonly Cell[];
}

const FIGURES: readonly {
  readonly label: string;
  readonly valueOf: (request: LoggedRequest) => number | null;
  readonly format: (value: number) => string;
  /** What stands where it is not known; default: "not reported". */
  readonly sayUnknown?: (request: LoggedRequest) => string;
}[] = [
  { label: 'Latency', valueOf: ({ latency_ms }) => latency_ms, format: formatDuration },
  { label: 'First token', valueOf: ({ ttft_ms }) => ttft_ms, format: formatDuration },
  { label: 'Input tokens', valueOf: ({ input_tokens }) => input_tokens, format: formatCount },
  { label: 'Cached', valueOf: ({ cached_input_tokens }) => cached_input_tokens, format: formatCount },
  { label: 'Output tokens', valueOf: ({ output_tokens }) => output_tokens, format: formatCount },
  { label: 'Reasoning', valueOf: ({ reasoning_tokens }) => reasoning_tokens, format: formatCount },
  {
    label: 'Cost',
    valueOf: ({ cost_usd }) => (cost_usd === null ? null : Number(cost_usd)),
    format: (dollars) => `$${trim(dollars.toFixed(8))}`,
    sayUnknown: sayUnknownCost,
  },
];

/** Figures that nobody reported have no row. */
export function compareFigures(requests: readonly LoggedRequest[]): FactRow[] {
  return FIGURES.flatMap(({ label, valueOf, format, sayUnknown = () => 'not reported' }) => {
    const values = requests.map(valueOf);
    if (values.every((value) => value === null)) return [];
    const [base = null] = values;
    const isMoreBetter = label === 'Cached';
    return {
      label,
      cells: requests.map((request, index) => {
        const value = values[index] ?? null;
        return {
          text: value === null ? sayUnknown(request) : format(value),
          ...(index === 0 ? { delta: null, direction: null } : deltaOf(base, value, format, isMoreBetter)),
        };
      }),
    };
  });
}

function deltaOf(
  base: number | null,
  value: number | null,
  format: (value: number) => string,
  isMoreBetter: boolean,
): Pick<Cell, 'delta' | 'direction'> {
  if (base === null || value === null || base === value) return { delta: null, direction: null };
  const difference = value - base;
  const sign = difference > 0 ? '+' : '−';
  const share = base === 0 ? '' : ` (${formatChange(base, value)})`;
  const isMore = difference > 0;
  return {
    delta: `${sign}${format(Math.abs(difference))}${share}`,
    direction: isMore === isMoreBetter ? 'better' : 'worse',
  };
}

/** A parameter of all requests, in the order of the requests. */
export interface SettingRow {
  readonly name: string;
  /** As text; null where it was not set. */
  readonly values: readonly (string | null)[];
  readonly isSame: boolean;
}

/** How each was called: model, prompt, parameters, tools and variables; what differs comes first. */
export function compareSettings(requests: readonly LoggedRequest[]): SettingRow[] {
  const settings = requests.map(settingsOf);
  const names = [...new Set(settings.flatMap((map) => [...map.keys()]))];
  const rows = names.map((name) => {
    const values = settings.map((map) => map.get(name) ?? null);
    return { name, values, isSame: values.every((value) => value === values[0]) };
  });
  return [...rows.filter(({ isSame }) => !isSame), ...rows.filter(({ isSame }) => isSame)];
}

function settingsOf(request: LoggedRequest): Map<string, string> {
  const { model, provider, response_model, parameters, tools, prompt_variables, release, environment } = request;
  const settings = new Map<string, string>([
    ['model', model],
    ['provider', provider],
  ]);
  const set = (name: string, value: unknown) => {
    if (value === null || value === undefined) return;
    settings.set(name, typeof value === 'string' ? value : (stringifyExactJson(sorted(value), 2) ?? ''));
  };
  set('answered by', response_model === model ? null : response_model);
  set('prompt', promptName(request));
  set('environment', environment);
  set('release', release);
  set('finish reason', request.finish_reason);
  for (const [name, value] of Object.entries(parameters ?? {})) set(`parameter ${name}`, value);
  for (const [name, value] of Object.entries(prompt_variables ?? {})) set(`variable ${name}`, value);
  set('tools', tools);
  return settings;
}

/** The order of names says nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [two]) => (one < two ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}

function trim(decimal: string): string {
  return decimal.replace(/(\.\d\d\d*?)0+$/, '$1');
}
