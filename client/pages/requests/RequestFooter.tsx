import { lazy, Suspense } from 'react';
import { Box, Button } from '@mantine/core';
import { ArrowUpIcon, ChevronLeftIcon, ChevronRightIcon } from '@radix-ui/react-icons';
import type { RequestPage } from '#shared/request';
import type { PageSearch } from '../../domain/pageSearch.ts';
import { formatCount, plural } from '../../lib/formatNumber.ts';
import { formatExact } from '../../lib/time.ts';
import { NewRequestsButton } from './NewRequestsButton.tsx';
import classes from './RequestFooter.module.css';

const SearchedBackTo = lazy(() => import('./SearchedBackTo.tsx'));

type RequestFooterProps = {
  page: RequestPage;
  /** All that match; undefined while unknown. */
  total: number | undefined;
  /** True where older ones may match that were not counted. */
  isTotalPart: boolean;
  search: PageSearch;
  /** New requests that are not among the rows yet. */
  waiting: number;
  onShowWaiting: () => void;
  onChange: (changes: { after?: string | undefined; before?: string | undefined }) => void;
};

/** Below the rows: how many there are, and the pages before and after. */
export function RequestFooter({
  page,
  total,
  isTotalPart,
  search,
  waiting,
  onShowWaiting,
  onChange,
}: RequestFooterProps) {
  const count = page.requests.length;
  const isNewest = search.after === undefined && search.before === undefined;
  return (
    <nav className={classes.footer} aria-label="Pages">
      <span className={classes.count}>
        {total === undefined || total < count
          ? plural(count, 'request')
          : `${formatCount(count)} of ${isTotalPart ? `${formatCount(total)}+ requests` : plural(total, 'request')}`}
        {page.sorted_back_to !== null && `, sorted back to ${formatExact(page.sorted_back_to)}`}
      </span>
      <NewRequestsButton count={waiting} onShow={onShowWaiting} />
      {!isNewest && (
        <Button
          variant="subtle"
          size="xs"
          leftSection={<ArrowUpIcon />}
          onClick={() => onChange({ after: undefined, before: undefined })}
        >
          Newest
        </Button>
      )}
      <Button
        variant="default"
        size="xs"
        leftSection={<ChevronLeftIcon />}
        aria-label="Previous"
        disabled={page.prev_cursor === null}
        onClick={() => onChange({ before: page.prev_cursor ?? undefined, after: undefined })}
      >
        <Box component="span" visibleFrom="xs">
          Previous
        </Box>
      </Button>
      {page.searched_back_to === null ? (
        <Button
          variant="default"
          size="xs"
          rightSection={<ChevronRightIcon />}
          aria-label="Next"
          disabled={page.next_cursor === null}
          onClick={() => onChange({ after: page.next_cursor ?? undefined, before: undefined })}
        >
          <Box component="span" visibleFrom="xs">
            Next
          </Box>
        </Button>
      ) : (
        <Suspense>
          <SearchedBackTo page={page} hasRows onContinue={(after) => onChange({ after, before: undefined })} />
        </Suspense>
      )}
    </nav>
  );
}
