import { Alert, Skeleton, Stack } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import type { RequestId } from '#shared/primitives';
import type { RequestSummary } from '#shared/request';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { SidePanel } from '../../components/SidePanel.tsx';
import { CallError } from './CallError.tsx';
import { ConversationView } from './ConversationView.tsx';
import { DrawerHeader } from './DrawerHeader.tsx';
import { RequestDetails } from './RequestDetails.tsx';
import { RequestMetrics } from './RequestMetrics.tsx';
import { RequestParameters } from './RequestParameters.tsx';
import type { FilterField } from './requestFields.ts';
import { withFilter, type RequestsSearch } from './requestsSearch.ts';
import classes from './RequestDrawer.module.css';

type RequestDrawerProps = {
  id: RequestId;
  /** The rows beside it: the neighbours to step to, and what is known before the words are loaded. */
  rows: readonly RequestSummary[];
  search: RequestsSearch;
  onOpen: (id: RequestId | undefined, isStep?: boolean) => void;
  onFilter: (search: RequestsSearch) => void;
};

/** One request with all that is known of it, beside the list. */
export function RequestDrawer({ id, rows, search, onOpen, onFilter }: RequestDrawerProps) {
  // A stored request never changes, so what was loaded once stays good.
  const detail = trpc.requests.get.useQuery({ id }, { staleTime: Infinity });
  const position = rows.findIndex((row) => row.id === id);
  const summary = detail.data ?? rows[position];
  const newer = position > 0 ? rows[position - 1]?.id : undefined;
  const older = position >= 0 ? rows[position + 1]?.id : undefined;
  const stepTo = (neighbour: RequestId | undefined) => neighbour && onOpen(neighbour, true);
  const close = () => onOpen(undefined);
  const filter = (field: FilterField, value: string) => onFilter(withFilter(search, field, value));

  useHotkeys([
    ['j', () => stepTo(older)],
    ['k', () => stepTo(newer)],
  ]);

  return (
    <SidePanel label="Request" onClose={close}>
      <DrawerHeader
        id={id}
        summary={summary}
        detail={detail.data}
        onNewer={newer && (() => stepTo(newer))}
        onOlder={older && (() => stepTo(older))}
        onClose={close}
      />
      <div key={id} className={classes.body} tabIndex={0} role="region" aria-label="Request details">
        <Stack gap="lg">
          {detail.error && (
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
          {summary && <RequestDetails request={summary} onFilter={filter} />}
          {detail.isPending && <ConversationSkeleton />}
          {detail.data && <ConversationView request={detail.data} />}
          {detail.data && <RequestParameters request={detail.data} />}
        </Stack>
      </div>
    </SidePanel>
  );
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
