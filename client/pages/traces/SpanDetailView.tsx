import { lazy, type ReactNode, Suspense } from 'react';
import { ActionIcon, Alert, Skeleton } from '@mantine/core';
import { Cross2Icon, CrossCircledIcon } from '@radix-ui/react-icons';
import type { Span } from '#shared/trace';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { LongText } from '../../components/LongText.tsx';
import { ValueMenu } from '../../domain/request/ValueMenu.tsx';
import { formatCompact, formatDuration, formatUsd, plural } from '../../lib/formatNumber.ts';
import { formatExact } from '../../lib/time.ts';
import { Section, SpanContent } from './SpanContent.tsx';
import { StepIcon } from './StepIcon.tsx';
import type { Sums } from './traceTree.ts';
import classes from './SpanDetailView.module.css';

const JsonTree = lazy(() => import('../../components/JsonTree.tsx'));

type SpanDetailViewProps = { span: Span; sums: Sums; onClose?: (() => void) | undefined };

/** A step that is no model call, with all that is known of it. It fills its parent, and scrolls inside. */
export function SpanDetailView({ span, sums, onClose }: SpanDetailViewProps) {
  // A stored span never changes.
  const detail = trpc.traces.span.useQuery({ id: span.id }, { staleTime: Infinity });
  const { error, metadata } = span;
  return (
    <div className={classes.detail}>
      <header className={classes.head}>
        {span.status === 'error' ? (
          <CrossCircledIcon color="var(--pl-error)" aria-label="Failed" role="img" />
        ) : (
          <StepIcon step={{ kind: 'span', step: span }} />
        )}
        <h2 className={classes.title} dir="auto" title={span.name}>
          {span.name}
        </h2>
        {span.kind !== null && <span className={classes.kind}>{span.kind}</span>}
        {onClose && (
          <ActionIcon
            variant="subtle"
            color="gray"
            className={classes.close}
            aria-label="Close (Esc)"
            onClick={onClose}
          >
            <Cross2Icon />
          </ActionIcon>
        )}
      </header>
      <p className={classes.line}>
        <time dateTime={span.started_at}>{formatExact(span.started_at)}</time>
        <b>{span.latency_ms === null ? '–' : formatDuration(span.latency_ms)}</b>
        {sums.requests > 0 && <span>{plural(sums.requests, 'model call')} inside</span>}
        {sums.tokens !== null && <span>{formatCompact(sums.tokens)} tokens</span>}
        {sums.cost !== null && <span>{formatUsd(String(sums.cost))}</span>}
      </p>
      <div className={classes.chips}>{chipsOf(span)}</div>
      <div className={classes.body} tabIndex={0} role="region" aria-label="Step details">
        {error && (
          <Alert
            color="red"
            variant="light"
            p="xs"
            title={[error.type, error.code].filter(Boolean).join(' · ') || 'Failed'}
          >
            <LongText text={error.message ?? 'It was reported as failed, without a message.'} lines={6} />
          </Alert>
        )}
        {span.truncated && (
          <Alert color="yellow" variant="light" p="xs">
            A field was longer than PromptLab keeps. Where it was cut, its text says so.
          </Alert>
        )}
        {detail.error && (
          <ErrorPanel
            title="What it was given could not be loaded"
            message={errorMessage(detail.error)}
            onRetry={() => void detail.refetch()}
          />
        )}
        {detail.isPending && <Skeleton h={96} radius="md" role="status" aria-label="Loading the step" />}
        {detail.data && <SpanContent span={detail.data} />}
        {metadata !== null && Object.keys(metadata).length > 0 && (
          <Section title="Metadata">
            <Suspense fallback={<Skeleton h={20} />}>
              <JsonTree value={metadata} label="Metadata" depth={2} />
            </Suspense>
          </Section>
        )}
      </div>
    </div>
  );
}

function chipsOf({ user_id, session_id, environment, release, tags, id }: Span): ReactNode[] {
  const facts: (readonly [name: string | null, label: string, value: string | null])[] = [
    ['user', 'User', user_id],
    ['session', 'Session', session_id],
    ['env', 'Environment', environment],
    ['release', 'Release', release],
    [null, 'Span id', id],
    ...Object.entries(tags).map(([key, value]) => [`tag.${key}`, key, value] as const),
  ];
  return facts.flatMap(([name, label, value]) =>
    value === null
      ? []
      : [
          <ValueMenu key={`${name} ${label}`} name={name} label={label} value={value}>
            {name?.startsWith('tag.') ? `${label}:${value}` : value}
          </ValueMenu>,
        ],
  );
}
