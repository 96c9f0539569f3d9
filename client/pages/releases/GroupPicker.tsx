import { lazy, Suspense, useState } from 'react';
import { Autocomplete, Button, Popover, Text, TextInput } from '@mantine/core';
import { CalendarIcon } from '@radix-ui/react-icons';
import { parseQuery } from '#shared/query/parseQuery';
import type { GroupedBy, ReleaseChoices } from '#shared/releaseReport';
import { labelTime, readTime } from '../../domain/timeRange.ts';
import { formatRelative } from '../../lib/time.ts';
import { plural } from '../../lib/formatNumber.ts';
import { useNow } from '../../lib/useNow.ts';
import classes from './ReleasesPage.module.css';

const TimeChoice = lazy(() => import('../../domain/filters/TimeChoice.tsx'));

type GroupPickerProps = {
  letter: 'A' | 'B';
  by: GroupedBy;
  value: string | undefined;
  choices: ReleaseChoices['choices'];
  onChange: (value: string | undefined) => void;
};

/** Names one of the two groups: a value that requests have, a period, or a query. */
export function GroupPicker(props: GroupPickerProps) {
  return (
    <div className={classes.picker}>
      <span className={classes.letter} aria-hidden>
        {props.letter}
      </span>
      {props.by === 'period' ? (
        <PeriodPicker {...props} />
      ) : props.by === 'query' ? (
        <QueryPicker {...props} />
      ) : (
        <ValuePicker {...props} />
      )}
    </div>
  );
}

const labelOf = (letter: string) => (letter === 'A' ? 'A, compared with' : 'B, the one that is judged');

/** What is typed, until it is applied; what the address says comes first. */
function useDraft(value: string): [string, (text: string) => void] {
  const [draft, setDraft] = useState(value);
  const [applied, setApplied] = useState(value);
  if (applied !== value) {
    setApplied(value);
    setDraft(value);
  }
  return [draft, setDraft];
}

function ValuePicker({ letter, by, value = '', choices, onChange }: GroupPickerProps) {
  const [draft, setDraft] = useDraft(value);
  const now = useNow();
  const apply = (text: string) => {
    const trimmed = text.trim();
    if (trimmed !== value) onChange(trimmed === '' ? undefined : trimmed);
  };
  const about = new Map(
    choices.map(({ value: name, requests, first_at }) => [
      name,
      `${plural(requests, 'request')}, first ${formatRelative(first_at, now)}`,
    ]),
  );
  return (
    <Autocomplete
      size="xs"
      className={classes.field}
      aria-label={labelOf(letter)}
      placeholder={PLACEHOLDERS[by]}
      value={draft}
      data={choices.map((choice) => choice.value)}
      limit={50}
      maxDropdownHeight={280}
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      // All of them, until something else is typed.
      filter={({ options, search }) =>
        search === value
          ? options
          : options.filter((option) => 'value' in option && option.value.toLowerCase().includes(search.toLowerCase()))
      }
      renderOption={({ option }) => (
        <span className={classes.option}>
          <bdi>{option.value}</bdi>
          <Text component="span" fz={12} c="dimmed">
            {about.get(option.value)}
          </Text>
        </span>
      )}
      onChange={setDraft}
      onOptionSubmit={apply}
      onBlur={() => apply(draft)}
      onKeyDown={({ key }) => {
        if (key === 'Enter') apply(draft);
        if (key === 'Escape') setDraft(value);
      }}
    />
  );
}

const PLACEHOLDERS: Readonly<Record<GroupedBy, string>> = {
  release: 'A release',
  prompt: 'slug@version',
  model: 'A model',
  env: 'An environment',
  provider: 'A provider',
  period: 'A period',
  query: 'A query, such as tag.variant:new',
};

function QueryPicker({ letter, value = '', onChange }: GroupPickerProps) {
  const [draft, setDraft] = useDraft(value);
  const [isSaid, setIsSaid] = useState(false);
  const { problem } = parseQuery(draft);
  const apply = () => {
    setIsSaid(problem !== null);
    if (problem === null && draft.trim() !== value) onChange(draft.trim() === '' ? undefined : draft.trim());
  };
  return (
    <TextInput
      size="xs"
      className={classes.field}
      aria-label={labelOf(letter)}
      placeholder={PLACEHOLDERS.query}
      value={draft}
      maxLength={1_000}
      spellCheck={false}
      autoComplete="off"
      error={isSaid && problem ? problem.message : null}
      onChange={(event) => {
        setDraft(event.currentTarget.value);
        setIsSaid(false);
      }}
      onBlur={apply}
      onKeyDown={({ key }) => {
        if (key === 'Enter') apply();
        if (key === 'Escape') setDraft(value);
      }}
    />
  );
}

function PeriodPicker({ letter, value, onChange }: GroupPickerProps) {
  const [isOpen, setIsOpen] = useState(false);
  const range = value === undefined ? null : readTime(value);
  const choose = (t: string | undefined) => {
    setIsOpen(false);
    onChange(t);
  };
  return (
    <Popover opened={isOpen} onChange={setIsOpen} position="bottom-start" width={300} trapFocus withRoles shadow="md">
      <Popover.Target>
        <Button
          variant="default"
          size="xs"
          leftSection={<CalendarIcon />}
          aria-label={`${labelOf(letter)}: ${range === null ? (value ?? 'the time before') : labelTime(range)}`}
          onClick={() => setIsOpen(!isOpen)}
        >
          {range === null ? (value ?? 'The time before') : labelTime(range)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="sm">
        <Suspense>{isOpen && <TimeChoice value={value} onChoose={choose} />}</Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
