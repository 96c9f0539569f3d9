import { useEffect, useMemo, useRef } from 'react';
import { Text, UnstyledButton } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { formatDuration } from '../../lib/formatNumber.ts';
import { StepIcon } from './StepIcon.tsx';
import { kindOfStep } from './stepKinds.ts';
import { nameOfStep, type TraceRow } from './traceTree.ts';
import classes from './TraceLog.module.css';

type TraceLogProps = {
  rows: readonly TraceRow[];
  /** When the trace began, in milliseconds since 1970. */
  origin: number;
  selectedId: string | undefined;
  onSelect: (id: string) => void;
};

const ESTIMATED_PX = 64;

/** The steps in the order they began, with the first words of what each was given and gave back. */
export function TraceLog({ rows, origin, selectedId, onSelect }: TraceLogProps) {
  const box = useRef<HTMLOListElement>(null);
  const ordered = useMemo(() => rows.toSorted((one, other) => one.start - other.start), [rows]);
  const virtual = useVirtualizer({
    count: ordered.length,
    getScrollElement: () => box.current,
    estimateSize: () => ESTIMATED_PX,
    getItemKey: (index) => ordered[index]?.step.id ?? index,
    overscan: 10,
  });
  const selectedAt = ordered.findIndex(({ step }) => step.id === selectedId);
  useEffect(() => {
    if (selectedAt >= 0) virtual.scrollToIndex(selectedAt, { align: 'auto' });
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only when another step is selected
  }, [selectedId]);
  if (ordered.length === 0) {
    return (
      <Text c="dimmed" fz="sm" p="md">
        No step holds these words.
      </Text>
    );
  }
  return (
    <ol ref={box} className={classes.log} aria-label="Log of the steps">
      <li aria-hidden style={{ height: virtual.getTotalSize() }} />
      {virtual.getVirtualItems().map(({ index, start }) => {
        const row = ordered[index];
        return (
          row && (
            <li
              key={row.step.id}
              ref={virtual.measureElement}
              data-index={index}
              className={classes.entry}
              style={{ transform: `translateY(${start}px)` }}
            >
              <UnstyledButton
                className={classes.button}
                aria-current={row.step.id === selectedId || undefined}
                onClick={() => onSelect(row.step.id)}
              >
                <Entry row={row} origin={origin} />
              </UnstyledButton>
            </li>
          )
        );
      })}
    </ol>
  );
}

function Entry({ row, origin }: { row: TraceRow; origin: number }) {
  const { kind, step, start } = row;
  const failure = step.status === 'error' ? (step.error?.message ?? step.error?.code ?? 'Failed') : null;
  return (
    <>
      <span className={classes.head}>
        <span className={classes.time}>+{formatDuration(Math.max(0, start - origin))}</span>
        <span className={classes.icon} title={kindOfStep(row)}>
          <StepIcon step={row} />
        </span>
        <bdi className={classes.name} data-kind={kind}>
          {nameOfStep(row)}
        </bdi>
        {kind === 'request' && nameOfStep(row) !== step.model && <bdi className={classes.about}>{step.model}</bdi>}
        {kind === 'span' && step.kind !== null && <bdi className={classes.about}>{step.kind}</bdi>}
        <span className={classes.about}>{step.latency_ms === null ? '' : formatDuration(step.latency_ms)}</span>
      </span>
      {step.input_preview !== null && (
        <span className={classes.words} dir="auto">
          {step.input_preview}
        </span>
      )}
      {step.output_preview !== null && (
        <span className={classes.words} data-output dir="auto">
          → {step.output_preview}
        </span>
      )}
      {failure !== null && (
        <span className={classes.failure} dir="auto">
          {failure}
        </span>
      )}
    </>
  );
}
