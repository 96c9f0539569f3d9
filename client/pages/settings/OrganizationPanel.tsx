import type { ReactNode } from 'react';
import { Anchor, Paper, Text, Title } from '@mantine/core';
import type { Organization } from '#shared/organization';
import { CopyButton } from '../../components/CopyButton.tsx';
import { basePath, publicUrl } from '../../lib/basePath.ts';
import { formatExact } from '../../lib/time.ts';
import classes from './SettingsPage.module.css';

/** What an application and a colleague need to know of this place. */
export function OrganizationPanel({ organization }: { organization: Organization }) {
  return (
    <Paper radius="lg" className={classes.panel} component="section" aria-label="Organization">
      <div className={classes.head}>
        <Title order={2} fz={16} mb="xs">
          Organization
        </Title>
        <Line label="Name">{organization.name}</Line>
        <Line label="Organization id" copy={organization.id}>
          {organization.id}
        </Line>
        <Line label="Base URL" copy={publicUrl()}>
          {publicUrl()}
        </Line>
        <Line label="OpenTelemetry" copy={`${publicUrl()}/api/otel`}>
          {publicUrl()}/api/otel
        </Line>
        <Line label="API">
          <Anchor inherit href={`${basePath()}reference`}>
            Reference, to read and try
          </Anchor>
        </Line>
        <Line label="Created">{formatExact(organization.created_at)}</Line>
      </div>
    </Paper>
  );
}

function Line({ label, copy, children }: { label: string; copy?: string; children: ReactNode }) {
  return (
    <div className={classes.line}>
      <Text fz="sm" c="dimmed">
        {label}
      </Text>
      <div className={classes.value}>
        <Text fz="sm" className="wrapAnywhere" ff={copy === undefined ? undefined : 'monospace'}>
          {children}
        </Text>
        {copy !== undefined && <CopyButton text={copy} label={`Copy ${label.toLowerCase()}`} />}
      </div>
    </div>
  );
}
