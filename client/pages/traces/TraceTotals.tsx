import { Paper, SimpleGrid, Text } from '@mantine/core';
import type { TraceDetail } from '#shared/trace';
import { costTotal, tokenTotal } from '../../domain/totals.ts';
import { formatDuration, plural } from '../../lib/formatNumber.ts';
import classes from './TracePage.module.css';

/** What the whole trace took. */
export function TraceTotals({ trace }: { trace: TraceDetail }) {
  const { totals, span_count, errors, input_tokens, output_tokens } = trace;
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
      <Total title="Tokens" {...tokenTotal({ requests: totals.requests, input_tokens, output_tokens })} />
      <Total title="Cost" {...costTotal({ ...totals, cost_usd: trace.cost_usd }, 'call')} />
    </SimpleGrid>
  );
}

type TotalProps = { title: string; value: string; exact?: string; detail: string };

function Total({ title, value, exact, detail }: TotalProps) {
  return (
    <Paper radius="lg" className={classes.total}>
      <Text fz="xs" c="dimmed" fw={500}>
        {title}
      </Text>
      <Text className={classes.value} title={exact}>
        {value}
      </Text>
      <Text fz="xs" c="dimmed">
        {detail}
      </Text>
    </Paper>
  );
}
