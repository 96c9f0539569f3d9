import type { ReactNode } from 'react';
import { Paper, SimpleGrid, Skeleton, Text } from '@mantine/core';
import { ActivityLogIcon, LapTimerIcon, StackIcon, TokensIcon } from '@radix-ui/react-icons';
import type { StatsTotals } from '#shared/stats';
import { errorMessage } from '../../api/errorMessage.ts';
import { costTotal, tokenTotal } from '../../domain/totals.ts';
import { formatCompact, formatCount, formatDuration, formatShare, plural } from '../../lib/formatNumber.ts';
import classes from './TotalsCards.module.css';

type TotalsCardsProps = {
  totals: StatsTotals | undefined;
  /** The numbers of the filters before, shown dimmed until the new ones are there. */
  isStale: boolean;
  error: unknown;
};

/** What the requests below add up to, under the same filters. */
export function TotalsCards({ totals, isStale, error }: TotalsCardsProps) {
  const cards = totals ? cardsOf(totals) : LOADING;
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm" component="section" aria-label="Totals">
      {cards.map(({ title, value, exact, detail, Icon }) => (
        <Paper key={title} radius="lg" className={classes.card} data-stale={isStale || undefined}>
          <Text fz="xs" c="dimmed" fw={500} className={classes.title}>
            <Icon aria-hidden />
            {title}
          </Text>
          {value === null ? (
            <CardGap error={error} />
          ) : (
            <>
              <Text className={classes.value} title={exact}>
                {value}
              </Text>
              <Text fz="xs" c="dimmed" className="tabular">
                {detail}
              </Text>
            </>
          )}
        </Paper>
      ))}
    </SimpleGrid>
  );
}

function CardGap({ error }: { error: unknown }) {
  if (error) {
    return (
      <Text fz="sm" c="dimmed" mt={6}>
        {errorMessage(error)}
      </Text>
    );
  }
  return (
    <>
      <Skeleton h={22} w={84} mt={10} />
      <Skeleton h={10} w={120} mt={12} />
    </>
  );
}

type Card = { title: string; value: string | null; exact?: string; detail: ReactNode; Icon: typeof StackIcon };

const TITLES = [
  { title: 'Total requests', Icon: ActivityLogIcon },
  { title: 'Total tokens', Icon: TokensIcon },
  { title: 'Avg latency', Icon: LapTimerIcon },
  { title: 'Total cost', Icon: StackIcon },
] as const;

const LOADING: Card[] = TITLES.map((head) => ({ ...head, value: null, detail: null }));

function cardsOf(totals: StatsTotals): Card[] {
  const [requests, tokens, latency, cost] = TITLES;
  const { errors } = totals;
  return [
    {
      ...requests,
      value: formatCompact(totals.requests),
      exact: formatCount(totals.requests),
      detail:
        errors === 0 ? (
          'no errors'
        ) : (
          <span className={classes.errors}>
            {plural(errors, 'error')} ({formatShare(errors, totals.requests)})
          </span>
        ),
    },
    {
      ...tokens,
      ...tokenTotal(totals),
    },
    {
      ...latency,
      value: totals.avg_latency_ms === null ? '–' : formatDuration(totals.avg_latency_ms),
      exact: totals.avg_latency_ms === null ? undefined : `${totals.avg_latency_ms} ms`,
      detail: totals.avg_latency_ms === null ? 'not reported' : 'from call to last token',
    },
    {
      ...cost,
      ...costTotal(totals, 'request'),
    },
  ];
}
