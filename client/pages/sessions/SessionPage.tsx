import { useMemo } from 'react';
import { Button, Skeleton, Text } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { parseConversation } from '#shared/conversation/conversation';
import { formatTerm } from '#shared/query/terms';
import type { LoggedRequest } from '#shared/request';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { CopyButton } from '../../components/CopyButton.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { Page } from '../../components/Page.tsx';
import { TextLink } from '../../components/TextLink.tsx';
import { CostText } from '../../domain/CostText.tsx';
import { dayOf, formatClock, labelDay } from '../../domain/clock.ts';
import { MessageList } from '../../domain/conversation/MessageList.tsx';
import { sharedSearch } from '../../domain/pageSearch.ts';
import { CallError } from '../../domain/request/CallError.tsx';
import { ValueMenu } from '../../domain/request/ValueMenu.tsx';
import { useAddress } from '../../domain/useAddress.ts';
import { formatDuration, plural } from '../../lib/formatNumber.ts';
import { formatExact } from '../../lib/time.ts';
import { useNow } from '../../lib/useNow.ts';
import { GroupNumbers } from '../groups/GroupNumbers.tsx';
import { toTurns, type Turn } from './newMessages.ts';
import classes from './SessionPage.module.css';

/** A session as one conversation: its requests in order, each with what it added. */
export default function SessionPage() {
  const { sessionId } = useParams({ from: '/sessions/$sessionId' });
  const { search } = useAddress();
  const now = useNow();
  const query = trpc.sessions.get.useInfiniteQuery(
    { session_id: sessionId },
    { getNextPageParam: ({ next_cursor }) => next_cursor },
  );
  const pages = query.data?.pages;
  const session = pages?.at(-1)?.session;
  const requests = useMemo(() => pages?.flatMap((page) => page.requests) ?? [], [pages]);
  const turns = useMemo(() => toTurns(requests.map((request) => parseConversation(request))), [requests]);
  return (
    <Page
      title={sessionId}
      tabTitle={`${sessionId} · Session`}
      layout="fill"
      trail={
        <TextLink to="/sessions" search={sharedSearch(search)}>
          Sessions
        </TextLink>
      }
      about={<CopyButton text={sessionId} label="Copy session id" />}
      actions={
        <TextLink to="/requests" search={{ q: formatTerm({ field: 'session', value: sessionId }) }} fz="xs">
          Show as list
        </TextLink>
      }
    >
      {session && (
        <GroupNumbers sums={session} noun="call">
          <span>
            {formatExact(session.first_at)}
            {session.last_at !== session.first_at && ` – ${formatExact(session.last_at)}`}
          </span>
          {session.user_id !== null && <ValueMenu name="user" label="User" value={session.user_id} />}
          {session.environment !== null && <ValueMenu name="env" label="Environment" value={session.environment} />}
        </GroupNumbers>
      )}
      <div className={classes.scroll} tabIndex={0} role="region" aria-label="Conversation">
        <div className={classes.turns}>
          {query.isPending && <Skeleton h={240} radius="md" role="status" aria-label="Loading the session" />}
          {query.error && (
            <ErrorPanel
              title="The session could not be loaded"
              message={errorMessage(query.error)}
              onRetry={() => void (pages ? query.fetchNextPage() : query.refetch())}
            />
          )}
          {requests.map((request, index) => {
            const before = requests[index - 1];
            const isNewDay = before === undefined || dayOf(before.started_at) !== dayOf(request.started_at);
            const turn = turns[index];
            return (
              <div key={request.id}>
                {isNewDay && <h2 className={classes.day}>{labelDay(request.started_at, now)}</h2>}
                {turn && <TurnView request={request} turn={turn} />}
              </div>
            );
          })}
          {query.hasNextPage && (
            <Button
              variant="default"
              size="xs"
              mx="auto"
              loading={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              Show what was said later
            </Button>
          )}
        </div>
      </div>
    </Page>
  );
}

function TurnView({ request, turn }: { request: LoggedRequest; turn: Turn }) {
  const { id, started_at, model, latency_ms, trace_id, error, status } = request;
  return (
    <section className={classes.turn} aria-label={`Call at ${formatClock(started_at)}`}>
      <div className={classes.head}>
        <Link
          to="/requests/$requestId"
          params={{ requestId: id }}
          search={(before: object) => sharedSearch(before)}
          className={classes.link}
        >
          <time dateTime={started_at} title={formatExact(started_at)}>
            {formatClock(started_at)}
          </time>
        </Link>
        <bdi>{model}</bdi>
        {latency_ms !== null && <span>{formatDuration(latency_ms)}</span>}
        <CostText fz="inherit" request={request} />
        {trace_id !== null && (
          <Link to="/traces/$traceId" params={{ traceId: trace_id }} search={{ step: id }} className={classes.link}>
            Trace
          </Link>
        )}
        {turn.repeated > 0 && (
          <Text component="span" inherit c="dimmed" title="Earlier turns show them">
            {plural(turn.repeated, 'message')} repeated
          </Text>
        )}
      </div>
      {error && <CallError error={error} />}
      <MessageList
        conversation={turn}
        toolNames={turn.toolNames}
        finishReason={request.finish_reason}
        reasoningTokens={request.reasoning_tokens}
        noAnswer={status === 'error' ? undefined : 'No answer was logged.'}
      />
    </section>
  );
}
