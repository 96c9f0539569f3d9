import { Stack } from '@mantine/core';
import { trpc } from '../../api/trpc.ts';
import { Page } from '../../components/Page.tsx';
import { ApiKeysPanel } from './ApiKeysPanel.tsx';
import { DataHealthPanel } from './DataHealthPanel.tsx';
import { JobsPanel } from './JobsPanel.tsx';
import { OrganizationPanel } from './OrganizationPanel.tsx';

/** Keys, jobs, data health and the organization. */
export default function SettingsPage() {
  const session = trpc.session.get.useQuery(undefined, { staleTime: 60_000 });
  return (
    <Page title="Settings" layout="text">
      {session.data && (
        <Stack gap="lg">
          <ApiKeysPanel session={session.data} />
          <JobsPanel canManage={session.data.api_key.scopes.includes('manage')} />
          <DataHealthPanel />
          <OrganizationPanel organization={session.data.organization} />
        </Stack>
      )}
    </Page>
  );
}
