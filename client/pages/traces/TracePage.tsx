import { useEffect, useMemo, useState } from 'react';
import { ActionIcon, Button, SegmentedControl, Skeleton, TextInput, Tooltip } from '@mantine/core';
import { keepPreviousData } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { ChevronDownIcon, ChevronUpIcon, MagnifyingGlassIcon } from '@radix-ui/react-icons';
import { formatTerm } from '#shared/query/terms';
import { errorMessage, isNotFound } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { CopyButton } from '../../components/CopyButton.tsx';
import { DockedPanel } from '../../components/DockedPanel.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { Page } from '../../components/Page.tsx';
import { TextLink } from '../../components/TextLink.tsx';
import { sharedSearch } from '../../domain/pageSearch.ts';
import { useAddress } from '../../domain/useAddress.ts';
import { formatCount, plural } from '../../lib/formatNumber.ts';
import { useMedia, WIDE } from '../../lib/useMedia.ts';
import { useNow } from '../../lib/useNow.ts';
import { isRunning } from './RunningSign.tsx';
import { StepDetail } from './StepDetail.tsx';
import { TraceLog } from './TraceLog.tsx';
import { TraceNumbers } from './TraceNumbers.tsx';
import { TraceTree } from './TraceTree.tsx';
import { firstOfInterest, joinTracePages, nameOfStep, toTraceRows, visibleRows } from './traceTree.ts';
import { useTraceSteps } from './useTraceSteps.ts';
import classes from './TracePage.module.css';

const POLL_MS = 3_000;
/** So many steps are loaded without being asked for, page by page; a tree of more is for those who want it. */
const LOADED_STEPS = 5_000;

/** A task of several calls: what ran in what, when, what it took, and the step that is looked at beside it. */
export default function TracePage() {
  const { traceId } = useParams({ from: '/traces/$traceId' });
  const { search, change } = useAddress();
  const isWide = useMedia(WIDE);
  const now = useNow();
  const [isOpen, setIsOpen] = useState(false);
  const trace = trpc.traces.get.useInfiniteQuery(
    { trace_id: traceId },
    {
      getNextPageParam: ({ next_cursor }) => next_cursor,
      placeholderData: keepPreviousData,
      // While the step around the others is not there, more is to come.
      // Each page is asked for again, so of many less often.
      refetchInterval: ({ state }) =>
        isOpen || isNotFound(state.error) ? POLL_MS * Math.max(1, state.data?.pages.length ?? 1) : false,
    },
  );
  const { hasNextPage, isFetching, isError, fetchNextPage } = trace;
  const loaded = trace.data?.pages.reduce((sum, page) => sum + page.spans.length + page.requests.length, 0) ?? 0;
  const loadsMore = hasNextPage && !isError && loaded < LOADED_STEPS;
  useEffect(() => {
    if (loadsMore && !isFetching) void fetchNextPage();
  }, [loadsMore, isFetching, fetchNextPage]);
  const detail = useMemo(() => trace.data && joinTracePages(trace.data.pages), [trace.data]);
  const rows = useMemo(() => (detail ? toTraceRows(detail) : []), [detail]);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [words, setWords] = useState('');
  const visible = useMemo(() => visibleRows(rows, folded, words), [rows, folded, words]);

  // Chosen once, so that a step that comes in later does not take the place of what is read.
  const [usual, setUsual] = useState<{ traceId: string; id: string } | null>(null);
  if (rows.length > 0 && usual?.traceId !== traceId && detail?.trace_id === traceId) {
    const first = firstOfInterest(rows);
    if (first) setUsual({ traceId, id: first.step.id });
  }
  const isLive =
    detail !== undefined &&
    isRunning(
      { ...detail, has_root: rows.some(({ step }) => step.parent_id === null) },
      Math.max(now, trace.dataUpdatedAt),
    );
  if (isLive !== isOpen) setIsOpen(isLive);

  const mode = search.mode === 'log' ? 'log' : 'tree';
  const setMode = (next: string) => change({ mode: next === 'log' ? 'log' : undefined }, 'replace');
  const steps = useTraceSteps({
    rows,
    visible,
    folded,
    onFold: setFolded,
    selectedId: search.step !== undefined && rows.some(({ step }) => step.id === search.step) ? search.step : usual?.id,
    onSelect: (id) => change({ step: id }, 'replace'),
    onMode: () => setMode(mode === 'log' ? 'tree' : 'log'),
  });
  const { selected } = steps;
  const isBeside = isWide || search.step !== undefined;
  const name = detail?.name ?? (rows[0] && nameOfStep(rows[0])) ?? 'Trace';
  const hasFolds = rows.some(({ size }) => size > 0);
  return (
    <Page
      title={name}
      tabTitle={`${name} · Trace`}
      layout="fill"
      trail={
        <TextLink to="/traces" search={sharedSearch(search)}>
          Traces
        </TextLink>
      }
      about={
        <span className={classes.about}>
          <code className={classes.id}>{traceId}</code>
          <CopyButton text={traceId} label="Copy trace id" />
        </span>
      }
      actions={
        detail && (
          <>
            {steps.errors > 0 && (
              <Button.Group>
                <Tooltip label="Previous error (Shift N)">
                  <Button
                    variant="default"
                    size="xs"
                    px={6}
                    aria-label="Previous error"
                    onClick={() => steps.goToError(-1)}
                  >
                    <ChevronUpIcon />
                  </Button>
                </Tooltip>
                <Tooltip label="Next error (n)">
                  <Button
                    variant="default"
                    size="xs"
                    px={8}
                    c="var(--pl-error)"
                    rightSection={<ChevronDownIcon />}
                    aria-label={`Next of ${plural(steps.errors, 'error')}`}
                    onClick={() => steps.goToError(1)}
                  >
                    {plural(steps.errors, 'error')}
                  </Button>
                </Tooltip>
              </Button.Group>
            )}
            <SegmentedControl
              size="xs"
              aria-label="How the steps are shown (t)"
              data={[
                { value: 'tree', label: 'Tree' },
                { value: 'log', label: 'Log' },
              ]}
              value={mode}
              onChange={setMode}
            />
          </>
        )
      }
    >
      {trace.error && (
        <div className={classes.error}>
          <ErrorPanel
            title={
              isNotFound(trace.error)
                ? 'There is no such trace, or it has not come in yet'
                : detail
                  ? 'The trace could not be loaded any further'
                  : 'This trace could not be loaded'
            }
            message={errorMessage(trace.error)}
            onRetry={() => void (detail ? trace.fetchNextPage() : trace.refetch())}
          />
        </div>
      )}
      {trace.isPending && <Skeleton m={16} h={280} radius="md" role="status" aria-label="Loading the trace" />}
      {detail && <TraceNumbers trace={detail} isLive={isLive} />}
      {detail && (
        <DockedPanel
          label="Step"
          onClose={() => change({ step: undefined }, 'replace')}
          panel={
            isBeside && selected ? (
              <StepDetail
                key={selected.step.id}
                row={selected}
                onClose={isWide ? undefined : () => change({ step: undefined }, 'replace')}
                onDeleted={() => void trace.refetch()}
              />
            ) : null
          }
        >
          <div className={classes.tools}>
            <TextInput
              size="xs"
              className={classes.find}
              aria-label="Find in the trace"
              placeholder="Find a step"
              leftSection={<MagnifyingGlassIcon />}
              value={words}
              onChange={(event) => setWords(event.currentTarget.value)}
            />
            {mode === 'tree' && hasFolds && (
              <Tooltip label={folded.size > 0 ? 'Expand all (e)' : 'Collapse all (e)'}>
                <ActionIcon
                  variant="default"
                  size={28}
                  aria-label={folded.size > 0 ? 'Expand all' : 'Collapse all'}
                  onClick={steps.toggleAll}
                >
                  {folded.size > 0 ? <ChevronDownIcon /> : <ChevronUpIcon />}
                </ActionIcon>
              </Tooltip>
            )}
            <TextLink to="/requests" search={{ q: formatTerm({ field: 'trace', value: traceId }) }} fz="xs">
              Show as list
            </TextLink>
          </div>
          {mode === 'log' ? (
            <TraceLog
              rows={visible}
              origin={rows[0]?.start ?? 0}
              selectedId={selected?.step.id}
              onSelect={steps.select}
            />
          ) : (
            <TraceTree rows={visible} all={rows} folded={folded} steps={steps} />
          )}
          {loadsMore && (
            <div className={classes.more} role="status">
              Loading {formatCount(loaded)} of {formatCount(detail.span_count + detail.totals.requests)} steps
            </div>
          )}
          {hasNextPage && !loadsMore && (
            <div className={classes.more}>
              <Button
                variant="default"
                size="xs"
                loading={trace.isFetchingNextPage}
                onClick={() => void trace.fetchNextPage()}
              >
                Load more steps ({formatCount(loaded)} of {formatCount(detail.span_count + detail.totals.requests)} are
                shown)
              </Button>
            </div>
          )}
        </DockedPanel>
      )}
    </Page>
  );
}
