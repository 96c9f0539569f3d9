import { Button, Group, Select } from '@mantine/core';
import type { RequestSummary } from '#shared/request';
import { STATUS } from '../../domain/StatusBadge.tsx';
import { TIME_RANGES, type TimeRange } from '../../lib/time.ts';
import { AddFilter } from './AddFilter.tsx';
import { DeleteRequests } from './DeleteRequests.tsx';
import { FilterChip } from './FilterChip.tsx';
import { QueryBar } from './QueryBar.tsx';
import {
  activeFilters,
  firstPage,
  toFilters,
  withFilter,
  withoutFilter,
  type RequestsSearch,
} from './requestsSearch.ts';

type RequestFilterBarProps = {
  search: RequestsSearch;
  /** The rows in view, for suggesting values. */
  rows: readonly RequestSummary[];
  onChange: (search: RequestsSearch) => void;
};

const STATUSES = Object.entries(STATUS).map(([value, { label }]) => ({ value, label }));
const RANGES = Object.entries(TIME_RANGES).map(([value, { label }]) => ({ value, label }));

/** What narrows the list: status and time at a glance, anything else by name; one chip for each value. */
export function RequestFilterBar({ search, rows, onChange }: RequestFilterBarProps) {
  const chips = activeFilters(search).filter(({ field }) => !['status', 'range', 'q'].includes(field));
  const isAnyActive = activeFilters(search).length > 0;
  // The choices come from the same tables as the schema's values, so a chosen value is a valid one.
  const choose = (field: 'status' | 'range', value: string | null) =>
    onChange({ ...firstPage(search), [field]: value ?? undefined } as RequestsSearch);

  return (
    <Group gap={8} role="group" aria-label="Filters">
      <QueryBar
        value={search.q ?? ''}
        onApply={(q) => onChange({ ...firstPage(search), q: q === '' ? undefined : q })}
        valuesOf={(field) => valuesInView(rows, field)}
      />
      <Select
        aria-label="Status"
        placeholder="Any status"
        size="xs"
        w={118}
        clearable
        data={STATUSES}
        value={search.status ?? null}
        onChange={(value) => choose('status', value)}
        comboboxProps={{ width: 160, position: 'bottom-start' }}
      />
      <Select
        aria-label="Time"
        placeholder="All time"
        size="xs"
        w={116}
        clearable
        data={RANGES}
        value={search.range ?? null}
        onChange={(value) => choose('range', value as TimeRange | null)}
        comboboxProps={{ width: 160, position: 'bottom-start' }}
      />
      <AddFilter rows={rows} onAdd={(field, value) => onChange(withFilter(search, field, value))} />
      {chips.map((filter) => (
        <FilterChip
          key={`${filter.field} ${filter.value}`}
          filter={filter}
          onClear={() => onChange(withoutFilter(search, filter))}
        />
      ))}
      {isAnyActive && (
        <Button variant="subtle" size="xs" color="gray" onClick={() => onChange({})}>
          Clear all
        </Button>
      )}
      {isAnyActive && <DeleteRequests filters={() => toFilters(search, Date.now())} />}
    </Group>
  );
}

/** The columns that hold a field's values. */
const COLUMNS: ReadonlyMap<string, keyof RequestSummary> = new Map([
  ['model', 'model'],
  ['provider', 'provider'],
  ['env', 'environment'],
  ['user', 'user_id'],
  ['session', 'session_id'],
  ['trace', 'trace_id'],
  ['prompt', 'prompt_slug'],
  ['release', 'release'],
  ['name', 'name'],
  ['endpoint', 'endpoint'],
  ['finish', 'finish_reason'],
  ['tier', 'service_tier'],
]);

/** What the rows in view have in a field of the query language, for completing. */
function valuesInView(rows: readonly RequestSummary[], field: string): string[] {
  const column = COLUMNS.get(field);
  if (column === undefined) return [];
  const values = rows.map((row) => row[column]).filter((value) => typeof value === 'string' && value !== '');
  return [...new Set(values as string[])].toSorted(); // By the filter.
}
