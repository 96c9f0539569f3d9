import { UnstyledButton } from '@mantine/core';
import { ChevronDownIcon, ChevronUpIcon } from '@radix-ui/react-icons';
import table from './RowTable.module.css';

type SortButtonProps = {
  title: string;
  /** What the column is, on hover; missing: that a click sorts by it. */
  about?: string | undefined;
  /** How the rows are sorted by this column; null: by another. */
  direction: 'up' | 'down' | null;
  onClick: () => void;
};

/** The name of a column that rows can be sorted by, in the head of a table. */
export function SortButton({ title, about, direction, onClick }: SortButtonProps) {
  return (
    <UnstyledButton className={table.sort} title={about ?? `Sort by ${title.toLowerCase()}`} onClick={onClick}>
      {title}
      {direction === 'down' && <ChevronDownIcon aria-hidden />}
      {direction === 'up' && <ChevronUpIcon aria-hidden />}
    </UnstyledButton>
  );
}

/** What a cell of the head says to assistive technology of its direction. */
export function ariaSort(direction: 'up' | 'down' | null): 'ascending' | 'descending' | undefined {
  if (direction === null) return undefined;
  return direction === 'down' ? 'descending' : 'ascending';
}
