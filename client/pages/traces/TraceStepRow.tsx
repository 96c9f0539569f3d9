import { CaretDownIcon, CaretRightIcon, ClockIcon, CrossCircledIcon, LinkBreak2Icon } from '@radix-ui/react-icons';
import { formatDuration, formatShare, formatUsd, plural } from '../../lib/formatNumber.ts';
import { StepIcon } from './StepIcon.tsx';
import { kindOfStep } from './stepKinds.ts';
import { placeIn, type TimeView } from './timeScale.ts';
import { nameOfStep, type TraceRow } from './traceTree.ts';
import classes from './TraceTree.module.css';

/** Deeper steps are not moved further to the right: the names would have no room. */
const MOST_INDENT = 10;
const INDENT_PX = 14;

type TraceStepRowProps = {
  id: string;
  row: TraceRow;
  top: number;
  height: number;
  view: TimeView;
  /** Of the slowest step: how long all of the trace took, in milliseconds. */
  slowestOf: number | undefined;
  isSelected: boolean;
  isFolded: boolean;
  onSelect: (id: string) => void;
  onToggle: (row: TraceRow) => void;
};

/** One step: what it was, when it ran on the time of the whole, what it and all inside it took. */
export function TraceStepRow({
  id,
  row,
  top,
  height,
  view,
  slowestOf,
  isSelected,
  isFolded,
  onSelect,
  onToggle,
}: TraceStepRowProps) {
  const { kind, step, depth, size, sums, isOrphan, isSkewed } = row;
  const isFailed = step.status === 'error';
  const name = nameOfStep(row);
  const indent = Math.min(depth, MOST_INDENT) * INDENT_PX;
  return (
    <div
      id={id}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={isSelected}
      aria-expanded={size > 0 ? !isFolded : undefined}
      className={classes.row}
      data-kind={kind}
      data-failed={isFailed || undefined}
      style={{ top, height }}
      onClick={() => onSelect(step.id)}
    >
      <span className={classes.name} style={{ paddingInlineStart: indent }}>
        <span
          className={classes.caret}
          aria-hidden
          data-leaf={size === 0 || undefined}
          onClick={(event) => {
            if (size === 0) return;
            event.stopPropagation();
            onToggle(row);
          }}
        >
          {size > 0 && (isFolded ? <CaretRightIcon /> : <CaretDownIcon />)}
        </span>
        <span className={classes.icon} aria-hidden>
          {isFailed ? <CrossCircledIcon color="var(--pl-error)" /> : <StepIcon step={row} />}
        </span>
        <bdi className={classes.label} title={[name, isFailed && step.error?.message].filter(Boolean).join('\n')}>
          {name}
        </bdi>
        <About row={row} />
        {isFolded && <span className={classes.about}>({size})</span>}
        {!isFailed && sums.errors > 0 && (
          <span className={classes.inner} title={`${plural(sums.errors, 'error')} inside`} aria-hidden />
        )}
        {isOrphan && (
          <span className={classes.mark} title="The step around it is not here: it has not ended, or was deleted">
            <LinkBreak2Icon aria-hidden />
          </span>
        )}
        {isSkewed && (
          <span
            className={classes.mark}
            title="It runs beyond the step around it: clocks differ, or it was not waited for"
          >
            <ClockIcon aria-hidden />
          </span>
        )}
        <span className={classes.said}>
          {describe(row)}
          {slowestOf !== undefined && ', the slowest step'}
        </span>
      </span>
      <Bar row={row} view={view} />
      <span
        className={classes.figure}
        data-unknown={step.latency_ms === null || undefined}
        data-slowest={slowestOf !== undefined || undefined}
        title={slowestTitle(step.latency_ms, slowestOf)}
      >
        {step.latency_ms === null ? '–' : formatDuration(step.latency_ms)}
      </span>
      <span
        className={classes.figure}
        data-optional
        title={sums.unpriced > 0 ? 'Some of it has no known cost' : undefined}
      >
        {sums.cost !== null && `${formatUsd(String(sums.cost))}${sums.unpriced > 0 ? '+' : ''}`}
      </span>
    </div>
  );
}

function slowestTitle(latency_ms: number | null, slowestOf: number | undefined): string | undefined {
  if (slowestOf === undefined || latency_ms === null) return undefined;
  return `The slowest step: ${formatShare(latency_ms, Math.max(latency_ms, slowestOf))} of the time`;
}

/** Behind the name: the model of a call, what a tool was given, the kind of any other step. */
function About({ row }: { row: TraceRow }) {
  const { kind, step } = row;
  if (kind === 'request') {
    return nameOfStep(row) === step.model ? null : (
      <bdi className={classes.about} title={step.model}>
        {step.model}
      </bdi>
    );
  }
  if (step.kind === null) return null;
  const given = kindOfStep(row) === 'tool' ? step.input_preview : null;
  return (
    <bdi className={classes.about} data-given={given !== null || undefined} title={given ?? step.kind}>
      {given ?? step.kind}
    </bdi>
  );
}

function Bar({ row, view }: { row: TraceRow; view: TimeView }) {
  const place = placeIn(view, row.start, row.end ?? row.start);
  const first = row.kind === 'request' && row.step.ttft_ms !== null ? row.start + row.step.ttft_ms : null;
  const firstPlace = first === null ? null : placeIn(view, first, first);
  return (
    <span className={classes.track} aria-hidden>
      {place && (
        <span
          className={classes.bar}
          data-kind={row.kind}
          data-failed={row.step.status === 'error' || undefined}
          // Of what did not say how long it took only the beginning is known.
          data-point={row.end === null || undefined}
          style={{ left: `${place.left * 100}%`, width: `max(3px, ${place.width * 100}%)` }}
        />
      )}
      {place && firstPlace && row.end !== null && (
        <span className={classes.first} style={{ left: `${firstPlace.left * 100}%` }} />
      )}
    </span>
  );
}

/** What else there is to a step, for those who do not see its signs. */
function describe(row: TraceRow): string {
  const { step, size, isOrphan, isSkewed } = row;
  const kind = kindOfStep(row);
  const parts = [
    kind === 'step' ? null : kind,
    step.status === 'success' ? null : step.status,
    size > 0 ? `${plural(size, 'step')} inside` : null,
    isOrphan ? 'the step around it is missing' : null,
    isSkewed ? 'runs beyond the step around it' : null,
  ];
  return parts
    .filter((part) => part !== null)
    .map((part) => `, ${part}`)
    .join('');
}
