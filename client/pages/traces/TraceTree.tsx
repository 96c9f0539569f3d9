import { useEffect, useMemo, useRef, useState } from 'react';
import { Text } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useKeys } from '../../keys/useKeys.ts';
import { PHONE, useMedia } from '../../lib/useMedia.ts';
import { TimeAxis } from './TimeAxis.tsx';
import { panBy, type TimeView, wholeOf, zoomBy } from './timeScale.ts';
import { TraceStepRow } from './TraceStepRow.tsx';
import { slowestStep, type TraceRow } from './traceTree.ts';
import type { TraceSteps } from './useTraceSteps.ts';
import classes from './TraceTree.module.css';

type TraceTreeProps = {
  /** Those in view. */
  rows: readonly TraceRow[];
  /** All steps: the time is theirs. */
  all: readonly TraceRow[];
  folded: ReadonlySet<string>;
  steps: TraceSteps;
};

const ROW_PX = 28;
const PHONE_ROW_PX = 44;

/** The steps as a tree, each with its bar on a common time. Only the rows in sight are drawn. */
export function TraceTree({ rows, all, folded, steps }: TraceTreeProps) {
  const box = useRef<HTMLDivElement>(null);
  const isPhone = useMedia(PHONE);
  const rowPx = isPhone ? PHONE_ROW_PX : ROW_PX;
  const whole = useMemo(() => wholeOf(all), [all]);
  const slowestId = useMemo(() => slowestStep(all)?.step.id, [all]);
  // Null: all of it, also when it grows.
  const [zoomed, setZoomed] = useState<TimeView | null>(null);
  const view = zoomed ?? whole;
  const zoom = (factor: number, at = 0.5) => {
    const next = zoomBy(view, factor, at, whole);
    setZoomed(next.from <= whole.from && next.to >= whole.to ? null : next);
  };
  const pan = (part: number) => zoomed && setZoomed(panBy(zoomed, part, whole));
  useKeys({ earlier: () => pan(-0.5), later: () => pan(0.5), zoomIn: () => zoom(0.5), zoomOut: () => zoom(2) });

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowPx,
    getItemKey: (index) => rows[index]?.step.id ?? index,
    overscan: 20,
  });
  useEffect(() => virtual.measure(), [rowPx, virtual]);
  const selectedId = steps.selected?.step.id;
  const selectedAt = rows.findIndex(({ step }) => step.id === selectedId);
  useEffect(() => {
    if (selectedAt >= 0) virtual.scrollToIndex(selectedAt, { align: 'auto' });
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only when another step is selected
  }, [selectedId]);

  return (
    <>
      <TimeAxis view={view} whole={whole} isZoomed={zoomed !== null} onZoom={setZoomed} onPan={pan} onScale={zoom} />
      {rows.length === 0 && (
        <Text c="dimmed" fz="sm" p="md">
          No step holds these words.
        </Text>
      )}
      {rows.length > 0 && (
        <div
          ref={box}
          className={classes.box}
          role="tree"
          aria-label="Steps"
          tabIndex={0}
          aria-activedescendant={selectedAt >= 0 ? rowId(selectedId ?? '') : undefined}
          onKeyDown={(event) => {
            const isPlain = !event.metaKey && !event.ctrlKey && !event.altKey && !event.shiftKey;
            if (isPlain && steps.press(event.key)) event.preventDefault();
          }}
        >
          <div role="presentation" className={classes.rows} style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const row = rows[index];
              return (
                row && (
                  <TraceStepRow
                    key={row.step.id}
                    id={rowId(row.step.id)}
                    row={row}
                    top={start}
                    height={rowPx}
                    view={view}
                    slowestOf={row.step.id === slowestId ? whole.to - whole.from : undefined}
                    isSelected={row.step.id === selectedId}
                    isFolded={folded.has(row.step.id)}
                    onSelect={steps.select}
                    onToggle={steps.toggle}
                  />
                )
              );
            })}
          </div>
        </div>
      )}
    </>
  );
}

function rowId(id: string): string {
  return `step-${id}`;
}
