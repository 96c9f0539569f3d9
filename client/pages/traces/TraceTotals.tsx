import { Paper, SimpleGrid, Text } from '@mantine/core';
import type { TraceDetail } from '#shared/trace';
import { formatCompact, formatDuration, formatUsd, plural } from '../../lib/formatNumber.ts';
import classes from './TracePage.module.css';

/** What the whole trace took. */
export function TraceTotals({ trace }: { trace: TraceDetail }) {
  const { totals, span_count, errors, input_tokens, output_tokens } = trace;
  const unpriced = totals.unpriced_requests;
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm" component="section" aria-label="Totals">
      <Total
        title="Duration"
        value={trace.latency_ms === null ? '–' : formatDuration(trace.latency_ms)}
        detail="from the first beginning to the last end"
      />
      <Total
        title="Steps"
        value={String(totals.requests + span_count)}
        detail={`${plural(totals.requests, 'model call')}, ${errors === 0 ? 'no errors' : plural(errors, 'error')}`}
      />
      <Total
        title="Tokens"
        value={formatCompact(input_tokens + output_tokens)}
        detail={`${formatCompact(input_tokens)} in · ${formatCompact(output_tokens)} out`}
      />
      <Total
        title="Cost"
        value={formatUsd(trace.cost_usd)}
        detail={unpriced === 0 ? 'all calls priced' : `+ ${plural(unpriced, 'call')} without a price`}
      />
    </SimpleGrid>
  );
}

function Total({ title, value, detail }: { title: string; value: string; detail: string }) {
  return (
    <Paper radius="lg" className={classes.total}>
      <Text fz="xs" c="dimmed" fw={500}>
        {title}
      </Text>
      <Text className={classes.value}>{value}</Text>
      <Text fz="xs" c="dimmed">
        {detail}
      </Text>
    </Paper>
  );
}
