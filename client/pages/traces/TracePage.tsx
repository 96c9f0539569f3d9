import { Button, Paper, Skeleton, Stack, Text } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { formatTerm } from '#shared/query/terms';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { CopyButton } from '../../components/CopyButton.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { Page } from '../../components/Page.tsx';
import { TextLink } from '../../components/TextLink.tsx';
import { formatCount } from '../../lib/formatNumber.ts';
import { TraceStepRow } from './TraceStepRow.tsx';
import { TraceTotals } from './TraceTotals.tsx';
import { joinTracePages, toTraceRows } from './traceTree.ts';
import classes from './TracePage.module.css';

/** A task of several calls: what ran in what, when, and what it took. */
export default function TracePage() {
  const { traceId } = useParams({ from: '/traces/$traceId' });
  const trace = trpc.traces.get.useInfiniteQuery(
    { trace_id: traceId },
    { getNextPageParam: ({ next_cursor }) => next_cursor },
  );
  const detail = trace.data && joinTracePages(trace.data.pages);
  return (
    <Page
      title={detail?.name ?? 'Trace'}
      about={
        <>
          <Text component="span" inherit ff="monospace" truncate>
            {traceId}
          </Text>
          <CopyButton text={traceId} label="Copy trace id" />
        </>
      }
      actions={
        <TextLink to="/requests" search={{ q: formatTerm({ field: 'trace', value: traceId }) }} fz="sm">
          Show as list
        </TextLink>
      }
    >
      <Stack gap="md">
        {trace.isPending && <Skeleton h={280} radius="lg" role="status" aria-label="Loading the trace" />}
        {trace.error && (
          <ErrorPanel
            title={detail ? 'The trace could not be loaded any further' : 'This trace could not be loaded'}
            message={errorMessage(trace.error)}
            onRetry={() => void (detail ? trace.fetchNextPage() : trace.refetch())}
          />
        )}
        {detail && (
          <>
            <TraceTotals trace={detail} />
            <Paper radius="lg" className={classes.steps} component="ol" aria-label="Steps">
              {toTraceRows(detail).map((row) => (
                <TraceStepRow key={row.step.id} row={row} traceId={traceId} />
              ))}
            </Paper>
            {trace.hasNextPage && (
              <Button
                variant="default"
                loading={trace.isFetchingNextPage}
                onClick={() => void trace.fetchNextPage()}
                mx="auto"
              >
                Load more steps ({formatCount(detail.spans.length + detail.requests.length)} of{' '}
                {formatCount(detail.span_count + detail.totals.requests)} are shown)
              </Button>
            )}
          </>
        )}
      </Stack>
    </Page>
  );
}
