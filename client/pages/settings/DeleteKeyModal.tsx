import { Alert, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { ApiKey } from '#shared/apiKey';
import { signOut } from '../../api/credentials.ts';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ConfirmModal } from '../../components/ConfirmModal.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';

type DeleteKeyModalProps = {
  /** Null: nothing is asked. */
  apiKey: ApiKey | null;
  isOwn: boolean;
  onClose: () => void;
};

/** Asks before a key is deleted. Deleting the key that one is signed in with signs out. */
export function DeleteKeyModal({ apiKey, isOwn, onClose }: DeleteKeyModalProps) {
  const utils = trpc.useUtils();
  const remove = trpc.apiKeys.delete.useMutation();
  const close = () => {
    remove.reset();
    onClose();
  };
  const confirm = async (key: ApiKey) => {
    await remove.mutateAsync({ id: key.id });
    if (isOwn) {
      signOut(`You deleted “${key.name}”, the key you were signed in with.`);
      return;
    }
    void utils.apiKeys.list.invalidate();
    notifications.show({ message: `Key “${key.name}” deleted`, color: 'green', role: 'status' });
    close();
  };
  return (
    <ConfirmModal
      isOpen={apiKey !== null}
      title="Delete API key"
      confirmLabel={isOwn ? 'Delete key and sign out' : 'Delete key'}
      isBusy={remove.isPending}
      onConfirm={() => {
        // A refusal is shown below, from the state of the mutation.
        if (apiKey) void confirm(apiKey).catch(() => {});
      }}
      onCancel={close}
    >
      <Text fz="sm" className="wrapAnywhere">
        Delete <b>{apiKey?.name}</b> ({apiKey?.key_prefix}…)? Applications that use it can no longer log or read, at
        once and for good. What it logged stays.
      </Text>
      {isOwn && (
        <Alert color="yellow" variant="light">
          This is the key you are signed in with. You will be signed out.
        </Alert>
      )}
      {remove.error && <ErrorPanel title="The key was not deleted" message={errorMessage(remove.error)} />}
    </ConfirmModal>
  );
}
