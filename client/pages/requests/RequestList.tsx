import { Box, Button, Paper } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { ArrowUpIcon } from '@radix-ui/react-icons';
import type { RequestId } from '#shared/primitives';
import { plural } from '../../lib/formatNumber.ts';
import { RequestCards } from './RequestCards.tsx';
import { RequestTable } from './RequestTable.tsx';
import type { StableRows } from './useStableRows.ts';
import classes from './RequestList.module.css';

type RequestListProps = {
  rows: StableRows;
  openId: RequestId | undefined;
  isStale: boolean;
  onOpen: (id: RequestId) => void;
};

/** A table where there is room, cards on a phone. */
export function RequestList({ rows, openId, isStale, onOpen }: RequestListProps) {
  const isPhone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const List = isPhone ? RequestCards : RequestTable;
  return (
    <Box pos="relative">
      {rows.waiting > 0 && (
        <Button
          className={classes.pill}
          size="compact-sm"
          radius="xl"
          leftSection={<ArrowUpIcon />}
          onClick={rows.showWaiting}
          aria-live="polite"
        >
          {plural(rows.waiting, 'new request')}
        </Button>
      )}
      <Paper radius="lg" className={classes.frame} data-stale={isStale || undefined} aria-busy={isStale}>
        <List requests={rows.shown} fresh={rows.fresh} openId={openId} onOpen={onOpen} />
      </Paper>
    </Box>
  );
}
