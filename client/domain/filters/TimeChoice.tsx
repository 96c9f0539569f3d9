import { lazy, Suspense, useEffect, useRef, useState, type FormEvent } from 'react';
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { CalendarIcon } from '@radix-ui/react-icons';
import { viewersTimeZone } from '../../lib/formatDateTime.ts';
import { useNow } from '../../lib/useNow.ts';
import { boundsOf, labelTime, readTime, TIME_PRESETS, type TimeRange } from '../timeRange.ts';
import { understandTime } from '../timeWords.ts';

/** Days of the calendar, which stay where they are when the clock goes on. */
const DAYS = ['Today', 'Yesterday'] as const;
const TimeCalendar = lazy(() => import('./TimeCalendar.tsx'));

type TimeChoiceProps = { value: string | undefined; onChoose: (t: string | undefined) => void };

/** A field that understands what is typed, the usual times, and a calendar. */
export default function TimeChoice({ value, onChoose }: TimeChoiceProps) {
  const [typed, setTyped] = useState('');
  const [isSaid, setIsSaid] = useState(false);
  const [isCalendar, setIsCalendar] = useState(false);
  const now = useNow();
  const field = useRef<HTMLInputElement>(null);
  // The popover is open before its content is loaded, and has then put the focus elsewhere: what is typed would be heard as keys of the page.
  useEffect(() => field.current?.focus(), []);
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
          ref={field}
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
        {DAYS.map((day) => {
          const t = understandTime(day, now) ?? undefined;
          return (
            <Button
              key={day}
              variant={t === value ? 'light' : 'default'}
              size="xs"
              px={10}
              aria-pressed={t === value}
              onClick={() => onChoose(t)}
            >
              {day}
            </Button>
          );
        })}
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
        Shown in {viewersTimeZone()}
      </Text>
    </Stack>
  );
}

function sayRange(range: TimeRange, now: number): string {
  if (range.kind === 'between') return labelTime(range);
  const { from } = boundsOf(range, now);
  return labelTime({ kind: 'between', from: Date.parse(from ?? ''), to: null });
}
