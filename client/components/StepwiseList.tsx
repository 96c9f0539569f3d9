import { Fragment, useState, type ReactNode } from 'react';
import { Button } from '@mantine/core';
import { formatCount, plural } from '../lib/formatNumber.ts';

type StepwiseListProps<Item> = {
  items: readonly Item[];
  /** Items that are shown at once; each click shows `step` more. */
  first: number;
  step: number;
  /** Singular, such as "part". */
  noun: string;
  /** The items never move: a place in the list is a key. */
  render: (item: Item, index: number) => ReactNode;
};

/** A list that may be far longer than a page can hold: what is not shown is not in the page at all. */
export function StepwiseList<Item>({ items, first, step, noun, render }: StepwiseListProps<Item>) {
  const [shown, setShown] = useState(first);
  const hidden = items.length - shown;
  return (
    <>
      {items.slice(0, shown).map((item, index) => (
        <Fragment key={index}>{render(item, index)}</Fragment>
      ))}
      {hidden > 0 && (
        <Button variant="default" size="xs" mt={6} onClick={() => setShown(shown + step)}>
          {hidden <= step
            ? `Show ${plural(hidden, `more ${noun}`)}`
            : `Show ${formatCount(step)} of ${plural(hidden, `more ${noun}`)}`}
        </Button>
      )}
    </>
  );
}
