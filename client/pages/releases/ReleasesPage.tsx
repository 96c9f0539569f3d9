import { useState } from 'react';
import { ActionIcon, NativeSelect, Skeleton, Text, Tooltip } from '@mantine/core';
import { ColumnsIcon, WidthIcon } from '@radix-ui/react-icons';
import { keepPreviousData } from '@tanstack/react-query';
import type { GroupedBy } from '#shared/releaseReport';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { Page } from '../../components/Page.tsx';
import { EnvironmentControl } from '../../domain/filters/EnvironmentControl.tsx';
import { LeftOutLine } from '../../domain/filters/LeftOutLine.tsx';
import { QueryBar } from '../../domain/filters/QueryBar.tsx';
import { TimeControl } from '../../domain/filters/TimeControl.tsx';
import { type PageSearch, toFilters } from '../../domain/pageSearch.ts';
import { useAddress } from '../../domain/useAddress.ts';
import { useKeys } from '../../keys/useKeys.ts';
import { chooseGroups } from './chooseGroups.ts';
import { GroupPicker } from './GroupPicker.tsx';
import { ReportView } from './ReportView.tsx';
import classes from './ReleasesPage.module.css';

const LABELS: Readonly<Record<GroupedBy, string>> = {
  release: 'Releases',
  prompt: 'Prompt versions',
  model: 'Models',
  env: 'Environments',
  provider: 'Providers',
  period: 'Periods',
  query: 'Queries',
};
const GROUPED_BY = Object.keys(LABELS) as GroupedBy[];
const isGroupedBy = (name: string | undefined): name is GroupedBy => GROUPED_BY.some((each) => each === name);

const USUAL_TIME = '30d';

/** Two groups of requests side by side, with a verdict on each figure. */
export default function ReleasesPage() {
  const { search: asked, change: goTo } = useAddress();
  const by = isGroupedBy(asked.by) ? asked.by : 'release';
  const isByValue = by !== 'period' && by !== 'query';
  const search: PageSearch = by === 'period' ? { ...asked, t: undefined } : { ...asked, t: asked.t ?? USUAL_TIME };
  // A report is of the moment when it was asked for, and not made again with every minute that passes.
  const [now, setNow] = useState(() => Date.now());
  const change: typeof goTo = (changes, how) => {
    setNow(Date.now());
    goTo(changes, how);
  };
  useKeys({ refresh: () => setNow(Date.now()) });
  const { q, t, env } = search;
  const filters = toFilters({ q, t, env: by === 'env' ? undefined : env }, now);

  const choices = trpc.releases.choices.useQuery(
    { by: isByValue ? by : 'release', filters },
    { enabled: isByValue, staleTime: 60_000, placeholderData: keepPreviousData },
  );
  const known = isByValue ? (choices.data?.choices ?? []) : [];
  const { a, b } = chooseGroups(by, asked, known);
  const isAsked = b !== undefined && (a !== undefined || by === 'period') && a !== b;
  const report = trpc.releases.report.useQuery(
    { by, a, b: b ?? '', filters },
    { enabled: isAsked, staleTime: Infinity, placeholderData: keepPreviousData, retry: false },
  );
  const isChoosing = isByValue && choices.isPending;
  return (
    <Page title="Release compare">
      <div className={classes.toolbar} role="group" aria-label="Groups">
        <NativeSelect
          size="xs"
          aria-label="Compare"
          value={by}
          data={GROUPED_BY.map((value) => ({ value, label: LABELS[value] }))}
          onChange={({ currentTarget: { value } }) =>
            change({ by: value === 'release' ? undefined : value, a: undefined, b: undefined })
          }
        />
        {/* The group that is the other one already changes places with it. */}
        <GroupPicker
          letter="A"
          by={by}
          value={a}
          choices={known}
          onChange={(next) => change({ a: next, b: next === b ? a : b })}
        />
        <Tooltip label="Swap A and B">
          <ActionIcon
            variant="subtle"
            color="gray"
            className={classes.swap}
            aria-label="Swap A and B"
            disabled={a === undefined || b === undefined}
            bg="transparent"
            onClick={() => change({ a: b, b: a })}
          >
            <WidthIcon />
          </ActionIcon>
        </Tooltip>
        <GroupPicker
          letter="B"
          by={by}
          value={b}
          choices={known}
          onChange={(next) => change({ a: next === a ? b : a, b: next })}
        />
      </div>
      <div className={classes.toolbar} role="group" aria-label="Filters">
        <QueryBar value={q ?? ''} onApply={(next) => change({ q: next })} filters={{ ...filters, q: undefined }} />
        {by !== 'env' && <EnvironmentControl value={asked.env} onChange={(next) => change({ env: next })} />}
        {by !== 'period' && <TimeControl value={t} onChange={(next) => change({ t: next })} />}
      </div>
      <LeftOutLine search={asked} change={change} />
      {report.error && isAsked ? (
        <ErrorPanel
          title="The groups could not be compared"
          message={errorMessage(report.error)}
          onRetry={() => void report.refetch()}
        />
      ) : isAsked && report.data ? (
        <div className={classes.report} data-stale={report.isPlaceholderData || undefined}>
          <ReportView report={report.data} search={search} />
        </div>
      ) : isAsked || isChoosing ? (
        <Skeleton h={320} mt="md" role="status" aria-label="Comparing" />
      ) : (
        <NothingToCompare by={by} known={known.length} isSame={a !== undefined && a === b} />
      )}
    </Page>
  );
}

function NothingToCompare({ by, known, isSame }: { by: GroupedBy; known: number; isSame: boolean }) {
  return (
    <EmptyState
      icon={<ColumnsIcon />}
      title={
        isSame
          ? 'A and B are the same'
          : known === 1
            ? 'There is one to choose, and two are compared'
            : 'Choose two groups'
      }
      description={
        by === 'release' ? (
          <>
            Requests name the release they were made by when it is logged with them: the SDK takes it from{' '}
            <Text component="code" fz="inherit">
              PROMPTLAB_RELEASE
            </Text>
            , and a log from <code>release</code>. Or compare models, environments, or two periods.
          </>
        ) : (
          'A is what it was, B is what is judged: better, worse, or no difference to be seen.'
        )
      }
    />
  );
}
