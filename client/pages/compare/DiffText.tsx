import { useMemo, type ReactNode } from 'react';
import { diffWordsWithSpace } from 'diff';
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

const MOST_CHARACTERS = 50_000;
/** Of words that differ; beyond that nobody would read the marks, and finding them takes ever longer. */
const MOST_EDITS = 2_000;
const TIME_LIMIT_MS = 300;

/** A text in which the words are marked that the other one does not have. */
export default function DiffText({ before, after, side, isMonospace, fallback }: DiffTextProps) {
  const changes = useMemo(
    () =>
      before.length + after.length > MOST_CHARACTERS
        ? undefined
        : diffWordsWithSpace(before, after, { maxEditLength: MOST_EDITS, timeout: TIME_LIMIT_MS }),
    [before, after],
  );
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
