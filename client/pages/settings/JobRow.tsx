import { Badge, Button, Progress, Text } from '@mantine/core';
import type { Job, JobKind, JobStatus } from '#shared/job';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { formatCount } from '../../lib/formatNumber.ts';
import classes from './SettingsPage.module.css';

const KINDS: Record<JobKind, { label: string; past: string }> = {
  delete_requests: { label: 'Delete requests', past: 'deleted' },
  reprice_requests: { label: 'Price requests again', past: 'looked at' },
};

const STATUSES: Record<JobStatus, { label: string; color: string }> = {
  queued: { label: 'Queued', color: 'gray' },
  running: { label: 'Running', color: 'iris' },
  done: { label: 'Done', color: 'green' },
  failed: { label: 'Failed', color: 'red' },
  canceled: { label: 'Canceled', color: 'gray' },
};

type JobRowProps = {
  job: Job;
  /** Missing where it has ended, or the key may not. */
  onCancel: (() => void) | undefined;
};

/** A job in the list: what it does, with which filter, and how far it is. */
export function JobRow({ job, onCancel }: JobRowProps) {
  const { label, color } = STATUSES[job.status];
  return (
    <li className={classes.job} aria-label={`${KINDS[job.kind].label}, ${label.toLowerCase()}`}>
      <div>
        <Text fz="sm" fw={500}>
          {KINDS[job.kind].label}
        </Text>
        <Text fz={12} c="dimmed" className="wrapAnywhere">
          {describeInput(job)}
        </Text>
      </div>
      <Badge size="sm" variant="light" color={color} tt="none">
        {label}
      </Badge>
      <div>
        <Text fz="sm">{describeProgress(job)}</Text>
        {job.status === 'running' && job.total !== null && (
          <Progress
            size="sm"
            mt={4}
            value={job.total === 0 ? 100 : (job.done / job.total) * 100}
            aria-label="Progress of the job"
          />
        )}
        {job.error !== null && (
          <Text fz={12} c="red">
            {job.error}
          </Text>
        )}
      </div>
      <Text fz="sm" c="dimmed">
        <RelativeTime instant={job.finished_at ?? job.created_at} />
      </Text>
      <div>
        {onCancel && (
          <Button size="xs" variant="default" onClick={onCancel}>
            Cancel
          </Button>
        )}
      </div>
    </li>
  );
}

function describeInput({ kind, input }: Job): string {
  const of = kind === 'reprice_requests' ? (input.filters ?? {}) : input;
  const filters = Object.entries(of).map(([name, value]) => `${name} ${[value].flat().map(String).join(', ')}`);
  return filters.length === 0 ? 'all requests' : filters.join(' · ');
}

function describeProgress({ kind, done, total, status }: Job): string {
  const { past } = KINDS[kind];
  if (status === 'done' || total === null) return status === 'queued' ? '' : `${formatCount(done)} ${past}`;
  return `${formatCount(done)} of ${formatCount(total)} ${past}`;
}
