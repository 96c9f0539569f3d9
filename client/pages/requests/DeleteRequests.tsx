import { useState } from 'react';
import { Button, Text } from '@mantine/core';
import { TrashIcon } from '@radix-ui/react-icons';
import type { RequestFilters } from '#shared/request';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ConfirmModal } from '../../components/ConfirmModal.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { useFollowDeletion } from '../../domain/followDeletion.ts';
import { plural } from '../../lib/formatNumber.ts';

type DeleteRequestsProps = {
  /** What is in view now; taken when the question is asked, so that what comes in meanwhile is not meant. */
  filters: () => RequestFilters;
};

/** Deletes all requests that match the filters in view, as a job. Only for a key that may. */
export default function DeleteRequests({ filters }: DeleteRequestsProps) {
  const session = trpc.session.get.useQuery(undefined, { staleTime: 60_000 });
  const [asked, setAsked] = useState<RequestFilters | null>(null);
  const totals = trpc.stats.totals.useQuery(asked ?? {}, { enabled: asked !== null });
  const follow = useFollowDeletion();
  const remove = trpc.requests.deleteMatching.useMutation();
  if (!session.data?.api_key.scopes.includes('manage')) return null;

  const close = () => {
    remove.reset();
    setAsked(null);
  };
  const confirm = async (meant: RequestFilters) => {
    follow(await remove.mutateAsync({ filters: meant }));
    close();
  };
  return (
    <>
      <Button
        variant="subtle"
        size="xs"
        color="gray"
        leftSection={<TrashIcon />}
        onClick={() => setAsked(filters())}
        title="Delete all requests that match the filters"
      >
        Delete
      </Button>
      <ConfirmModal
        isOpen={asked !== null}
        title="Delete the requests that match"
        confirmLabel={totals.data ? `Delete ${plural(totals.data.requests, 'request')}` : 'Delete'}
        isBusy={remove.isPending}
        onConfirm={() => {
          // A refusal is shown below, from the state of the mutation.
          if (asked) void confirm(asked).catch(() => {});
        }}
        onCancel={close}
      >
        <Text fz="sm">
          {totals.data ? plural(totals.data.requests, 'request') : 'All requests'} of all pages, with everything that
          was logged of them, and the steps of traces that match too. They also leave the totals. This cannot be undone.
        </Text>
        {remove.error && <ErrorPanel title="Nothing was deleted" message={errorMessage(remove.error)} />}
      </ConfirmModal>
    </>
  );
}
