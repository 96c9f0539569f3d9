import { notifications } from '@mantine/notifications';
import type { Job } from '#shared/job';
import { trpc } from '../api/trpc.ts';
import { formatCount, plural } from '../lib/formatNumber.ts';

const POLL_MS = 1_000;

/** Says how far a deletion is until it has ended, with the exact count; lists and totals are read anew then. */
export function useFollowDeletion(): (job: Job) => void {
  const utils = trpc.useUtils();
  const follow = async ({ id }: Job) => {
    const notice = `job-${id}`;
    notifications.show({
      id: notice,
      message: 'Deleting. Settings shows how far it is.',
      loading: true,
      autoClose: false,
      role: 'status',
    });
    void utils.jobs.list.invalidate();
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      const job = await utils.client.jobs.get.query({ id }).catch(() => null);
      // Settings goes on to show it.
      if (job === null) return notifications.hide(notice);
      if (job.finished_at === null) {
        const of = job.total === null ? '' : ` of ${formatCount(job.total)}`;
        notifications.update({
          id: notice,
          message: `Deleting: ${formatCount(job.done)}${of}. Settings shows how far it is.`,
          loading: true,
          autoClose: false,
          role: 'status',
        });
        continue;
      }
      void utils.requests.invalidate();
      void utils.stats.invalidate();
      void utils.jobs.list.invalidate();
      const isDone = job.status === 'done';
      const why = job.error === null ? '' : ` ${job.error}`;
      return notifications.update({
        id: notice,
        message: isDone
          ? `${plural(job.done, 'request')} deleted`
          : `Stopped after ${plural(job.done, 'request')}.${why}`,
        color: isDone ? 'green' : 'red',
        loading: false,
        autoClose: isDone ? 8_000 : false,
        role: isDone ? 'status' : 'alert',
      });
    }
  };
  return (job) => void follow(job);
}
