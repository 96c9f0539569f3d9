import { lazy, Suspense, useState } from 'react';
import { ActionIcon, Button, Popover, Tooltip } from '@mantine/core';
import { ClockIcon, ChevronLeftIcon, ChevronRightIcon, MinusIcon, PlusIcon } from '@radix-ui/react-icons';
import { useKeys } from '../../keys/useKeys.ts';
import { formatTime, labelTime, readTime, shiftTime, type TimeRange, zoomTime } from '../timeRange.ts';
import classes from './TimeControl.module.css';

const TimeChoice = lazy(() => import('./TimeChoice.tsx'));

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
      <Step label="Earlier ([)" isDisabled={range === null} onClick={() => shift(-1)} Icon={ChevronLeftIcon} />
      <Popover opened={isOpen} onChange={setIsOpen} position="bottom-end" width={300} trapFocus withRoles shadow="md">
        <Popover.Target>
          <Button
            variant="default"
            size="xs"
            className={classes.label}
            leftSection={<ClockIcon />}
            onClick={() => setIsOpen(!isOpen)}
          >
            {range === null ? 'All time' : labelTime(range)}
          </Button>
        </Popover.Target>
        <Popover.Dropdown p="sm">
          <Suspense>{isOpen && <TimeChoice value={value} onChoose={choose} />}</Suspense>
        </Popover.Dropdown>
      </Popover>
      <Step label="Later (])" isDisabled={isNow} onClick={() => shift(1)} Icon={ChevronRightIcon} />
      <span className={classes.zoom}>
        <Step
          label="Zoom out to twice the time (-)"
          isDisabled={range === null}
          onClick={() => zoom('out')}
          Icon={MinusIcon}
        />
        <Step label="Zoom in to half of the time (=)" isDisabled={false} onClick={() => zoom('in')} Icon={PlusIcon} />
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
