import { Group, Paper, Skeleton, Stack, Text } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { CopyButton } from '../../components/CopyButton.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { TextLink } from '../../components/TextLink.tsx';
import { TraceStepRow } from './TraceStepRow.tsx';
import { TraceTotals } from './TraceTotals.tsx';
import { toTraceRows } from './traceTree.ts';
import classes from './TracePage.module.css';

/** A task of several calls: what ran in what, when, and what it took. */
export default function TracePage() {
  const { traceId } = useParams({ from: '/traces/$traceId' });
  const trace = trpc.traces.get.useQuery({ trace_id: traceId });
  return (
    <Stack gap="md" className={classes.page}>
      <PageHeader
        title={trace.data?.name ?? 'Trace'}
        description={
          <Group gap={4} wrap="nowrap" component="span" display="inline-flex">
            <Text component="span" inherit ff="monospace" fz={12.5} className="wrapAnywhere">
              {traceId}
            </Text>
            <CopyButton text={traceId} label="Copy trace id" />
          </Group>
        }
      >
        <TextLink to="/requests" search={{ trace_id: traceId }} fz="sm">
          Show as list
        </TextLink>
      </PageHeader>
      {trace.isPending && <Skeleton h={280} radius="lg" role="status" aria-label="Loading the trace" />}
      {trace.error && (
        <ErrorPanel
          title="This trace could not be loaded"
          message={errorMessage(trace.error)}
          onRetry={() => void trace.refetch()}
        />
      )}
      {trace.data && (
        <>
          <TraceTotals trace={trace.data} />
          <Paper radius="lg" className={classes.steps} component="ol" aria-label="Steps">
            {toTraceRows(trace.data).map((row) => (
              <TraceStepRow key={row.step.id} row={row} traceId={traceId} />
            ))}
          </Paper>
        </>
      )}
    </Stack>
  );
}
