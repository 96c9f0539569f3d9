import { type ReactNode, useMemo } from 'react';
import { Button, Skeleton, Text } from '@mantine/core';
import { ArrowUpIcon, ChevronRightIcon } from '@radix-ui/react-icons';
import { errorMessage } from '../../api/errorMessage.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { Page } from '../../components/Page.tsx';
import { FilterControls } from '../../domain/filters/FilterControls.tsx';
import { LeftOutLine } from '../../domain/filters/LeftOutLine.tsx';
import NoResults from '../../domain/filters/NoResults.tsx';
import { isPresetSet, PRESETS, togglePreset } from '../../domain/filters/presets.ts';
import { isNarrowed } from '../../domain/pageSearch.ts';
import type { Address } from '../../domain/useAddress.ts';
import { useKeys } from '../../keys/useKeys.ts';
import { plural } from '../../lib/formatNumber.ts';
import { formatExact } from '../../lib/time.ts';
import { useNow } from '../../lib/useNow.ts';
import { type GroupColumn, GroupTable, type Sorting } from './GroupTable.tsx';
import classes from './GroupListPage.module.css';

/** A page of groups, as the server answers it. */
interface GroupAnswer {
  readonly next_cursor: string | null;
  readonly searched_back_to: string | null;
}

type GroupListPageProps<Row> = Address & {
  title: string;
  /** What a row is called: `trace`. */
  noun: string;
  query: {
    readonly data: GroupAnswer | undefined;
    readonly error: unknown;
    readonly isPlaceholderData: boolean;
    readonly refetch: () => unknown;
  };
  rows: readonly Row[];
  columns: readonly GroupColumn<Row>[];
  keyOf: (row: Row) => string;
  /** Undefined where the rows are not in the order of a time. */
  timeOf: ((row: Row) => string) | undefined;
  /** In a list that can be sorted. */
  sorting?: Sorting;
  /** What is said below the rows, in place of how many they are. */
  footer?: string | undefined;
  sign: (row: Row) => ReactNode;
  /** In place of the table, where there is nothing at all. */
  firstRun: ReactNode;
};

/** The frame of the lists of traces, sessions and users: what narrows it, the rows, and the way to the next page. */
export function GroupListPage<Row>(props: GroupListPageProps<Row>) {
  const { title, noun, query, rows, search, change } = props;
  const now = useNow();
  const answer = query.data;
  const q = search.q ?? '';
  const errors = useMemo(() => PRESETS.find(({ label }) => label === 'Errors'), []);
  useKeys({ next: () => moveFocus(1), previous: () => moveFocus(-1), refresh: () => void query.refetch() });
  const isEmpty = answer !== undefined && rows.length === 0;
  const isFirstRun = isEmpty && !isNarrowed(search) && search.after === undefined && answer.next_cursor === null;
  return (
    <Page title={title} layout="fill">
      <div className={classes.toolbar} role="group" aria-label="Filters">
        <div className={classes.line}>
          <FilterControls search={search} change={change} now={now} />
          {errors && (
            <Button
              variant={isPresetSet(q, errors) ? 'light' : 'default'}
              size="xs"
              aria-pressed={isPresetSet(q, errors)}
              onClick={() => change({ q: togglePreset(q, errors) })}
            >
              Errors
            </Button>
          )}
        </div>
        <LeftOutLine search={search} change={change} />
      </div>
      {query.error !== null && (
        <div className={classes.error}>
          <ErrorPanel
            title={answer ? 'The list could not be refreshed' : `The ${noun}s could not be loaded`}
            message={errorMessage(query.error)}
            onRetry={() => void query.refetch()}
          />
        </div>
      )}
      <div
        className={classes.body}
        data-stale={query.isPlaceholderData || undefined}
        aria-busy={query.isPlaceholderData}
      >
        {answer === undefined && query.error === null && <RowsSkeleton noun={noun} />}
        {isFirstRun && props.firstRun}
        {isEmpty && !isFirstRun && answer.searched_back_to === null && <NoResults search={search} change={change} />}
        {rows.length > 0 && (
          <GroupTable
            label={title}
            rows={rows}
            columns={props.columns}
            keyOf={props.keyOf}
            timeOf={props.timeOf}
            sorting={props.sorting}
            sign={props.sign}
            now={now}
          />
        )}
        {isEmpty && answer.searched_back_to !== null && (
          <Text c="dimmed" fz="sm" p="md">
            Nothing was found back to {formatExact(answer.searched_back_to)}; what began earlier was not looked at yet.
          </Text>
        )}
      </div>
      {answer && !isFirstRun && (
        <nav className={classes.footer} aria-label="Pages">
          <span className={classes.count}>
            {props.footer ?? plural(rows.length, noun)}
            {answer.searched_back_to !== null && `, searched back to ${formatExact(answer.searched_back_to)}`}
          </span>
          {search.after !== undefined && (
            <Button
              variant="subtle"
              size="xs"
              leftSection={<ArrowUpIcon />}
              onClick={() => change({ after: undefined })}
            >
              Newest
            </Button>
          )}
          <Button
            variant="default"
            size="xs"
            rightSection={<ChevronRightIcon />}
            disabled={answer.next_cursor === null}
            onClick={() => change({ after: answer.next_cursor ?? undefined })}
          >
            {answer.searched_back_to === null ? 'Next' : 'Search further'}
          </Button>
        </nav>
      )}
    </Page>
  );
}

/** To the link of the row before or after. */
function moveFocus(step: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const at = links.findIndex((link) => link === document.activeElement);
  const next = at === -1 ? links[0] : links[at + step];
  next?.focus({ preventScroll: true });
  next?.closest('tr')?.scrollIntoView({ block: 'nearest' });
}

function RowsSkeleton({ noun }: { noun: string }) {
  return (
    <div role="status" aria-label={`Loading ${noun}s`} className={classes.skeleton}>
      {Array.from({ length: 8 }, (_, row) => (
        <Skeleton key={row} h={14} w={`${90 - (row % 3) * 14}%`} />
      ))}
    </div>
  );
}
