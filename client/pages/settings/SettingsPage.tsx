import { Stack } from '@mantine/core';
import { trpc } from '../../api/trpc.ts';
import { PageHeader } from '../../components/PageHeader.tsx';
import { ApiKeysPanel } from './ApiKeysPanel.tsx';
import { JobsPanel } from './JobsPanel.tsx';
import { OrganizationPanel } from './OrganizationPanel.tsx';
import classes from './SettingsPage.module.css';

export default function SettingsPage() {
  const session = trpc.session.get.useQuery(undefined, { staleTime: 60_000 });
  return (
    <Stack gap="lg" className={classes.page}>
      <PageHeader title="Settings" />
      {session.data && (
        <>
          <ApiKeysPanel session={session.data} />
          <JobsPanel canManage={session.data.api_key.scopes.includes('manage')} />
          <OrganizationPanel organization={session.data.organization} />
        </>
      )}
    </Stack>
  );
}
