import { Button, Tooltip } from '@mantine/core';
import classes from './LiveButton.module.css';

type LiveButtonProps = {
  isLive: boolean;
  /** False on older pages, where nothing new can appear. */
  isPossible: boolean;
  onChange: (isLive: boolean) => void;
};

/** Starts and stops following what comes in. */
export function LiveButton({ isLive, isPossible, onChange }: LiveButtonProps) {
  const isFollowing = isLive && isPossible;
  const hint = isPossible
    ? isLive
      ? 'New requests appear by themselves. Click to pause.'
      : 'Paused. Click to follow new requests.'
    : 'Older pages stand still. Go back to the newest to follow.';
  return (
    <Tooltip label={hint} multiline maw={240}>
      <Button
        variant="default"
        size="xs"
        aria-pressed={isLive}
        leftSection={<span className={classes.dot} data-live={isFollowing || undefined} aria-hidden />}
        onClick={() => onChange(!isLive)}
      >
        {isFollowing ? 'Live' : 'Paused'}
      </Button>
    </Tooltip>
  );
}
