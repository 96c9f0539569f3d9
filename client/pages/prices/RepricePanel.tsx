import { useEffect, useState } from 'react';
import { Alert, Button, Group, Progress, Text, Title } from '@mantine/core';
import type { Job } from '#shared/job';
import { RepriceResult } from '#shared/price';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { formatCount, formatUsd, plural } from '../../lib/formatNumber.ts';
import classes from './PricesPage.module.css';
import table from '../../components/PlainTable.module.css';

const POLL_MS = 700;

/** What the prices of today would change in what is stored: counted first, then applied. */
export function RepricePanel() {
  const utils = trpc.useUtils();
  const [started, setStarted] = useState<Job | null>(null);
  const begin = trpc.prices.reprice.useMutation({ onSuccess: setStarted });
  const { data: job = started } = trpc.jobs.get.useQuery(
    { id: started?.id ?? ('' as Job['id']) }, // Never asked for without one.
    { enabled: started !== null, refetchInterval: ({ state }) => (state.data?.finished_at ? false : POLL_MS) },
  );
  const cancel = trpc.jobs.cancel.useMutation({ onSettled: () => utils.jobs.get.invalidate() });
  const isDry = started?.input.dry_run !== false;
  const isRunning = job !== null && job.finished_at === null;
  const list = trpc.prices.builtin.useQuery({}).data;
  const finishedAt = job?.finished_at ?? null;
  useEffect(() => {
    // What models cost, and whether the list is newer than what is stored.
    if (finishedAt !== null) void utils.prices.invalidate();
  }, [finishedAt, utils]);
  const result = RepriceResult.safeParse(job?.result).data;
  return (
    <section className={classes.section} aria-labelledby="reprice">
      <Title order={2} id="reprice" className={classes.title}>
        What is stored
      </Title>
      <Group gap="sm" className={classes.about}>
        <Text fz="sm" c="dimmed">
          A price counts for what is logged from now on. Requests that are stored keep their cost until they are priced
          again; a cost that the caller or the provider gave is never changed.
        </Text>
        <Button
          variant="default"
          size="xs"
          loading={begin.isPending || (isRunning && isDry)}
          disabled={isRunning}
          onClick={() => begin.mutate({ dry_run: true })}
        >
          See what would change
        </Button>
      </Group>
      {list && list.outdated_version !== null && (
        <Alert variant="light" color="yellow" className={classes.notice} title="The built-in prices have changed">
          Requests that are stored were priced by {list.outdated_version}; {list.version} counts now. See what would
          change, and price them again if you agree.
        </Alert>
      )}
      {begin.error && <ErrorPanel title="It was not begun" message={errorMessage(begin.error)} />}
      {job && isRunning && (
        <Group gap="sm" className={classes.about} role="status">
          <Progress
            size="sm"
            w={200}
            value={job.total ? (job.done / job.total) * 100 : 0}
            aria-label="Progress of pricing again"
          />
          <Text fz="sm">
            {formatCount(job.done)} {job.total === null ? '' : `of ${formatCount(job.total)}`} looked at
          </Text>
          <Button size="compact-xs" variant="subtle" onClick={() => cancel.mutate({ id: job.id })}>
            Stop
          </Button>
        </Group>
      )}
      {job && !isRunning && (
        <Outcome
          job={job}
          result={result}
          isDry={isDry}
          onApply={() => begin.mutate({ dry_run: false })}
          isApplying={begin.isPending}
        />
      )}
    </section>
  );
}

type OutcomeProps = {
  job: Job;
  result: RepriceResult | undefined;
  isDry: boolean;
  isApplying: boolean;
  onApply: () => void;
};

function Outcome({ job, result, isDry, isApplying, onApply }: OutcomeProps) {
  if (job.status === 'failed') return <ErrorPanel title="It failed" message={job.error ?? 'Nothing more is known.'} />;
  if (!result || result.changed === 0) {
    return (
      <Text fz="sm" className={classes.about} role="status">
        {plural(job.done, 'request')} looked at: {isDry ? 'nothing would change.' : 'nothing changed.'}
      </Text>
    );
  }
  return (
    <>
      <Group gap="sm" className={classes.about} role="status">
        <Text fz="sm">
          {plural(result.changed, 'request')} {isDry ? 'would change' : 'changed'}:{' '}
          {result.newly_priced === result.changed ? 'unknown' : formatUsd(result.before_usd)} →{' '}
          {formatUsd(result.after_usd)}
          {result.newly_priced > 0 &&
            result.newly_priced < result.changed &&
            `; ${formatCount(result.newly_priced)} of them had no cost`}
          {result.newly_unknown > 0 && `; the cost of ${formatCount(result.newly_unknown)} would not be known any more`}
          .
        </Text>
        {isDry && (
          <Button size="xs" loading={isApplying} onClick={onApply}>
            Change {plural(result.changed, 'request')}
          </Button>
        )}
      </Group>
      <div className={table.scroll}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col">Provider</th>
              <th scope="col" data-number>
                Requests
              </th>
              <th scope="col" data-number>
                Before
              </th>
              <th scope="col" data-number>
                {isDry ? 'Then' : 'Now'}
              </th>
            </tr>
          </thead>
          <tbody>
            {result.models.map(({ provider, model, changed, before_usd, after_usd }) => (
              <tr key={`${provider}/${model}`}>
                <th scope="row">{model}</th>
                <td>{provider}</td>
                <td data-number>{formatCount(changed)}</td>
                <td data-number title={`$${before_usd}`}>
                  {before_usd === '0' ? '–' : formatUsd(before_usd)}
                </td>
                <td data-number title={`$${after_usd}`}>
                  {formatUsd(after_usd)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
