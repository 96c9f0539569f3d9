import { Button, Tooltip } from '@mantine/core';
import { formatClock } from '../../domain/clock.ts';
import type { LiveState } from './useRequestList.ts';
import classes from './LiveButton.module.css';

type LiveButtonProps = { state: LiveState; isLive: boolean; onChange: (isLive: boolean) => void };

/** Whether new requests appear by themselves, as it is and not as it was asked for; a click pauses and goes on. */
export function LiveButton({ state, isLive, onChange }: LiveButtonProps) {
  const { label, hint } = wordsOf(state);
  return (
    <Tooltip label={hint} multiline maw={240}>
      <Button
        variant="default"
        size="xs"
        // Of a page that stands still there is nothing to switch.
        disabled={state.kind === 'standing'}
        aria-pressed={state.kind === 'standing' ? undefined : isLive}
        leftSection={<span className={classes.dot} data-state={state.kind} aria-hidden />}
        onClick={() => onChange(!isLive)}
      >
        {label}
      </Button>
    </Tooltip>
  );
}

/** The state in words; the label alone also goes to screen readers when it changes. */
export function wordsOf(state: LiveState): { label: string; hint: string } {
  switch (state.kind) {
    case 'live':
      return { label: 'Live', hint: 'New requests appear by themselves. Click to pause (l).' };
    case 'paused':
      return { label: 'Paused', hint: 'Click to follow new requests (l).' };
    case 'reconnecting':
      return { label: 'Reconnecting', hint: 'The server has not answered. Trying again.' };
    case 'offline':
      return {
        label: `Offline since ${formatClock(new Date(state.since).toISOString()).slice(0, 5)}`,
        hint: 'The rows are those of that time. Trying again every few seconds.',
      };
    case 'standing':
      return { label: 'Not live', hint: 'Only the newest page, sorted by time, follows what comes in.' };
  }
}
