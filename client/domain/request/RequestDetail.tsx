import { useEffect, useRef, useState } from 'react';
import { Skeleton, Stack } from '@mantine/core';
import type { RequestId } from '#shared/primitives';
import type { RequestSummary } from '#shared/request';
import { errorMessage, isNotFound } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { useMedia, WIDE } from '../../lib/useMedia.ts';
import { useTitleWhileShown } from '../../lib/useTitleWhileShown.ts';
import { formatMoment } from '../../lib/time.ts';
import { ChipsLine } from './ChipsLine.tsx';
import { ConversationTab } from './ConversationTab.tsx';
import { DetailHead } from './DetailHead.tsx';
import { type DetailTab, DetailTabs } from './DetailTabs.tsx';
import { MetadataTab } from './MetadataTab.tsx';
import { MetricsLine } from './MetricsLine.tsx';
import { NoRequest } from './NoRequest.tsx';
import { ParamsTab } from './ParamsTab.tsx';
import { RawTab } from './RawTab.tsx';
import { SearchedWords } from './SearchedWords.tsx';
import { useMarkedWords } from './useMarkedWords.ts';
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
  /** What was searched for: it is marked. They are the same list until the search changes. */
  words?: readonly string[] | undefined;
  /** `page`: with the metadata at its side, where there is room. Default: `docked`. */
  layout?: 'docked' | 'page';
  /** Which tab is open; left out, it is remembered here. */
  tab?: DetailTab | undefined;
  onTab?: ((tab: DetailTab) => void) | undefined;
};

const NO_WORDS: readonly string[] = [];

/**
 * One request with all that is known of it. It fills its parent, which has a height, and scrolls inside: beside the
 * list, on a page of its own, and in a trace. A change of `id` shows another one.
 */
export function RequestDetail(props: RequestDetailProps) {
  const { id, summary: known, place, onStep, onClose, onDeleted, layout = 'docked', words = NO_WORDS } = props;
  // A stored request never changes, so what was loaded once stays good.
  const detail = trpc.requests.get.useQuery({ id }, { staleTime: Infinity });
  usePrefetch(detail.data === undefined ? [] : [place?.older, place?.newer]);
  const summary = detail.data ?? known;
  const [ownTab, setOwnTab] = useState<DetailTab>('conversation');
  const tab = props.tab ?? ownTab;
  const hasRail = useMedia(WIDE) && layout === 'page' && tab === 'conversation';
  const body = useRef<HTMLDivElement>(null);
  const marked = useMarkedWords(body, words, `${id} ${tab} ${detail.data !== undefined}`);
  useTitleWhileShown(summary && `${summary.name ?? summary.model} · ${formatMoment(summary.started_at)} · PromptLab`);
  return (
    <div className={classes.detail}>
      <DetailHead
        id={id}
        summary={summary}
        detail={detail.data}
        place={place}
        onStep={onStep}
        onClose={onClose}
        onDeleted={onDeleted ?? onClose}
      />
      {summary && <MetricsLine request={summary} />}
      {summary && <ChipsLine request={summary} />}
      <DetailTabs tab={tab} request={detail.data} onTab={props.onTab ?? setOwnTab} />
      {words.length > 0 && detail.data && <SearchedWords key={`${id} ${tab}`} words={words} ranges={marked} />}
      <div className={classes.split}>
        <div
          // Each begins where it is read from.
          key={`${id} ${tab}`}
          ref={body}
          className={classes.body}
          data-scrolls
          data-fill={tab === 'raw' || undefined}
          tabIndex={0}
          role="region"
          aria-label="Request details"
        >
          {isNotFound(detail.error) && <NoRequest message={errorMessage(detail.error)} />}
          {detail.error && !isNotFound(detail.error) && (
            <ErrorPanel
              title="This request could not be loaded"
              message={errorMessage(detail.error)}
              onRetry={() => void detail.refetch()}
            />
          )}
          {detail.isPending && <ConversationSkeleton />}
          {detail.data && tab === 'conversation' && (
            <ConversationTab
              request={detail.data}
              body={body}
              words={words}
              hasKeys={onStep !== undefined || layout === 'page'}
            />
          )}
          {detail.data && tab === 'params' && <ParamsTab request={detail.data} />}
          {detail.data && tab === 'metadata' && <MetadataTab request={detail.data} />}
          {detail.data && tab === 'raw' && <RawTab request={detail.data} />}
        </div>
        {hasRail && detail.data && (
          <aside className={classes.rail} tabIndex={0} aria-label="All about it">
            <MetadataTab request={detail.data} />
          </aside>
        )}
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
    <Stack gap="sm" role="status" aria-label="Loading the conversation" pt={8}>
      <Skeleton h={24} />
      <Skeleton h={64} />
      <Skeleton h={96} />
    </Stack>
  );
}
