import { Box, Button } from '@mantine/core';
import { DownloadIcon } from '@radix-ui/react-icons';
import { trpc } from '../../api/trpc.ts';
import { ExportMenu } from '../../domain/export/ExportMenu.tsx';
import { type PageSearch, toFilters } from '../../domain/pageSearch.ts';
import { plural } from '../../lib/formatNumber.ts';
import { useNow } from '../../lib/useNow.ts';
import { exportColumns } from './exportColumns.ts';

export type ExportButtonProps = {
  search: PageSearch;
  /** The columns that are shown, by their names in REQUEST_COLUMNS. */
  columns: readonly string[];
};

/** Exports what the list shows: its filter on all pages, and its columns. */
export function ExportButton({ search, columns }: ExportButtonProps) {
  // The same question as the page's own: it is asked once.
  const { data: totals } = trpc.stats.totals.useQuery(toFilters(search, useNow()));
  return (
    <ExportMenu
      filters={() => toFilters(search, Date.now())}
      columns={exportColumns(columns)}
      total={totals?.requests}
      label={totals === undefined ? 'what matches' : plural(totals.requests, 'request')}
    >
      <Button variant="default" size="xs" leftSection={<DownloadIcon />} aria-label="Export">
        <Box component="span" visibleFrom="sm">
          Export
        </Box>
      </Button>
    </ExportMenu>
  );
}
