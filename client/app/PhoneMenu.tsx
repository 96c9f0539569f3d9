import type { ReactNode } from 'react';
import { Drawer } from '@mantine/core';
import classes from './AppShell.module.css';

type PhoneMenuProps = { isOpen: boolean; onClose: () => void; children: ReactNode };

/** The navigation on a phone, over the page. */
export default function PhoneMenu({ isOpen, onClose, children }: PhoneMenuProps) {
  return (
    <Drawer opened={isOpen} onClose={onClose} size={264} withCloseButton={false} padding={0} aria-label="Menu">
      <nav aria-label="Main" className={classes.menu}>
        {children}
      </nav>
    </Drawer>
  );
}
