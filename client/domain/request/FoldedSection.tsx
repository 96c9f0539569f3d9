import type { ReactNode } from 'react';
import classes from './FoldedSection.module.css';

/** A part of the drawer that opens on demand. */
export function FoldedSection({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details className={classes.section}>
      <summary>{title}</summary>
      <div className={classes.content}>{children}</div>
    </details>
  );
}
