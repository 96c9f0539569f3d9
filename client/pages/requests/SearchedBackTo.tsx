import { Button, Text } from '@mantine/core';
import { ChevronRightIcon, MagnifyingGlassIcon } from '@radix-ui/react-icons';
import type { RequestPage } from '#shared/request';
import { EmptyState } from '../../components/EmptyState.tsx';
import { formatDayClock } from '../../domain/clock.ts';

type SearchedBackToProps = {
  page: RequestPage;
  /** True where this line stands below rows. */
  hasRows: boolean;
  onContinue: (cursor: string) => void;
};

/** How far a search looked before its time was up, and the way on; nothing where it looked at everything. */
export default function SearchedBackTo({ page, hasRows, onContinue }: SearchedBackToProps) {
  const { searched_back_to: time, next_cursor: cursor } = page;
  if (time === null || cursor === null) return null;
  const button = (
    <Button
      variant={hasRows ? 'default' : 'filled'}
      size="xs"
      rightSection={<ChevronRightIcon />}
      onClick={() => onContinue(cursor)}
    >
      Continue
    </Button>
  );
  if (!hasRows) {
    return (
      <EmptyState
        icon={<MagnifyingGlassIcon width={20} height={20} />}
        title="Nothing found yet"
        description={`Searched back to ${formatDayClock(time)}; older requests were not looked at.`}
      >
        {button}
      </EmptyState>
    );
  }
  return (
    <>
      <Text component="span" fz={12} c="dimmed" role="status">
        Searched back to {formatDayClock(time)}
      </Text>
      {button}
    </>
  );
}
