import { lazy, Suspense, useState, type FormEvent } from 'react';
import { ActionIcon, Button, Group, Popover, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { CalendarIcon, ChevronLeftIcon, ChevronRightIcon, MinusIcon, PlusIcon } from '@radix-ui/react-icons';
import { useKeys } from '../keys/useKeys.ts';
import {
  boundsOf,
  formatTime,
  labelTime,
  readTime,
  shiftTime,
  TIME_PRESETS,
  zoomTime,
  type TimeRange,
} from './timeRange.ts';
import { useNow } from '../lib/useNow.ts';
import { understandTime } from './timeWords.ts';
import classes from './TimeControl.module.css';

const TimeCalendar = lazy(() => import('./TimeCalendar.tsx'));

type TimeControlProps = {
  /** The parameter `t`; undefined is all time. */
  value: string | undefined;
  onChange: (t: string | undefined) => void;
};

/** The time of a page: one field that understands what is typed, with steps to the time before and after, and zoom. */
export function TimeControl({ value, onChange }: TimeControlProps) {
  const [isOpen, setIsOpen] = useState(false);
  const range = value === undefined ? null : readTime(value);
  const goTo = (next: TimeRange | null) => {
    const t = next === null ? undefined : formatTime(next);
    if (t !== value) onChange(t);
  };
  const shift = (direction: -1 | 1) => range !== null && goTo(shiftTime(range, direction, Date.now()));
  const zoom = (direction: 'in' | 'out') => goTo(zoomTime(range, direction, Date.now()));
  useKeys({
    earlier: () => shift(-1),
    later: () => shift(1),
    zoomIn: () => zoom('in'),
    zoomOut: () => zoom('out'),
  });
  const choose = (t: string | undefined) => {
    setIsOpen(false);
    onChange(t);
  };
  const isNow = range === null || range.kind === 'last';
  return (
    <div className={classes.control} role="group" aria-label="Time">
      <Step label="The time before ([)" isDisabled={range === null} onClick={() => shift(-1)} Icon={ChevronLeftIcon} />
      <Popover opened={isOpen} onChange={setIsOpen} position="bottom-end" width={300} trapFocus withRoles shadow="md">
        <Popover.Target>
          <Button
            variant="default"
            size="xs"
            className={classes.label}
            leftSection={<CalendarIcon />}
            onClick={() => setIsOpen(!isOpen)}
          >
            {range === null ? 'All time' : labelTime(range)}
          </Button>
        </Popover.Target>
        <Popover.Dropdown p="sm">{isOpen && <TimeChoice value={value} onChoose={choose} />}</Popover.Dropdown>
      </Popover>
      <Step label="The time after (])" isDisabled={isNow} onClick={() => shift(1)} Icon={ChevronRightIcon} />
      <span className={classes.zoom}>
        <Step label="Twice the time (-)" isDisabled={range === null} onClick={() => zoom('out')} Icon={MinusIcon} />
        <Step label="Half of the time (=)" isDisabled={false} onClick={() => zoom('in')} Icon={PlusIcon} />
      </span>
    </div>
  );
}

type StepProps = { label: string; isDisabled: boolean; onClick: () => void; Icon: typeof PlusIcon };

function Step({ label, isDisabled, onClick, Icon }: StepProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={label}
        disabled={isDisabled}
        bg={isDisabled ? 'transparent' : undefined}
        onClick={onClick}
      >
        <Icon />
      </ActionIcon>
    </Tooltip>
  );
}

type TimeChoiceProps = { value: string | undefined; onChoose: (t: string | undefined) => void };

function TimeChoice({ value, onChoose }: TimeChoiceProps) {
  const [typed, setTyped] = useState('');
  const [isSaid, setIsSaid] = useState(false);
  const [isCalendar, setIsCalendar] = useState(false);
  const now = useNow();
  const understood = understandTime(typed, now);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (understood === null) return setIsSaid(true);
    onChoose(understood === '' ? undefined : understood);
  };
  const range = typed.trim() === '' || !understood ? null : readTime(understood);
  return (
    <Stack gap="sm">
      <form onSubmit={submit} noValidate>
        <TextInput
          size="xs"
          aria-label="Time"
          placeholder="25m, 3d, last week, 1 Nov – 3 Nov"
          data-autofocus
          value={typed}
          maxLength={80}
          autoComplete="off"
          spellCheck={false}
          error={isSaid && understood === null ? 'Not understood. Write 25m, 3d, last week, or 1 Nov – 3 Nov.' : null}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setIsSaid(false);
          }}
        />
        {range !== null && (
          <Text fz="xs" c="dimmed" mt={4}>
            {sayRange(range, now)} · Enter
          </Text>
        )}
      </form>
      <Group gap={6} role="group" aria-label="Usual times">
        {TIME_PRESETS.map((preset) => (
          <Button
            key={preset}
            variant={preset === value ? 'light' : 'default'}
            size="xs"
            px={10}
            aria-pressed={preset === value}
            onClick={() => onChoose(preset)}
          >
            {preset}
          </Button>
        ))}
        <Button
          variant={value === undefined ? 'light' : 'default'}
          size="xs"
          px={10}
          aria-pressed={value === undefined}
          onClick={() => onChoose(undefined)}
        >
          All time
        </Button>
        <Button
          variant="subtle"
          size="xs"
          px={10}
          leftSection={<CalendarIcon />}
          aria-expanded={isCalendar}
          onClick={() => setIsCalendar(!isCalendar)}
        >
          Calendar
        </Button>
      </Group>
      <Suspense>{isCalendar && <TimeCalendar now={now} onChoose={onChoose} />}</Suspense>
      <Text fz="xs" c="dimmed">
        Shown in {Intl.DateTimeFormat().resolvedOptions().timeZone}
      </Text>
    </Stack>
  );
}

function sayRange(range: TimeRange, now: number): string {
  if (range.kind === 'between') return labelTime(range);
  const { from } = boundsOf(range, now);
  return labelTime({ kind: 'between', from: Date.parse(from ?? ''), to: null });
}
