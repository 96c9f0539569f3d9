import { Button, Group, Paper } from '@mantine/core';
import { MagnifyingGlassIcon } from '@radix-ui/react-icons';
import { EmptyState } from '../../components/EmptyState.tsx';
import { activeFilters, type RequestsSearch } from './requestsSearch.ts';

type NoResultsProps = { search: RequestsSearch; onClear: () => void; onNewest: () => void };

/** Requests may exist, but none is here: the filters or the page say why. */
export function NoResults({ search, onClear, onNewest }: NoResultsProps) {
  const filters = activeFilters(search);
  const isPastTheEnd = search.cursor !== undefined;
  return (
    <Paper radius="lg">
      <EmptyState
        icon={<MagnifyingGlassIcon width={20} height={20} />}
        title={filters.length > 0 ? 'No requests match these filters' : 'No requests on this page'}
        description={
          filters.length > 0
            ? `Looked for ${filters.map(({ label, value }) => `${label.toLowerCase()} ${value}`).join(', ')}.`
            : 'They may have been deleted since the link was made.'
        }
      >
        <Group gap="xs" mt="sm">
          {filters.length > 0 && <Button onClick={onClear}>Clear filters</Button>}
          {isPastTheEnd && (
            <Button variant="default" onClick={onNewest}>
              Go to the newest
            </Button>
          )}
        </Group>
      </EmptyState>
    </Paper>
  );
}
