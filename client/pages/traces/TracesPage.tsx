import { Link } from '@tanstack/react-router';
import type { TraceSummary } from '#shared/trace';
import { trpc } from '../../api/trpc.ts';
import { CodeBlock } from '../../components/CodeBlock.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ComponentInstanceIcon } from '@radix-ui/react-icons';
import { formatClock } from '../../domain/clock.ts';
import { sharedSearch } from '../../domain/pageSearch.ts';
import { useAddress } from '../../domain/useAddress.ts';
import { formatDuration } from '../../lib/formatNumber.ts';
import { useNow } from '../../lib/useNow.ts';
import { Clock, Count, ErrorSign, OneLine, SUM_COLUMNS, Unknown } from '../groups/groupCells.tsx';
import { GroupListPage } from '../groups/GroupListPage.tsx';
import { groupListQuery } from '../groups/groupListQuery.ts';
import type { GroupColumn } from '../groups/GroupTable.tsx';
import classes from '../groups/GroupTable.module.css';
import table from '../../components/RowTable.module.css';
import { isRunning, RunningSign } from './RunningSign.tsx';

/** Exported for the page of a user. */
export const TRACE_COLUMNS: readonly GroupColumn<TraceSummary>[] = [
  {
    name: 'time',
    title: 'Began',
    width: 78,
    giveUp: 0,
    render: ({ trace_id, started_at, name }) => (
      <Link
        to="/traces/$traceId"
        params={{ traceId: trace_id }}
        search={(before: object) => sharedSearch(before)}
        className={table.link}
        data-row={trace_id}
        aria-label={`${formatClock(started_at)}, trace ${name}`}
      >
        <Clock instant={started_at} />
      </Link>
    ),
  },
  {
    name: 'trace',
    title: 'Trace',
    width: 220,
    giveUp: 0,
    isWide: true,
    render: ({ name, input_preview, output_preview }) => (
      <span className={table.line}>
        <bdi className={classes.name}>{name}</bdi>
        {(input_preview ?? output_preview) !== null && (
          <bdi className={classes.preview}>
            {[input_preview, output_preview].filter((words) => words !== null).join(' → ')}
          </bdi>
        )}
      </span>
    ),
  },
  { name: 'user', title: 'User', width: 116, giveUp: 8, render: ({ user_id }) => <OneLine text={user_id} /> },
  {
    name: 'session',
    title: 'Session',
    width: 124,
    giveUp: 9,
    render: ({ session_id }) => <OneLine text={session_id} />,
  },
  {
    name: 'duration',
    title: 'Duration',
    width: 92,
    giveUp: 0,
    isNumber: true,
    render: ({ latency_ms }) => (latency_ms === null ? <Unknown /> : formatDuration(latency_ms)),
  },
  {
    name: 'steps',
    title: 'Steps',
    width: 72,
    giveUp: 5,
    isNumber: true,
    render: ({ requests, spans, is_partial }) => <Count count={requests + spans} isPartial={is_partial} />,
  },
  ...SUM_COLUMNS,
];

const SNIPPET = `import { trace, span } from 'promptlab';

await trace('answer a question', async () => {
  const documents = await span('search', () => search(question), { input: question });
  return openai.chat.completions.create({ … });
});`;

/** The list of traces: each task of several calls, the latest begun first. */
export default function TracesPage() {
  const address = useAddress();
  const now = useNow();
  const query = trpc.traces.list.useQuery(...groupListQuery(address.search, now));
  return (
    <GroupListPage
      {...address}
      title="Traces"
      noun="trace"
      query={query}
      rows={query.data?.traces ?? []}
      columns={TRACE_COLUMNS}
      keyOf={({ trace_id }) => trace_id}
      timeOf={({ started_at }) => started_at}
      sign={(trace) => (isRunning(trace, now) ? <RunningSign /> : <ErrorSign errors={trace.errors} />)}
      firstRun={
        <EmptyState
          icon={<ComponentInstanceIcon width={20} height={20} />}
          title="No traces yet"
          description="A trace groups the calls and steps of one task. Begin one around your code, and it appears here."
        >
          <CodeBlock code={SNIPPET} label="How to begin a trace" />
        </EmptyState>
      }
    />
  );
}
