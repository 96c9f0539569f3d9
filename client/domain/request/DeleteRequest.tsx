import { Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { RequestId } from '#shared/primitives';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ConfirmModal } from '../../components/ConfirmModal.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';

type DeleteRequestProps = {
  id: RequestId;
  isAsked: boolean;
  onClose: () => void;
  onDeleted: (() => void) | undefined;
};

/** Only a key that may manage deletes. */
export function useCanDelete(): boolean {
  const session = trpc.session.get.useQuery(undefined, { staleTime: 60_000 });
  return session.data?.api_key.scopes.includes('manage') ?? false;
}

/** Asks before it deletes the open request. */
export function DeleteRequest({ id, isAsked, onClose, onDeleted }: DeleteRequestProps) {
  const utils = trpc.useUtils();
  const remove = trpc.requests.delete.useMutation();
  const close = () => {
    remove.reset();
    onClose();
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
  );
}
