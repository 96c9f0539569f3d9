import type { ReactNode } from 'react';
import { Splitter } from '@mantine/core';
import { useStoredState } from '../lib/useStoredState.ts';
import { useMedia, WIDE } from '../lib/useMedia.ts';
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

const USUAL_PERCENT = 52;

/** A panel at the right of its page, whose width is dragged and remembered; where there is no room it covers the page. */
export function DockedPanel({ label, panel, onClose, children }: DockedPanelProps) {
  const [stored, setStored] = useStoredState<string>('panel_percent', String(USUAL_PERCENT), isText);
  const isWide = useMedia(WIDE);
  const isDocked = isWide && panel !== null;
  const percent = Math.min(75, Math.max(25, Number(stored) || USUAL_PERCENT));
  return (
    <>
      <Splitter
        className={classes.splitter}
        sizes={isDocked ? [100 - percent, percent] : [100]}
        onSizeChange={([, size]) => {
          if (size !== undefined) setStored(String(Math.round(Number.parseFloat(String(size)) * 10) / 10));
        }}
        lineSize={1}
        handleColor="var(--pl-border)"
        attributes={{ handle: { 'aria-label': `Width of the ${label.toLowerCase()}` } }}
      >
        <Splitter.Pane defaultSize={isDocked ? 100 - USUAL_PERCENT : 100} min={25} className={classes.pane}>
          {children}
        </Splitter.Pane>
        {isDocked && (
          <Splitter.Pane defaultSize={USUAL_PERCENT} min={25} className={classes.pane}>
            <section className={classes.panel} aria-label={label}>
              {panel}
            </section>
          </Splitter.Pane>
        )}
      </Splitter>
      {!isWide && panel !== null && (
        <SidePanel label={label} onClose={onClose}>
          {panel}
        </SidePanel>
      )}
    </>
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
