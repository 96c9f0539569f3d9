import { useState } from 'react';
import { ActionBar, Button, Text, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { ColumnsIcon, DownloadIcon, TrashIcon } from '@radix-ui/react-icons';
import { useRouter } from '@tanstack/react-router';
import type { RequestFilters } from '#shared/request';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ConfirmModal } from '../../components/ConfirmModal.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { ExportMenu } from '../../domain/export/ExportMenu.tsx';
import { useFollowDeletion } from '../../domain/followDeletion.ts';
import { isNarrowed, type PageSearch, toFilters } from '../../domain/pageSearch.ts';
import { useKeys } from '../../keys/useKeys.ts';
import { basePath } from '../../lib/basePath.ts';
import { formatCount, plural } from '../../lib/formatNumber.ts';
import { exportColumns } from './exportColumns.ts';
import classes from './SelectionBar.module.css';
import type { Selection } from './useSelection.ts';

type SelectionBarProps = {
  selection: Selection;
  search: PageSearch;
  /** The columns that are shown, by their names in REQUEST_COLUMNS. */
  columns: readonly string[];
  /** All that match the address; undefined while unknown. */
  total: number | undefined;
};

/** What one page of the API takes (shared/export.ts). */
const MOST_IDS = 200;
const BAR_POSITION = { bottom: 44, left: 'var(--app-shell-navbar-offset, 0px)', right: 0 } as const;
const COMPARED = { least: 2, most: 4 };

/** What can be done with the selected rows, above the foot of the list. */
export default function SelectionBar({ selection, search, columns, total }: SelectionBarProps) {
  const session = trpc.session.get.useQuery(undefined, { staleTime: 60_000 });
  const router = useRouter();
  const [allOf, setAllOf] = useState<ReadonlySet<string> | null>(null);
  const [meant, setMeant] = useState<RequestFilters | null>(null);
  const ids = [...selection.ids];
  // Said of this selection alone: any change of it takes that back.
  const isAll = allOf === selection.ids;
  const count = isAll ? total : ids.length;
  const canCompare = !isAll && ids.length >= COMPARED.least && ids.length <= COMPARED.most;
  const compare = () => router.history.push(`${basePath()}compare?ids=${ids.join(',')}`);
  useKeys({ compare: canCompare ? compare : undefined });
  const tooMany = !isAll && ids.length > MOST_IDS ? `At most ${MOST_IDS} at a time, or all that match` : undefined;

  return (
    <>
      <ActionBar
        opened={ids.length > 0}
        aria-label="Selected requests"
        // Over the list, beside the sidebar, whose width the shell says.
        withinPortal={false}
        position={BAR_POSITION}
        maw="calc(100vw - 16px)"
        className={classes.bar}
        transitionProps={{ duration: 0 }}
      >
        <Text fz="sm" fw={500} px={6} role="status">
          {count === undefined ? 'All that match' : `${formatCount(count)} selected`}
        </Text>
        {!isAll && total !== undefined && total > ids.length && (
          <Button size="xs" variant="subtle" onClick={() => setAllOf(selection.ids)}>
            Select all {formatCount(total)}
            {isNarrowed(search) && ' matching'}
          </Button>
        )}
        <ActionBar.Divider />
        <Tooltip label={`Compare ${COMPARED.least} to ${COMPARED.most} requests (d)`}>
          <Button
            size="xs"
            variant="default"
            leftSection={<ColumnsIcon />}
            data-disabled={!canCompare || undefined}
            aria-disabled={!canCompare}
            onClick={() => canCompare && compare()}
          >
            Compare
          </Button>
        </Tooltip>
        <ExportMenu
          filters={() => toFilters(search, Date.now())}
          columns={exportColumns(columns)}
          total={count}
          label={count === undefined ? 'all that match' : plural(count, 'request')}
          {...(isAll ? {} : { ids })}
        >
          <Button
            size="xs"
            variant="default"
            leftSection={<DownloadIcon />}
            disabled={tooMany !== undefined}
            title={tooMany}
          >
            Export
          </Button>
        </ExportMenu>
        {session.data?.api_key.scopes.includes('manage') && (
          <Button
            size="xs"
            variant="default"
            leftSection={<TrashIcon />}
            disabled={tooMany !== undefined}
            title={tooMany}
            onClick={() => setMeant(toFilters(search, Date.now()))}
          >
            Delete
          </Button>
        )}
        <ActionBar.CloseButton aria-label="Clear the selection" onClick={selection.clear} />
      </ActionBar>
      <DeleteSelected
        meant={meant}
        ids={isAll ? null : ids}
        count={count}
        onEnd={(isDeleted) => {
          setMeant(null);
          if (isDeleted) selection.clear();
        }}
      />
    </>
  );
}

type DeleteSelectedProps = {
  /** What the list showed when it was asked for; null while nothing is. */
  meant: RequestFilters | null;
  /** Null: all that match. */
  ids: readonly string[] | null;
  count: number | undefined;
  onEnd: (isDeleted: boolean) => void;
};

function DeleteSelected({ meant, ids, count, onEnd }: DeleteSelectedProps) {
  const utils = trpc.useUtils();
  const follow = useFollowDeletion();
  const removeMany = trpc.requests.deleteMany.useMutation();
  const removeMatching = trpc.requests.deleteMatching.useMutation();
  const error = ids === null ? removeMatching.error : removeMany.error;
  const end = (isDeleted: boolean) => {
    removeMany.reset();
    removeMatching.reset();
    onEnd(isDeleted);
  };
  const confirm = async () => {
    if (ids === null) {
      follow(await removeMatching.mutateAsync({ filters: meant ?? {}, all: true }));
    } else {
      const { deleted } = await removeMany.mutateAsync({ ids: [...ids] });
      void utils.requests.invalidate();
      void utils.stats.invalidate();
      notifications.show({ message: `${plural(deleted, 'request')} deleted`, color: 'green', role: 'status' });
    }
    end(true);
  };
  const what = count === undefined ? 'all that match' : plural(count, 'request');
  return (
    <ConfirmModal
      isOpen={meant !== null}
      title="Delete the selected requests"
      confirmLabel={`Delete ${what}`}
      isBusy={removeMany.isPending || removeMatching.isPending}
      // A refusal is shown below, from the state of the mutation.
      onConfirm={() => void confirm().catch(() => {})}
      onCancel={() => end(false)}
    >
      <Text fz="sm">With everything that was logged of them. They also leave the totals. This cannot be undone.</Text>
      {error && <ErrorPanel title="Nothing was deleted" message={errorMessage(error)} />}
    </ConfirmModal>
  );
}
