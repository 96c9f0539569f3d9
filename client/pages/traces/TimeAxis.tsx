import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { UnstyledButton } from '@mantine/core';
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { formatTick, placeWords, ticksOf, type TimeView, zoomTo } from './timeScale.ts';
import classes from './TraceTree.module.css';

type TimeAxisProps = {
  view: TimeView;
  whole: TimeView;
  isZoomed: boolean;
  onZoom: (view: TimeView | null) => void;
  /** By a part of the view. */
  onPan: (part: number) => void;
  onScale: (factor: number, at: number) => void;
};

/** Of a mark with its words. */
const TICK_PX = 48;

/** The time of the bars. A drag zooms to what was dragged over, a wheel pans, with Ctrl it zooms, a double click shows all. */
export function TimeAxis({ view, whole, isZoomed, onZoom, onPan, onScale }: TimeAxisProps) {
  const track = useRef<HTMLDivElement>(null);
  const { ref: measured, width } = useElementSize();
  const trackRef = useMergedRef(track, measured);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const placeOf = (clientX: number): number => {
    const { left, width } = track.current?.getBoundingClientRect() ?? { left: 0, width: 1 };
    return (clientX - left) / width;
  };
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ from: placeOf(event.clientX), to: placeOf(event.clientX) });
  };
  const onPointerUp = () => {
    const next = drag && zoomTo(view, drag.from, drag.to);
    setDrag(null);
    if (next) onZoom(next);
  };
  const handlers = useRef({ onPan, onScale, placeOf });
  useEffect(() => {
    handlers.current = { onPan, onScale, placeOf };
  });
  useEffect(() => {
    const element = track.current;
    // React listens in a way that cannot keep the page from scrolling.
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const { onPan: pan, onScale: scale, placeOf: place } = handlers.current;
      const moved = Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.deltaY;
      if (event.ctrlKey || event.metaKey) scale(moved > 0 ? 1.25 : 0.8, place(event.clientX));
      else pan(moved / 1_000);
    };
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, []);
  const ticks = placeWords(ticksOf(view, whole.from, Math.max(1, Math.floor(width / TICK_PX))), width);
  return (
    <div className={classes.axis}>
      <span className={classes.axisName}>
        {isZoomed && (
          <UnstyledButton className={classes.reset} onClick={() => onZoom(null)}>
            Show all of the time
          </UnstyledButton>
        )}
      </span>
      <div
        ref={trackRef}
        className={classes.ticks}
        title="Drag to zoom, wheel to pan, Ctrl and wheel to zoom, double click to show all"
        onPointerDown={onPointerDown}
        onPointerMove={(event) => drag && setDrag({ ...drag, to: placeOf(event.clientX) })}
        onPointerUp={onPointerUp}
        onPointerCancel={() => setDrag(null)}
        onDoubleClick={() => onZoom(null)}
      >
        {ticks.map(({ at, ms, isEnd }) => (
          <span key={ms} className={classes.tick} data-end={isEnd || undefined} style={{ left: `${at * 100}%` }}>
            {formatTick(ms)}
          </span>
        ))}
        {drag && (
          <span
            className={classes.drag}
            style={{ left: `${Math.min(drag.from, drag.to) * 100}%`, width: `${Math.abs(drag.to - drag.from) * 100}%` }}
          />
        )}
      </div>
      <span className={classes.axisEnd}>Duration</span>
      <span className={classes.axisEnd} data-optional>
        Cost
      </span>
    </div>
  );
}
