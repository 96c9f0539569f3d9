import { PersonIcon } from '@radix-ui/react-icons';
import { Link } from '@tanstack/react-router';
import type { UserSummary } from '#shared/sessions';
import { trpc } from '../../api/trpc.ts';
import { CodeBlock } from '../../components/CodeBlock.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { formatClock } from '../../domain/clock.ts';
import { sharedSearch } from '../../domain/pageSearch.ts';
import { useAddress } from '../../domain/useAddress.ts';
import { formatDate } from '../../lib/time.ts';
import { useNow } from '../../lib/useNow.ts';
import { Clock, Count, ErrorSign, OneLine, SUM_COLUMNS } from '../groups/groupCells.tsx';
import { GroupListPage } from '../groups/GroupListPage.tsx';
import { groupListQuery } from '../groups/groupListQuery.ts';
import type { GroupColumn } from '../groups/GroupTable.tsx';
import table from '../../components/RowTable.module.css';

const COLUMNS: readonly GroupColumn<UserSummary>[] = [
  {
    name: 'time',
    title: 'Last seen',
    width: 86,
    giveUp: 0,
    render: ({ user_id, last_at }) => (
      <Link
        to="/users/$userId"
        params={{ userId: user_id }}
        search={(before: object) => sharedSearch(before)}
        className={table.link}
        data-row={user_id}
        aria-label={`${formatClock(last_at)}, user ${user_id}`}
      >
        <Clock instant={last_at} />
      </Link>
    ),
  },
  {
    name: 'user',
    title: 'User',
    width: 160,
    giveUp: 0,
    isWide: true,
    render: ({ user_id }) => <OneLine text={user_id} />,
  },
  { name: 'first', title: 'First seen', width: 104, giveUp: 8, render: ({ first_at }) => formatDate(first_at) },
  {
    name: 'sessions',
    title: 'Sessions',
    width: 84,
    giveUp: 7,
    isNumber: true,
    render: ({ sessions, is_partial }) => <Count count={sessions} isPartial={is_partial && sessions > 0} />,
  },
  {
    name: 'requests',
    title: 'Requests',
    width: 92,
    giveUp: 0,
    isNumber: true,
    render: ({ requests, is_partial }) => <Count count={requests} isPartial={is_partial} />,
  },
  ...SUM_COLUMNS,
];

const SNIPPET = `client.chat.completions.create({
  …,
  promptlab: { userId: user.id },
});`;

/** The list of users that requests name, the latest seen first. */
export default function UsersPage() {
  const address = useAddress();
  const query = trpc.users.list.useQuery(...groupListQuery(address.search, useNow()));
  return (
    <GroupListPage
      {...address}
      title="Users"
      noun="user"
      query={query}
      rows={query.data?.users ?? []}
      columns={COLUMNS}
      keyOf={({ user_id }) => user_id}
      timeOf={({ last_at }) => last_at}
      sign={({ errors }) => <ErrorSign errors={errors} />}
      firstRun={
        <EmptyState
          icon={<PersonIcon width={20} height={20} />}
          title="No users yet"
          description="Requests that name a user are summed up here, user by user."
        >
          <CodeBlock code={SNIPPET} label="How to name a user" />
        </EmptyState>
      }
    />
  );
}
