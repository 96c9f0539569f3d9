import { useEffect, useRef, type ReactNode } from 'react';
import { FocusTrap, Portal } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import classes from './SidePanel.module.css';

type SidePanelProps = {
  label: string;
  onClose: () => void;
  children: ReactNode;
};

/**
 * A panel at the right that leaves the page beside it in use. On a phone it covers the page and keeps the focus.
 * Escape closes it, and the focus goes back to where it was.
 */
export function SidePanel(props: SidePanelProps) {
  return (
    <Portal>
      <Surface {...props} />
    </Portal>
  );
}

function Surface({ label, onClose, children }: SidePanelProps) {
  const panel = useRef<HTMLElement>(null);
  const coversPage = useMediaQuery('(max-width: 48em)') ?? false;
  useEffect(() => {
    const cameFrom = document.activeElement;
    panel.current?.focus({ preventScroll: true });
    return () => {
      if (cameFrom instanceof HTMLElement && cameFrom.isConnected) cameFrom.focus({ preventScroll: true });
    };
  }, []);
  useEffect(() => {
    const closeOnEscape = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented && !isSomethingAbove()) onClose();
    };
    document.addEventListener('keydown', closeOnEscape);
    return () => document.removeEventListener('keydown', closeOnEscape);
  }, [onClose]);

  return (
    <FocusTrap active={coversPage} innerRef={panel}>
      <section
        className={classes.panel}
        role="dialog"
        aria-modal={coversPage || undefined}
        aria-label={label}
        data-side-panel
        tabIndex={-1}
      >
        {children}
      </section>
    </FocusTrap>
  );
}

/** An open menu or dialog closes before the panel does. */
function isSomethingAbove(): boolean {
  return document.querySelector('[aria-modal="true"]:not([data-side-panel]), [role="menu"]') !== null;
}
