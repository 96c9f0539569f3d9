import { Button, Group, Text } from '@mantine/core';
import { ChevronLeftIcon, ChevronRightIcon } from '@radix-ui/react-icons';
import type { RequestPage } from '#shared/request';
import { formatCount, plural } from '../../lib/formatNumber.ts';
import { firstPage, type RequestsSearch } from './requestsSearch.ts';

type RequestPagerProps = {
  page: RequestPage;
  /** All that match; undefined while unknown. */
  total: number | undefined;
  search: RequestsSearch;
  onChange: (search: RequestsSearch) => void;
};

export function RequestPager({ page, total, search, onChange }: RequestPagerProps) {
  const goTo = (cursor: string | null) => cursor !== null && onChange({ ...firstPage(search), cursor });
  const count = page.requests.length;
  return (
    <Group justify="space-between" mt="sm" role="navigation" aria-label="Pages">
      <Text fz="xs" c="dimmed" className="tabular">
        {total === undefined || total < count
          ? plural(count, 'request')
          : `${formatCount(count)} of ${plural(total, 'request')}`}
      </Text>
      <Group gap="xs">
        {search.cursor !== undefined && (
          <Button variant="subtle" color="gray" size="xs" onClick={() => onChange(firstPage(search))}>
            Newest
          </Button>
        )}
        <Button
          variant="default"
          size="xs"
          leftSection={<ChevronLeftIcon />}
          disabled={page.prev_cursor === null}
          onClick={() => goTo(page.prev_cursor)}
        >
          Previous
        </Button>
        <Button
          variant="default"
          size="xs"
          rightSection={<ChevronRightIcon />}
          disabled={page.next_cursor === null}
          onClick={() => goTo(page.next_cursor)}
        >
          Next
        </Button>
      </Group>
    </Group>
  );
}
