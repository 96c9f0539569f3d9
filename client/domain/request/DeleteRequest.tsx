import { useState } from 'react';
import { ActionIcon, Text, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { TrashIcon } from '@radix-ui/react-icons';
import type { RequestId } from '#shared/primitives';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ConfirmModal } from '../../components/ConfirmModal.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';

/** Deletes the open request. Only for a key that may. */
export function DeleteRequest({ id, onDeleted }: { id: RequestId; onDeleted: (() => void) | undefined }) {
  const session = trpc.session.get.useQuery(undefined, { staleTime: 60_000 });
  const [isAsked, setIsAsked] = useState(false);
  const utils = trpc.useUtils();
  const remove = trpc.requests.delete.useMutation();
  if (!session.data?.api_key.scopes.includes('manage')) return null;

  const close = () => {
    remove.reset();
    setIsAsked(false);
  };
  const confirm = async () => {
    await remove.mutateAsync({ id });
    void utils.requests.list.invalidate();
    void utils.stats.totals.invalidate();
    notifications.show({ message: 'Request deleted', color: 'green', role: 'status' });
    close();
    onDeleted?.();
  };
  return (
    <>
      <Tooltip label="Delete request">
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label="Delete request"
          onClick={() => setIsAsked(true)}
        >
          <TrashIcon />
        </ActionIcon>
      </Tooltip>
      <ConfirmModal
        isOpen={isAsked}
        title="Delete request"
        confirmLabel="Delete request"
        isBusy={remove.isPending}
        onConfirm={() => {
          // A refusal is shown below, from the state of the mutation.
          void confirm().catch(() => {});
        }}
        onCancel={close}
      >
        <Text fz="sm">Delete this request and everything that was logged of it? It also leaves the totals.</Text>
        {remove.error && <ErrorPanel title="The request was not deleted" message={errorMessage(remove.error)} />}
      </ConfirmModal>
    </>
  );
}
