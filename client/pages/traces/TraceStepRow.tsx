import { Text } from '@mantine/core';
import { Component1Icon } from '@radix-ui/react-icons';
import { Link } from '@tanstack/react-router';
import { formatTerm } from '#shared/query/terms';
import { CostText } from '../../domain/CostText.tsx';
import { ProviderMark } from '../../domain/ModelBadge.tsx';
import { TokenCount } from '../../domain/TokenCount.tsx';
import { formatDuration } from '../../lib/formatNumber.ts';
import type { TraceRow } from './traceTree.ts';
import classes from './TracePage.module.css';

/** Deeper steps are not moved further to the right: the names would have no room. */
const MOST_INDENT = 8;
const INDENT_PX = 20;

/** One step: what it was, when it ran on the line of the whole, what it took. */
export function TraceStepRow({ row, traceId }: { row: TraceRow; traceId: string }) {
  const { kind, step, depth, bar } = row;
  const isFailed = step.status === 'error';
  return (
    <li className={classes.step} data-kind={kind}>
      <div className={classes.name} style={{ paddingLeft: Math.min(depth, MOST_INDENT) * INDENT_PX }}>
        <StepName row={row} traceId={traceId} />
        {isFailed && (
          <Text fz="xs" c="var(--pl-error)" truncate dir="auto" title={step.error?.message ?? undefined}>
            {step.error?.message ?? 'Failed'}
          </Text>
        )}
      </div>
      <div className={classes.track} aria-hidden>
        {bar && (
          <span
            className={classes.bar}
            data-kind={kind}
            data-failed={isFailed || undefined}
            style={{ left: `${bar.from * 100}%`, width: `max(3px, ${bar.length * 100}%)` }}
          />
        )}
      </div>
      <Text
        component="span"
        fz="inherit"
        className={classes.figure}
        c={step.latency_ms === null ? 'dimmed' : undefined}
      >
        {step.latency_ms === null ? '–' : formatDuration(step.latency_ms)}
      </Text>
      <span className={classes.figure} data-optional>
        {kind === 'request' && <TokenCount {...step} />}
      </span>
      <span className={classes.figure} data-optional>
        {kind === 'request' && <CostText fz="inherit" request={step} />}
      </span>
    </li>
  );
}

function StepName({ row, traceId }: { row: TraceRow; traceId: string }) {
  if (row.kind === 'span') {
    return (
      <span className={classes.label}>
        <Component1Icon aria-hidden color="var(--mantine-color-dimmed)" />
        <Text component="span" inherit truncate dir="auto" title={row.step.name}>
          {row.step.name}
        </Text>
      </span>
    );
  }
  const { id, name, model, provider, prompt_slug } = row.step;
  const purpose = name ?? prompt_slug;
  return (
    <Link
      to="/requests"
      search={{ q: formatTerm({ field: 'trace', value: traceId }), id }}
      className={classes.label}
      preload={false}
    >
      <ProviderMark provider={provider} size={20} />
      <Text component="span" inherit fw={550} truncate dir="auto" title={model}>
        {purpose ?? model}
      </Text>
      {purpose !== null && (
        <Text component="span" fz={12} c="dimmed" truncate>
          {model}
        </Text>
      )}
    </Link>
  );
}
