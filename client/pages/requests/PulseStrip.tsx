import { lazy, Suspense, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { NativeSelect, UnstyledButton } from '@mantine/core';
import { TableIcon } from '@radix-ui/react-icons';
import { keepPreviousData } from '@tanstack/react-query';
import { errorMessage } from '../../api/errorMessage.ts';
import { trpc } from '../../api/trpc.ts';
import { formatDayClock } from '../../domain/clock.ts';
import { toFilters } from '../../domain/pageSearch.ts';
import { between, formatTime } from '../../domain/timeRange.ts';
import type { Address } from '../../domain/useAddress.ts';
import { useNow } from '../../lib/useNow.ts';
import { useStoredState } from '../../lib/useStoredState.ts';
import { barsOf, isPulseMode, type PulseBar, PULSE_MODES, type PulseMode } from './pulseBars.ts';
import classes from './PulseStrip.module.css';
import { useRefetchOnChange } from './useRefetchOnChange.ts';
import { useIsOfViewBefore } from './useRequestList.ts';

const PulseTable = lazy(() => import('./PulseTable.tsx'));

type PulseStripProps = Address & {
  /** How many requests match: the bars are asked for again when it changes. */
  total: number | undefined;
};

/** What happened when, above the list: a click or a drag over bars narrows the time to them, and Back returns. */
export function PulseStrip({ search, change, total }: PulseStripProps) {
  const now = useNow();
  const [mode, setMode] = useStoredState<PulseMode>('pulse', 'requests', isPulseMode);
  const [isTable, setIsTable] = useState(false);
  const strip = trpc.stats.strip.useQuery(
    { filters: toFilters(search, now) },
    { placeholderData: keepPreviousData, staleTime: 15_000 },
  );
  useRefetchOnChange(total, strip);
  const isStale = useIsOfViewBefore(strip, JSON.stringify([search.q, search.t, search.env]));
  const bars = strip.data ? barsOf(strip.data, mode) : [];
  const backTo = mode === 'p95' ? strip.data?.percentiles_back_to : strip.data?.counted_back_to;
  return (
    <section className={classes.strip} aria-label="Over time" data-stale={isStale || undefined}>
      <div className={classes.controls}>
        <NativeSelect
          size="xs"
          aria-label="What the bars show"
          value={mode}
          data={PULSE_MODES.map(({ name, label }) => ({ value: name, label }))}
          onChange={({ currentTarget: { value } }) => isPulseMode(value) && setMode(value)}
        />
        <UnstyledButton
          className={classes.tableButton}
          aria-label="As a table"
          aria-pressed={isTable}
          title="As a table"
          onClick={() => setIsTable(!isTable)}
        >
          <TableIcon />
        </UnstyledButton>
      </div>
      {strip.error && !strip.data ? (
        <p className={classes.note} role="alert">
          {errorMessage(strip.error)}{' '}
          <UnstyledButton className={classes.again} onClick={() => void strip.refetch()}>
            Try again
          </UnstyledButton>
        </p>
      ) : isTable ? (
        <Suspense>
          <PulseTable bars={bars} />
        </Suspense>
      ) : (
        <Bars
          bars={bars}
          note={backTo ? `Only the latest requests, since ${formatDayClock(backTo)}` : null}
          onZoom={(from, to) => change({ t: formatTime(between(from, to)) })}
        />
      )}
    </section>
  );
}

type BarsProps = {
  bars: readonly PulseBar[];
  note: string | null;
  onZoom: (from: number, to: number) => void;
};

/** One stop of the Tab key; the arrows walk over the bars, with Shift they mark more than one, and Enter narrows the time. */
function Bars({ bars, note, onZoom }: BarsProps) {
  const [marked, setMarked] = useState<{ first: number; last: number } | null>(null);
  const isDragged = useRef(false);
  const group = useRef<HTMLDivElement>(null);
  const zoom = (first: number, last: number) => {
    const [start, end] = [bars[Math.min(first, last)], bars[Math.max(first, last)]];
    setMarked(null);
    if (start && end) onZoom(start.from, end.to);
  };
  const placeOf = (event: PointerEvent) => {
    const box = group.current?.getBoundingClientRect();
    if (!box || bars.length === 0) return 0;
    return Math.min(bars.length - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * bars.length)));
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -bars.length, End: bars.length }[event.key];
    if (step !== undefined) {
      const at = Math.min(bars.length - 1, Math.max(0, (marked?.last ?? bars.length - 1) + (marked ? step : 0)));
      setMarked({ first: event.shiftKey && marked ? marked.first : at, last: at });
    } else if (event.key === 'Enter' && marked) zoom(marked.first, marked.last);
    else if (event.key === 'Escape' && marked) setMarked(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const read = marked === null ? null : readMarked(bars, marked);
  return (
    <div className={classes.plot}>
      <div
        ref={group}
        className={classes.bars}
        role="slider"
        tabIndex={0}
        aria-label="Bars over time: arrows walk, Shift marks more, Enter narrows the time"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, bars.length - 1)}
        aria-valuenow={marked?.last ?? Math.max(0, bars.length - 1)}
        aria-valuetext={read ?? note ?? `${bars.length} bars`}
        onKeyDown={press}
        onBlur={() => setMarked(null)}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          isDragged.current = true;
          event.currentTarget.setPointerCapture(event.pointerId);
          setMarked({ first: placeOf(event), last: placeOf(event) });
        }}
        onPointerMove={(event) => {
          const at = placeOf(event);
          setMarked((before) => ({ first: isDragged.current && before ? before.first : at, last: at }));
        }}
        onPointerUp={() => {
          if (isDragged.current && marked) zoom(marked.first, marked.last);
          isDragged.current = false;
        }}
        onPointerLeave={() => {
          if (!isDragged.current) setMarked(null);
        }}
      >
        {bars.map((bar, index) => (
          <span
            key={bar.from}
            className={classes.bar}
            data-marked={
              (marked &&
                index >= Math.min(marked.first, marked.last) &&
                index <= Math.max(marked.first, marked.last)) ||
              undefined
            }
          >
            {bar.parts.map(({ kind, share }) => (
              <span key={kind} className={classes.part} data-kind={kind} style={{ height: `${share * 100}%` }} />
            ))}
          </span>
        ))}
      </div>
      <p className={classes.read} aria-hidden>
        {read ??
          note ??
          (bars.length > 0 ? `${bars[0]?.when ?? ''} → ${bars.at(-1)?.when ?? ''}` : 'No requests in this time')}
      </p>
    </div>
  );
}

function readMarked(bars: readonly PulseBar[], { first, last }: { first: number; last: number }): string | null {
  const [start, end] = [bars[Math.min(first, last)], bars[Math.max(first, last)]];
  if (!start || !end) return null;
  return start === end ? `${start.when}: ${start.says}` : `${start.when} to ${end.when}`;
}
