import { type ReactNode, useState } from 'react';
import { UnstyledButton } from '@mantine/core';
import { ChevronDownIcon, ChevronRightIcon } from '@radix-ui/react-icons';
import classes from './FoldedLine.module.css';

type FoldedLineProps = {
  title: ReactNode;
  /** What one can know without opening it. */
  note?: ReactNode;
  children: ReactNode;
};

/** One line that opens. What is closed is not in the page at all. */
export function FoldedLine({ title, note, children }: FoldedLineProps) {
  const [isOpen, setIsOpen] = useState(false);
  const Icon = isOpen ? ChevronDownIcon : ChevronRightIcon;
  return (
    <div>
      <UnstyledButton className={classes.line} aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        <Icon aria-hidden />
        <span className={classes.title}>{title}</span>
        <span className={classes.note} dir="auto">
          {note}
        </span>
      </UnstyledButton>
      {isOpen && <div className={classes.content}>{children}</div>}
    </div>
  );
}
