import { useEffect } from 'react';
import { Alert, Skeleton, Stack } from '@mantine/core';
import type { RequestId } from '#shared/primitives';
import type { RequestSummary } from '#shared/request';
import { errorMessage, isNotFound } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { CallError } from './CallError.tsx';
import { ConversationView } from './ConversationView.tsx';
import { DetailHead } from './DetailHead.tsx';
import { NoRequest } from './NoRequest.tsx';
import { RequestDetails } from './RequestDetails.tsx';
import { RequestMetrics } from './RequestMetrics.tsx';
import { RequestParameters } from './RequestParameters.tsx';
import classes from './RequestDetail.module.css';

/** Where a request stands among the rows it was opened from. */
export interface RequestPlace {
  /** From 1. */
  readonly position: number;
  readonly of: number;
  readonly newer?: RequestId | undefined;
  readonly older?: RequestId | undefined;
}

export type RequestDetailProps = {
  id: RequestId;
  /** What is known of it before its words are loaded. */
  summary?: RequestSummary | undefined;
  place?: RequestPlace | undefined;
  /** Goes to a neighbour in `place`. Keys are the page's: this has buttons alone. */
  onStep?: ((id: RequestId) => void) | undefined;
  /** Left out where there is nothing to close, as on a page of its own. */
  onClose?: (() => void) | undefined;
  /** After it was deleted; `onClose` where there is none. */
  onDeleted?: (() => void) | undefined;
};

/**
 * One request with all that is known of it. It fills its parent, which has a height, and scrolls inside: beside the
 * list, on a page of its own, and in a trace. A change of `id` shows another one.
 */
export function RequestDetail({ id, summary: known, place, onStep, onClose, onDeleted }: RequestDetailProps) {
  // A stored request never changes, so what was loaded once stays good.
  const detail = trpc.requests.get.useQuery({ id }, { staleTime: Infinity });
  usePrefetch(detail.data === undefined ? [] : [place?.older, place?.newer]);
  const summary = detail.data ?? known;
  const step = (neighbour: RequestId | undefined) => neighbour && onStep && (() => onStep(neighbour));
  return (
    <div className={classes.detail}>
      <DetailHead
        id={id}
        summary={summary}
        detail={detail.data}
        onNewer={step(place?.newer)}
        onOlder={step(place?.older)}
        onClose={onClose}
        onDeleted={onDeleted ?? onClose}
      />
      <div key={id} className={classes.body} tabIndex={0} role="region" aria-label="Request details">
        <Stack gap="lg">
          {isNotFound(detail.error) && <NoRequest message={errorMessage(detail.error)} />}
          {detail.error && !isNotFound(detail.error) && (
            <ErrorPanel
              title="This request could not be loaded"
              message={errorMessage(detail.error)}
              onRetry={() => void detail.refetch()}
            />
          )}
          {summary && <RequestMetrics request={summary} />}
          {summary?.error && <CallError error={summary.error} />}
          {summary?.truncated && (
            <Alert color="yellow" variant="light" p="xs">
              A field was longer than PromptLab keeps. Where it was cut, its text says so.
            </Alert>
          )}
          {summary && <RequestDetails request={summary} />}
          {detail.isPending && <ConversationSkeleton />}
          {detail.data && <ConversationView request={detail.data} />}
          {detail.data && <RequestParameters request={detail.data} />}
        </Stack>
      </div>
    </div>
  );
}

/** The neighbours are there before one steps to them. */
function usePrefetch(neighbours: readonly (RequestId | undefined)[]): void {
  const utils = trpc.useUtils();
  const ids = neighbours.filter((id) => id !== undefined);
  useEffect(() => {
    for (const id of ids) void utils.requests.get.prefetch({ id }, { staleTime: Infinity });
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- The list is new each time; what counts are its ids.
  }, [ids.join(), utils]);
}

function ConversationSkeleton() {
  return (
    <Stack gap="sm" role="status" aria-label="Loading the conversation">
      <Skeleton h={64} radius="md" />
      <Skeleton h={96} radius="md" />
      <Skeleton h={64} radius="md" />
    </Stack>
  );
}
