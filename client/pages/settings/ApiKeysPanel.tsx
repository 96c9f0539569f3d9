import { useState } from 'react';
import { Button, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { LockClosedIcon, PlusIcon } from '@radix-ui/react-icons';
import type { ApiKey } from '#shared/apiKey';
import type { Session } from '#shared/organization';
import { errorMessage, isForbidden } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { ApiKeyRow } from './ApiKeyRow.tsx';
import { CreateKeyModal } from './CreateKeyModal.tsx';
import { DeleteKeyModal } from './DeleteKeyModal.tsx';
import classes from './SettingsPage.module.css';

/** The keys of the organization: who may write, read and manage, and when each was last used. */
export function ApiKeysPanel({ session }: { session: Session }) {
  const canManage = session.api_key.scopes.includes('manage');
  const keys = trpc.apiKeys.list.useQuery();
  const [isCreating, setIsCreating] = useState(false);
  const [deleting, setDeleting] = useState<ApiKey | null>(null);
  return (
    <Paper radius="lg" className={classes.panel} component="section" aria-label="API keys">
      <Group justify="space-between" className={classes.head} gap="sm">
        <div>
          <Title order={2} fz={16}>
            API keys
          </Title>
          <Text fz="sm" c="dimmed">
            Applications log with a key; people sign in with one.
          </Text>
        </div>
        {canManage && (
          <Button leftSection={<PlusIcon />} onClick={() => setIsCreating(true)}>
            Create key
          </Button>
        )}
      </Group>
      {!canManage && (
        <Group className={classes.head} pt={0} gap={8} wrap="nowrap">
          <LockClosedIcon aria-hidden style={{ flex: 'none' }} />
          <Text fz="sm" c="dimmed">
            You are signed in with <b>{session.api_key.name}</b>, which may not manage keys. Sign in with a key that has
            full access to create or delete keys.
          </Text>
        </Group>
      )}
      {keys.isPending && (
        <Stack p="md" gap="md" role="status" aria-label="Loading keys">
          <Skeleton h={18} />
          <Skeleton h={18} w="80%" />
        </Stack>
      )}
      {keys.error && !isForbidden(keys.error) && (
        <ErrorPanel
          title="The keys could not be loaded"
          message={errorMessage(keys.error)}
          onRetry={() => void keys.refetch()}
        />
      )}
      {keys.data?.length === 0 && (
        <EmptyState
          icon={<LockClosedIcon />}
          title="No keys"
          description="Create a key for each application that logs."
        />
      )}
      {keys.data && keys.data.length > 0 && (
        <ul className={classes.keys}>
          {keys.data.map((key) => (
            <ApiKeyRow
              key={key.id}
              apiKey={key}
              isOwn={key.id === session.api_key.id}
              onDelete={canManage ? () => setDeleting(key) : undefined}
            />
          ))}
        </ul>
      )}
      <CreateKeyModal isOpen={isCreating} onClose={() => setIsCreating(false)} />
      <DeleteKeyModal apiKey={deleting} isOwn={deleting?.id === session.api_key.id} onClose={() => setDeleting(null)} />
    </Paper>
  );
}
