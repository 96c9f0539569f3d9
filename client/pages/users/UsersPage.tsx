import type { ReactNode } from 'react';
import { keepPreviousData } from '@tanstack/react-query';
import { PersonIcon } from '@radix-ui/react-icons';
import { Link } from '@tanstack/react-router';
import type { LargestUsers, UserSummary } from '#shared/sessions';
import type { GroupSort } from '#shared/stats';
import { trpc } from '../../api/trpc.ts';
import { CodeBlock } from '../../components/CodeBlock.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { formatClock } from '../../domain/clock.ts';
import { type PageSearch, sharedSearch, toFilters } from '../../domain/pageSearch.ts';
import { useAddress } from '../../domain/useAddress.ts';
import { formatCount, plural } from '../../lib/formatNumber.ts';
import { formatDate, formatExact } from '../../lib/time.ts';
import { useNow } from '../../lib/useNow.ts';
import { Clock, Count, ErrorSign, OneLine, SUM_COLUMNS } from '../groups/groupCells.tsx';
import { GroupListPage } from '../groups/GroupListPage.tsx';
import { groupListQuery } from '../groups/groupListQuery.ts';
import type { GroupColumn } from '../groups/GroupTable.tsx';
import table from '../../components/RowTable.module.css';

const SORTS = ['requests', 'cost', 'tokens', 'errors'] as const satisfies readonly GroupSort[];
/** Sums of all users are dearer than a page of them. */
const RANKED_POLL_MS = 60_000;

/** The latest seen first, below the line of their day. */
const COLUMNS: readonly GroupColumn<UserSummary>[] = [
  {
    name: 'time',
    title: 'Last seen',
    sort: 'time',
    width: 86,
    giveUp: 0,
    render: ({ user_id, last_at }) => (
      <UserLink user_id={user_id} label={`${formatClock(last_at)}, user ${user_id}`}>
        <Clock instant={last_at} />
      </UserLink>
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
    sort: 'requests',
    width: 92,
    giveUp: 0,
    isNumber: true,
    render: ({ requests, is_partial }) => <Count count={requests} isPartial={is_partial} />,
  },
  ...SUM_COLUMNS,
];

/** In another order a time of day says nothing, and a name is read first: the date goes where there is no room for both. */
const RANKED_COLUMNS: readonly GroupColumn<UserSummary>[] = COLUMNS.map((column) => {
  if (column.name === 'time')
    return { ...column, width: 104, giveUp: 1, render: ({ last_at }) => <Day of={last_at} /> };
  if (column.name !== 'user') return column;
  return {
    ...column,
    render: ({ user_id, last_at }) => (
      <UserLink user_id={user_id} label={`user ${user_id}, last seen ${formatDate(last_at)}`}>
        <OneLine text={user_id} />
      </UserLink>
    ),
  };
});

function Day({ of }: { of: string }) {
  return (
    <time dateTime={of} title={formatExact(of)}>
      {formatDate(of)}
    </time>
  );
}

function UserLink({ user_id, label, children }: { user_id: string; label: string; children: ReactNode }) {
  return (
    <Link
      to="/users/$userId"
      params={{ userId: user_id }}
      search={(before: object) => sharedSearch(before)}
      className={table.link}
      data-row={user_id}
      aria-label={label}
    >
      {children}
    </Link>
  );
}

const SNIPPET = `client.chat.completions.create({
  …,
  promptlab: { userId: user.id },
});`;

/** The list of users that requests name: the latest seen first, or the largest by what their requests add up to. */
export default function UsersPage() {
  const address = useAddress();
  const { search, change } = address;
  const now = useNow();
  const sort = sortOf(search);
  const [listed, listOptions] = groupListQuery(search, now);
  const latest = trpc.users.list.useQuery(listed, { ...listOptions, enabled: sort === undefined });
  const largest = trpc.users.largest.useQuery(
    { filters: toFilters(search, now), sort: sort ?? 'requests' },
    { enabled: sort !== undefined, placeholderData: keepPreviousData, refetchInterval: RANKED_POLL_MS },
  );
  const ranked = largest.data && { ...largest.data, next_cursor: null, searched_back_to: null };
  const rows = sort === undefined ? latest.data?.users : ranked?.users;
  return (
    <GroupListPage
      {...address}
      title="Users"
      noun="user"
      query={sort === undefined ? latest : { ...largest, data: ranked }}
      rows={rows ?? []}
      columns={sort === undefined ? COLUMNS : RANKED_COLUMNS}
      keyOf={({ user_id }) => user_id}
      timeOf={sort === undefined ? ({ last_at }) => last_at : undefined}
      sorting={{
        by: sort ?? 'time',
        onSort: (by) => change({ sort: by === 'time' || by === sort ? undefined : `-${by}` }),
      }}
      footer={sort && ranked && !largest.isPlaceholderData ? sayRanked(sort, ranked) : undefined}
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

/** What the address asks the users to be ranked by; undefined: they are listed as they were last seen. */
function sortOf({ sort }: PageSearch): GroupSort | undefined {
  return SORTS.find((each) => sort === `-${each}`);
}

/** `50 of 483 users, the largest by cost; sums are of the requests that match`, and since when where not all were counted. */
function sayRanked(sort: GroupSort, { users, count, counted_back_to }: LargestUsers): string {
  const who = users.length < count ? `${formatCount(users.length)} of ${plural(count, 'user')}` : plural(count, 'user');
  const since = counted_back_to === null ? '' : ` since ${formatExact(counted_back_to)}`;
  return `${who}, the largest by ${sort}; sums are of the requests that match${since}`;
}
