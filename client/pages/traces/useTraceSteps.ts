import { useMemo } from 'react';
import { useKeys } from '../../keys/useKeys.ts';
import type { TraceRow } from './traceTree.ts';

type TraceStepsOptions = {
  /** All steps, and those that are in view, in their order. */
  rows: readonly TraceRow[];
  visible: readonly TraceRow[];
  folded: ReadonlySet<string>;
  onFold: (folded: ReadonlySet<string>) => void;
  selectedId: string | undefined;
  onSelect: (id: string) => void;
  /** Tree or log. */
  onMode: () => void;
};

/** The selected step, and what moves the selection. */
export type TraceSteps = {
  readonly selected: TraceRow | undefined;
  readonly errors: number;
  readonly select: (id: string) => void;
  readonly toggle: (row: TraceRow) => void;
  readonly toggleAll: () => void;
  readonly goToError: (step: 1 | -1) => void;
  /** A key of a tree: arrows, Home and End. Answers whether it was one. */
  readonly press: (key: string) => boolean;
};

/** The selected step of a trace, and what keys and clicks do with the steps. */
export function useTraceSteps(options: TraceStepsOptions): TraceSteps {
  const { rows, visible, folded, onFold, onSelect } = options;
  const places = useMemo(() => new Map<string, number>(rows.map(({ step }, index) => [step.id, index])), [rows]);
  const failed = useMemo(() => rows.filter(({ step }) => step.status === 'error'), [rows]);
  const selectedAt = places.get(options.selectedId ?? '') ?? -1;
  const selected = rows[selectedAt];
  const at = selected ? visible.indexOf(selected) : -1;
  const goTo = (row: TraceRow | undefined): void => {
    if (row) onSelect(row.step.id);
  };
  const move = (step: 1 | -1) => goTo(at === -1 ? visible[0] : visible[at + step]);
  const setFolded = (row: TraceRow, isFolded: boolean) => {
    const next = new Set(folded);
    if (isFolded) next.add(row.step.id);
    else next.delete(row.step.id);
    onFold(next);
  };
  /** Opens all that is around a step. */
  const reveal = (row: TraceRow) => {
    const next = new Set(folded);
    for (let around = rows[row.parent]; around; around = rows[around.parent]) next.delete(around.step.id);
    if (next.size !== folded.size) onFold(next);
    goTo(row);
  };
  const goToError = (step: 1 | -1) => {
    const placeOf = (row: TraceRow) => places.get(row.step.id) ?? -1;
    const further =
      step === 1
        ? failed.find((row) => placeOf(row) > selectedAt)
        : failed.findLast((row) => placeOf(row) < selectedAt);
    const next = further ?? failed.at(step === 1 ? 0 : -1);
    if (next) reveal(next);
  };
  const toggleAll = () =>
    onFold(folded.size > 0 ? new Set() : new Set(rows.flatMap(({ step, size }) => (size > 0 ? [step.id] : []))));
  const press = (key: string): boolean => {
    const isFolded = selected !== undefined && folded.has(selected.step.id);
    switch (key) {
      case 'ArrowDown':
        move(1);
        return true;
      case 'ArrowUp':
        move(-1);
        return true;
      case 'Home':
        goTo(visible[0]);
        return true;
      case 'End':
        goTo(visible.at(-1));
        return true;
      case 'ArrowRight':
        if (selected && isFolded) setFolded(selected, false);
        else if (selected && selected.size > 0) move(1);
        return true;
      case 'ArrowLeft':
        if (selected && selected.size > 0 && !isFolded) setFolded(selected, true);
        else if (selected) goTo(rows[selected.parent]);
        return true;
      default:
        return false;
    }
  };
  useKeys({
    next: () => move(1),
    previous: () => move(-1),
    nextError: () => goToError(1),
    previousError: () => goToError(-1),
    rendering: options.onMode,
    expand: toggleAll,
  });
  return {
    selected,
    errors: failed.length,
    select: onSelect,
    toggle: (row) => setFolded(row, !folded.has(row.step.id)),
    toggleAll,
    goToError,
    press,
  };
}
