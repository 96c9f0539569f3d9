import { Button, Skeleton } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { formatTerm } from '#shared/query/terms';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { CopyButton } from '../../components/CopyButton.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { Page } from '../../components/Page.tsx';
import { TextLink } from '../../components/TextLink.tsx';
import { sharedSearch, toFilters } from '../../domain/pageSearch.ts';
import { TimeControl } from '../../domain/filters/TimeControl.tsx';
import { useAddress } from '../../domain/useAddress.ts';
import { formatExact } from '../../lib/time.ts';
import { useNow } from '../../lib/useNow.ts';
import { ErrorSign } from '../groups/groupCells.tsx';
import { GroupNumbers } from '../groups/GroupNumbers.tsx';
import { GroupTable } from '../groups/GroupTable.tsx';
import { SESSION_COLUMNS } from '../sessions/SessionsPage.tsx';
import { TRACE_COLUMNS } from '../traces/TracesPage.tsx';
import classes from './UserPage.module.css';

const ROWS = 20;

/** One user: what the requests that name it add up to, and its latest sessions and traces. */
export default function UserPage() {
  const { userId } = useParams({ from: '/users/$userId' });
  const { search, change } = useAddress();
  const now = useNow();
  const q = formatTerm({ field: 'user', value: userId });
  const user = trpc.users.get.useQuery({ user_id: userId });
  const filters = { ...toFilters({ t: search.t, env: search.env }, now), user_id: userId, limit: ROWS };
  const sessions = trpc.sessions.list.useQuery(filters);
  const traces = trpc.traces.list.useQuery(filters);
  const shared = sharedSearch(search);
  return (
    <Page
      title={userId}
      tabTitle={`${userId} · User`}
      layout="fill"
      trail={
        <TextLink to="/users" search={shared}>
          Users
        </TextLink>
      }
      about={<CopyButton text={userId} label="Copy user id" />}
    >
      {user.data && (
        <GroupNumbers sums={user.data} noun="request">
          <span>First seen {formatExact(user.data.first_at)}</span>
          <span>Last seen {formatExact(user.data.last_at)}</span>
        </GroupNumbers>
      )}
      <div className={classes.body}>
        {[user, sessions, traces].map(
          ({ error, refetch }, index) =>
            error && (
              <ErrorPanel
                key={index}
                title="This user could not be loaded"
                message={errorMessage(error)}
                onRetry={() => void refetch()}
              />
            ),
        )}
        <div className={classes.links}>
          <Button
            variant="default"
            size="xs"
            renderRoot={(props) => <Link to="/requests" search={{ ...shared, q }} {...props} />}
          >
            All requests
          </Button>
          <Button
            variant="default"
            size="xs"
            renderRoot={(props) => <Link to="/sessions" search={{ ...shared, q }} {...props} />}
          >
            All sessions
          </Button>
          <Button
            variant="default"
            size="xs"
            renderRoot={(props) => <Link to="/traces" search={{ ...shared, q }} {...props} />}
          >
            All traces
          </Button>
          <TimeControl value={search.t} onChange={(t) => change({ t })} />
        </div>
        <section aria-label="Latest sessions" className={classes.section}>
          <h2>Latest sessions</h2>
          {sessions.isPending && <Skeleton h={80} />}
          {sessions.data?.sessions.length === 0 && <p>None in this time.</p>}
          {sessions.data && sessions.data.sessions.length > 0 && (
            <GroupTable
              label="Latest sessions"
              rows={sessions.data.sessions}
              columns={SESSION_COLUMNS.filter(({ name }) => name !== 'user')}
              keyOf={({ session_id }) => session_id}
              timeOf={({ last_at }) => last_at}
              sign={({ errors }) => <ErrorSign errors={errors} />}
              now={now}
            />
          )}
        </section>
        <section aria-label="Latest traces" className={classes.section}>
          <h2>Latest traces</h2>
          {traces.isPending && <Skeleton h={80} />}
          {traces.data?.traces.length === 0 && <p>None in this time.</p>}
          {traces.data && traces.data.traces.length > 0 && (
            <GroupTable
              label="Latest traces"
              rows={traces.data.traces}
              columns={TRACE_COLUMNS.filter(({ name }) => name !== 'user')}
              keyOf={({ trace_id }) => trace_id}
              timeOf={({ started_at }) => started_at}
              sign={({ errors }) => <ErrorSign errors={errors} />}
              now={now}
            />
          )}
        </section>
      </div>
    </Page>
  );
}
