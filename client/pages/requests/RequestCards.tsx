import { memo } from 'react';
import { Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { CostText } from '../../domain/CostText.tsx';
import { ModelBadge } from '../../domain/ModelBadge.tsx';
import { StatusBadge } from '../../domain/StatusBadge.tsx';
import { TokenCount } from '../../domain/TokenCount.tsx';
import { formatDuration } from '../../lib/formatNumber.ts';
import { RequestPreview } from './RequestPreview.tsx';
import type { RequestRowsProps } from './RequestTable.tsx';
import classes from './RequestCards.module.css';

/** The rows of the table as cards, for a narrow screen. Each is one link. */
export const RequestCards = memo(function RequestCards({ requests, fresh, openId }: RequestRowsProps) {
  return (
    <ul className={classes.list}>
      {requests.map((request) => (
        <li key={request.id}>
          <Link
            from="/requests"
            to="."
            search={(before) => ({ ...before, id: request.id })}
            className={classes.card}
            data-fresh={fresh.has(request.id) || undefined}
            aria-current={request.id === openId || undefined}
            preload={false}
          >
            <Group justify="space-between" wrap="nowrap" mb={6}>
              <ModelBadge model={request.model} provider={request.provider} />
              <Text component="span" fz="xs" c="dimmed" className={classes.time}>
                <RelativeTime instant={request.started_at} />
              </Text>
            </Group>
            <RequestPreview request={request} />
            <Group justify="space-between" gap={8} mt={7} wrap="nowrap">
              <StatusBadge status={request.status} />
              <Group gap={10} wrap="nowrap">
                <TokenCount {...request} />
                <CostText fz="inherit" request={request} />
                {request.latency_ms !== null && (
                  <Text component="span" fz="inherit" className="tabular">
                    {formatDuration(request.latency_ms)}
                  </Text>
                )}
              </Group>
            </Group>
          </Link>
        </li>
      ))}
    </ul>
  );
});
