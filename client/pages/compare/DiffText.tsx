import { useMemo, type ReactNode } from 'react';
import { diffOf } from './diffOf.ts';
import classes from './ComparePage.module.css';

type DiffTextProps = {
  before: string;
  after: string;
  /** Which of them is shown, with what the other lacks marked. */
  side: 'before' | 'after';
  isMonospace: boolean;
  /** For texts that have too little in common to be marked. */
  fallback: ReactNode;
};

/** A text in which the words are marked that the other one does not have. */
export default function DiffText({ before, after, side, isMonospace, fallback }: DiffTextProps) {
  const changes = useMemo(() => diffOf(before, after), [before, after]);
  if (changes === undefined) return fallback;
  return (
    <div className={classes.words} data-mono={isMonospace || undefined} dir="auto">
      {changes
        .filter(({ added, removed }) => (side === 'before' ? !added : !removed))
        .map(({ value, added, removed }, index) =>
          added ? (
            <ins key={index}>{value}</ins>
          ) : removed ? (
            <del key={index}>{value}</del>
          ) : (
            <span key={index}>{value}</span>
          ),
        )}
    </div>
  );
}
