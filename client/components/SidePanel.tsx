import { useEffect, useRef, type ReactNode } from 'react';
import { FocusTrap, Portal } from '@mantine/core';
import { useKeys } from '../keys/useKeys.ts';
import { PHONE, useMedia } from '../lib/useMedia.ts';
import classes from './SidePanel.module.css';

type SidePanelProps = {
  label: string;
  onClose: () => void;
  children: ReactNode;
};

/**
 * A panel over the right of the page, which stays in use beside it. On a phone it covers the page and keeps the focus.
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
  const coversPage = useMedia(PHONE);
  useEffect(() => {
    const cameFrom = document.activeElement;
    panel.current?.focus({ preventScroll: true });
    return () => {
      if (cameFrom instanceof HTMLElement && cameFrom.isConnected) cameFrom.focus({ preventScroll: true });
    };
  }, []);
  useKeys({ close: onClose });

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
