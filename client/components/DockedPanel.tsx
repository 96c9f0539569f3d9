import { type CSSProperties, type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from 'react';
import { useMedia, WIDE } from '../lib/useMedia.ts';
import { useStoredState } from '../lib/useStoredState.ts';
import { SidePanel } from './SidePanel.tsx';
import classes from './DockedPanel.module.css';

type DockedPanelProps = {
  /** What the panel holds, for screen readers. */
  label: string;
  /** Null: closed. */
  panel: ReactNode;
  onClose: () => void;
  /** Stays mounted, and keeps its place, whether the panel is open or not. */
  children: ReactNode;
};

/** Of the width, in percent. */
const USUAL = 52;
const LEAST = 25;
const MOST = 75;

/** A panel at the right of its page, whose width is dragged and remembered; where there is no room it covers the page. */
export function DockedPanel({ label, panel, onClose, children }: DockedPanelProps) {
  const [stored, setStored] = useStoredState<string>('panel_percent', String(USUAL), isText);
  const frame = useRef<HTMLDivElement>(null);
  const isWide = useMedia(WIDE);
  const isDocked = isWide && panel !== null;
  const percent = clamp(Number(stored) || USUAL);
  const resize = (next: number) => setStored(String(clamp(next)));
  return (
    <>
      <div ref={frame} className={classes.frame} style={{ '--panel': `${percent}%` } as CSSProperties}>
        <div className={classes.rest}>{children}</div>
        {isDocked && (
          <>
            <Separator
              label={`Width of the ${label.toLowerCase()}`}
              percent={percent}
              frame={frame}
              onResize={resize}
            />
            <section className={classes.panel} aria-label={label}>
              {panel}
            </section>
          </>
        )}
      </div>
      {!isWide && panel !== null && (
        <SidePanel label={label} onClose={onClose}>
          {panel}
        </SidePanel>
      )}
    </>
  );
}

type SeparatorProps = {
  label: string;
  /** Of the panel at its right. */
  percent: number;
  frame: { readonly current: HTMLElement | null };
  onResize: (percent: number) => void;
};

/** The line between both, by pointer and arrow keys; a double click gives the usual width back. */
function Separator({ label, percent, frame, onResize }: SeparatorProps) {
  const drag = (event: PointerEvent) => {
    const box = frame.current?.getBoundingClientRect();
    if (!box || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    onResize(((box.right - event.clientX) / box.width) * 100);
  };
  const press = (event: KeyboardEvent) => {
    const step = event.shiftKey ? 10 : 2;
    const next = {
      ArrowLeft: percent + step,
      ArrowRight: percent - step,
      Home: MOST,
      End: LEAST,
      Enter: USUAL,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    onResize(next);
  };
  return (
    <div
      className={classes.separator}
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={Math.round(percent)}
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      tabIndex={0}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={drag}
      onDoubleClick={() => onResize(USUAL)}
      onKeyDown={press}
    />
  );
}

function clamp(percent: number): number {
  return Math.round(Math.min(MOST, Math.max(LEAST, percent)) * 10) / 10;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
