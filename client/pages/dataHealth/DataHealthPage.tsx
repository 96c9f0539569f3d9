import { useMemo } from 'react';
import { Skeleton, Stack, Text } from '@mantine/core';
import { HeartIcon } from '@radix-ui/react-icons';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { Page } from '../../components/Page.tsx';
import { TextLink } from '../../components/TextLink.tsx';
import { plural } from '../../lib/formatNumber.ts';
import { FindingRow } from './FindingRow.tsx';
import { toFindings } from './findings.ts';
import { HoursTable } from './HoursTable.tsx';
import { SourcesTable } from './SourcesTable.tsx';
import classes from './DataHealthPage.module.css';

const POLL_MS = 30_000;

/** What came in during the last seven days, and what of it was refused, dropped, cut, or says too little. */
export default function DataHealthPage() {
  const health = trpc.dataHealth.get.useQuery(undefined, { refetchInterval: POLL_MS });
  const findings = useMemo(() => (health.data ? toFindings(health.data) : []), [health.data]);
  const isEmpty = findings.length > 0 && findings.every(({ count }) => count === 0);
  return (
    <Page title="Data health" layout="wide" trail={<TextLink to="/settings">Settings</TextLink>}>
      <Stack gap="lg">
        {health.error && (
          <ErrorPanel
            title="The counts could not be loaded"
            message={errorMessage(health.error)}
            onRetry={() => void health.refetch()}
          />
        )}
        {health.isPending && !health.error && <Skeleton h={280} role="status" aria-label="Loading the counts" />}
        {isEmpty && (
          <EmptyState
            icon={<HeartIcon width={20} height={20} />}
            title="Nothing came in during the last seven days"
            description="Log a model call, or send traces of OpenTelemetry: this page then says how much was stored, what was not, and why."
          />
        )}
        {health.data && !isEmpty && (
          <>
            <Text fz="sm" c="dimmed" maw="80ch">
              What came in during the last seven days, by hour, and what of it was refused, dropped, cut, or says less
              than it could. Where only the first two have counts, all is well.
            </Text>
            <ul className={classes.findings} aria-label="Counts">
              {findings.map((finding) => (
                <FindingRow key={finding.id} finding={finding} from={health.data.from} to={health.data.to} />
              ))}
            </ul>
            {health.data.waiting.spans + health.data.waiting.log_records > 0 && (
              <Text fz="sm" c="dimmed">
                Waiting now, for an hour at the most: {plural(health.data.waiting.spans, 'span')} in case a model call
                is inside, and {plural(health.data.waiting.log_records, 'log record')} whose call has not come.
              </Text>
            )}
            <SourcesTable sources={health.data.sources} />
            <HoursTable hours={health.data.hours} />
          </>
        )}
      </Stack>
    </Page>
  );
}
