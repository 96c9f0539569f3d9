import { Skeleton } from '@mantine/core';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { Page } from '../../components/Page.tsx';
import { TextLink } from '../../components/TextLink.tsx';
import { isRequestId } from '../../domain/pageSearch.ts';
import { useAddress } from '../../domain/useAddress.ts';
import { CompareFacts } from './CompareFacts.tsx';
import { CompareMessages } from './CompareMessages.tsx';
import classes from './ComparePage.module.css';

/** Two to four requests side by side: what was asked and set, what came back, and what it took. */
export default function ComparePage() {
  const { search } = useAddress();
  const ids = [...new Set((search.ids ?? '').split(',').filter(isRequestId))];
  const details = trpc.useQueries((t) => ids.map((id) => t.requests.get({ id }, { staleTime: Infinity })));
  const requests = details.flatMap(({ data }) => data ?? []);
  const { ids: _ids, ...rest } = search;
  return (
    <Page
      title="Compare"
      trail={
        <TextLink to="/requests" search={rest} inherit>
          Requests
        </TextLink>
      }
    >
      {ids.length < 2 && (
        <p className={classes.hint}>
          Two to four requests are compared. Choose them in the list, or open one and take “Compare with …” from its
          menu.
        </p>
      )}
      {details.map(({ error, refetch }, index) =>
        error === null ? null : (
          <ErrorPanel
            key={ids[index]}
            title="A request could not be loaded"
            message={errorMessage(error)}
            onRetry={() => void refetch()}
          />
        ),
      )}
      {details.some(({ isPending }) => isPending) && (
        <Skeleton h={240} role="status" aria-label="Loading the requests" />
      )}
      {requests.length === ids.length && requests.length >= 2 && (
        <div className={classes.compare} style={{ '--columns': requests.length } as React.CSSProperties}>
          <CompareFacts requests={requests} />
          <CompareMessages requests={requests} />
        </div>
      )}
    </Page>
  );
}
