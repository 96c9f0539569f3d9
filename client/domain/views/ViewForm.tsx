import { useState } from 'react';
import { Button, Checkbox, Group, Modal, Stack, TextInput } from '@mantine/core';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import type { ViewDialogProps, ViewDraft } from './ViewDialog.tsx';

/** What the server takes (shared/view.ts). */
const NAME_LENGTH = 60;

/** The dialog itself, loaded when it is asked for. */
export default function ViewForm({ draft, onClose, onSaved }: ViewDialogProps) {
  return (
    <Modal
      opened={draft !== null}
      onClose={onClose}
      title={draft?.view ? 'Rename view' : 'Save view'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {draft && <Fields key={draft.view?.id} draft={draft} onClose={onClose} onSaved={onSaved} />}
    </Modal>
  );
}

function Fields({ draft, onClose, onSaved }: ViewDialogProps & { draft: ViewDraft }) {
  const [name, setName] = useState(draft.view?.name ?? '');
  const [isDefault, setIsDefault] = useState(draft.view?.is_default ?? false);
  const utils = trpc.useUtils();
  const options = { onSuccess: () => utils.views.list.invalidate() };
  const create = trpc.views.create.useMutation(options);
  const save = trpc.views.save.useMutation(options);
  const error = create.error ?? save.error;
  const submit = async () => {
    const view = { name, page: draft.page, search: draft.search, is_default: isDefault };
    onSaved(await (draft.view ? save.mutateAsync({ id: draft.view.id, view }) : create.mutateAsync(view)));
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        // A refusal is shown below the name.
        void submit().catch(() => {});
      }}
    >
      <Stack gap="md">
        <TextInput
          label="Name"
          data-autofocus
          required
          maxLength={NAME_LENGTH}
          value={name}
          error={error && errorMessage(error)}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Checkbox
          label="Open the page with it"
          checked={isDefault}
          onChange={(event) => setIsDefault(event.currentTarget.checked)}
        />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending || save.isPending} disabled={name.trim() === ''}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
