import { ChatBubbleIcon } from '@radix-ui/react-icons';
import { Link } from '@tanstack/react-router';
import type { SessionSummary } from '#shared/sessions';
import { trpc } from '../../api/trpc.ts';
import { CodeBlock } from '../../components/CodeBlock.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { formatClock } from '../../domain/clock.ts';
import { sharedSearch } from '../../domain/pageSearch.ts';
import { useAddress } from '../../domain/useAddress.ts';
import { useNow } from '../../lib/useNow.ts';
import { Clock, Count, ErrorSign, OneLine, SUM_COLUMNS } from '../groups/groupCells.tsx';
import { GroupListPage } from '../groups/GroupListPage.tsx';
import { groupListQuery } from '../groups/groupListQuery.ts';
import type { GroupColumn } from '../groups/GroupTable.tsx';
import table from '../../components/RowTable.module.css';

/** Exported for the page of a user. */
export const SESSION_COLUMNS: readonly GroupColumn<SessionSummary>[] = [
  {
    name: 'time',
    title: 'Last seen',
    width: 86,
    giveUp: 0,
    render: ({ session_id, last_at }) => (
      <Link
        to="/sessions/$sessionId"
        params={{ sessionId: session_id }}
        search={(before: object) => sharedSearch(before)}
        className={table.link}
        data-row={session_id}
        aria-label={`${formatClock(last_at)}, session ${session_id}`}
      >
        <Clock instant={last_at} />
      </Link>
    ),
  },
  {
    name: 'words',
    title: 'First words',
    width: 220,
    giveUp: 0,
    isWide: true,
    render: ({ input_preview }) => <OneLine text={input_preview} />,
  },
  {
    name: 'session',
    title: 'Session',
    width: 148,
    giveUp: 7,
    render: ({ session_id }) => <OneLine text={session_id} />,
  },
  { name: 'user', title: 'User', width: 116, giveUp: 8, render: ({ user_id }) => <OneLine text={user_id} /> },
  {
    name: 'models',
    title: 'Models',
    width: 132,
    giveUp: 9,
    render: ({ models }) => <OneLine text={models.join(', ')} />,
  },
  {
    name: 'requests',
    title: 'Calls',
    width: 72,
    giveUp: 5,
    isNumber: true,
    render: ({ requests, is_partial }) => <Count count={requests} isPartial={is_partial} />,
  },
  ...SUM_COLUMNS,
];

const SNIPPET = `client.chat.completions.create({
  …,
  promptlab: { sessionId: chat.id, userId: user.id },
});`;

/** The list of sessions: the requests of one conversation each, the latest used first. */
export default function SessionsPage() {
  const address = useAddress();
  const query = trpc.sessions.list.useQuery(...groupListQuery(address.search, useNow()));
  return (
    <GroupListPage
      {...address}
      title="Sessions"
      noun="session"
      query={query}
      rows={query.data?.sessions ?? []}
      columns={SESSION_COLUMNS}
      keyOf={({ session_id }) => session_id}
      timeOf={({ last_at }) => last_at}
      sign={({ errors }) => <ErrorSign errors={errors} />}
      firstRun={
        <EmptyState
          icon={<ChatBubbleIcon width={20} height={20} />}
          title="No sessions yet"
          description="Requests that name the same session are read here as one conversation."
        >
          <CodeBlock code={SNIPPET} label="How to name a session" />
        </EmptyState>
      }
    />
  );
}
