import { Paper, Skeleton, Text, Title } from '@mantine/core';
import type { Job } from '#shared/job';
import { errorMessage, isForbidden } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { JobRow } from './JobRow.tsx';
import classes from './SettingsPage.module.css';

const POLL_MS = { running: 1_000, idle: 15_000 };

/** What the server works on for this organization, and what it did lately. */
export function JobsPanel({ canManage }: { canManage: boolean }) {
  const utils = trpc.useUtils();
  const jobs = trpc.jobs.list.useQuery(undefined, {
    refetchInterval: ({ state }) => (state.data?.some(isUnfinished) ? POLL_MS.running : POLL_MS.idle),
  });
  const cancel = trpc.jobs.cancel.useMutation({ onSettled: () => utils.jobs.list.invalidate() });
  if (isForbidden(jobs.error)) return null;
  return (
    <Paper radius="lg" className={classes.panel} component="section" aria-label="Jobs">
      <div className={classes.head}>
        <Title order={2} fz={16}>
          Jobs
        </Title>
        <Text fz="sm" c="dimmed">
          Longer work, such as deleting all requests that match a filter. It goes on when you leave, and after a
          restart.
        </Text>
      </div>
      {jobs.isPending && <Skeleton h={18} mx="lg" mb="lg" role="status" aria-label="Loading jobs" />}
      {jobs.error && (
        <ErrorPanel
          title="The jobs could not be loaded"
          message={errorMessage(jobs.error)}
          onRetry={() => void jobs.refetch()}
        />
      )}
      {cancel.error && <ErrorPanel title="The job was not canceled" message={errorMessage(cancel.error)} />}
      {jobs.data?.length === 0 && (
        <Text fz="sm" c="dimmed" className={classes.head} pt={0}>
          None yet. Filter the requests, then choose <b>Delete</b> beside the filters.
        </Text>
      )}
      {jobs.data && jobs.data.length > 0 && (
        <ul className={classes.keys}>
          {jobs.data.slice(0, SHOWN).map((job) => (
            <JobRow
              key={job.id}
              job={job}
              onCancel={canManage && isUnfinished(job) ? () => cancel.mutate({ id: job.id }) : undefined}
            />
          ))}
        </ul>
      )}
    </Paper>
  );
}

/** The rest is in the API. */
const SHOWN = 20;

function isUnfinished(job: Job): boolean {
  return job.finished_at === null;
}
