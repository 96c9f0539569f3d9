import { useState, type FormEvent } from 'react';
import { Autocomplete, Button, NativeSelect, Popover, Stack } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { MixerHorizontalIcon } from '@radix-ui/react-icons';
import type { RequestSummary } from '#shared/request';
import { FILTER_FIELDS, FILTER_LABELS, type FilterField } from './requestFields.ts';

type AddFilterProps = { rows: readonly RequestSummary[]; onAdd: (field: FilterField, value: string) => void };

const FIELD_CHOICES = FILTER_FIELDS.map((value) => ({ value, label: FILTER_LABELS[value] }));

/** A filter by name and value; values in view are suggested, any other can be typed. */
export function AddFilter({ rows, onAdd }: AddFilterProps) {
  const [isOpen, setIsOpen] = useState(false);
  const [field, setField] = useState<FilterField>('model');
  const [value, setValue] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  useHotkeys([['f', () => setIsOpen(true)]]);

  const add = (chosen: string) => {
    const trimmed = chosen.trim();
    const found = findProblem(field, trimmed);
    setProblem(found);
    if (found !== null) return;
    onAdd(field, trimmed);
    setValue('');
    setIsOpen(false);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add(value);
  };

  return (
    <Popover opened={isOpen} onChange={setIsOpen} position="bottom-start" width={280} trapFocus withRoles shadow="md">
      <Popover.Target>
        <Button
          variant="default"
          size="xs"
          leftSection={<MixerHorizontalIcon />}
          onClick={() => setIsOpen(!isOpen)}
          title="Filter by model, prompt, tag and more (f)"
        >
          Filter
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Filter by a value">
        <form onSubmit={submit}>
          <Stack gap="sm">
            <NativeSelect
              label="Field"
              size="xs"
              data={FIELD_CHOICES}
              value={field}
              onChange={(event) => {
                // The options are the keys of FILTER_LABELS.
                setField(event.currentTarget.value as FilterField);
                setProblem(null);
              }}
            />
            <Autocomplete
              label="Value"
              size="xs"
              data-autofocus
              placeholder={
                field === 'tag' ? 'key:value, such as env:prod' : `Exact ${FILTER_LABELS[field].toLowerCase()}`
              }
              data={valuesInView(rows, field)}
              value={value}
              onChange={(typed) => {
                setValue(typed);
                setProblem(null);
              }}
              onOptionSubmit={add}
              error={problem}
              limit={8}
              comboboxProps={{ withinPortal: false }}
            />
            <Button type="submit" size="xs">
              Apply
            </Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

function findProblem(field: FilterField, value: string): string | null {
  if (value === '') return 'Type or choose a value.';
  return field === 'tag' && !/^[^:]+:/.test(value) ? 'A tag is written key:value, such as env:prod.' : null;
}

function valuesInView(rows: readonly RequestSummary[], field: FilterField): string[] {
  const values = rows.flatMap((row) =>
    field === 'tag' ? Object.entries(row.tags).map(([key, value]) => `${key}:${value}`) : [row[field] ?? ''],
  );
  return [...new Set(values)].filter((value) => value !== '').toSorted();
}
