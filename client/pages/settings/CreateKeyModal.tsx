import { useState, type FormEvent } from 'react';
import { Button, Group, Modal, Radio, Stack, TextInput } from '@mantine/core';
import type { CreatedApiKey } from '#shared/apiKey';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { ACCESS, type AccessName } from './keyAccess.ts';
import { NewKey } from './NewKey.tsx';

type CreateKeyModalProps = { isOpen: boolean; onClose: () => void };

/** Name and access first; then the secret, once. */
export function CreateKeyModal({ isOpen, onClose }: CreateKeyModalProps) {
  const [created, setCreated] = useState<CreatedApiKey | null>(null);
  const close = () => {
    onClose();
    // The secret leaves the memory of the page with the dialog.
    setCreated(null);
  };
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={created ? 'Copy your key now' : 'Create API key'}
      // Neither a stray click nor a key may lose a secret that is shown once: it closes by its button alone.
      closeOnClickOutside={created === null}
      closeOnEscape={created === null}
      withCloseButton={created === null}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {created ? (
        <NewKey created={created} onDone={close} />
      ) : (
        <CreateKeyForm onCreated={setCreated} onCancel={close} />
      )}
    </Modal>
  );
}

type CreateKeyFormProps = { onCreated: (created: CreatedApiKey) => void; onCancel: () => void };

function CreateKeyForm({ onCreated, onCancel }: CreateKeyFormProps) {
  const utils = trpc.useUtils();
  const [name, setName] = useState('');
  const [access, setAccess] = useState<AccessName>('full');
  const [isNameMissing, setIsNameMissing] = useState(false);
  const create = trpc.apiKeys.create.useMutation({
    onSuccess: (created) => {
      onCreated(created);
      void utils.apiKeys.list.invalidate();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsNameMissing(name.trim() === '');
    if (name.trim() === '') return;
    create.mutate({ name: name.trim(), scopes: [...ACCESS[access].scopes] });
  };

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput
          label="Name"
          placeholder="Such as “production API”"
          data-autofocus
          maxLength={200}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
            setIsNameMissing(false);
          }}
          error={isNameMissing ? 'Give the key a name to recognise it by.' : null}
        />
        <Radio.Group
          label="Access"
          value={access}
          onChange={(value) => {
            // The radios below carry the names of ACCESS and no others.
            setAccess(value as AccessName);
          }}
        >
          <Stack gap={8} mt={6}>
            {Object.entries(ACCESS).map(([value, { label, meaning }]) => (
              <Radio key={value} value={value} label={label} description={meaning} />
            ))}
          </Stack>
        </Radio.Group>
        {create.error && <ErrorPanel title="The key was not created" message={errorMessage(create.error)} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending}>
            Create key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
