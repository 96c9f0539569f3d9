import type { PageSearch } from '../../domain/pageSearch.ts';
import type { Selection } from './useSelection.ts';

export type SelectionBarProps = {
  selection: Selection;
  search: PageSearch;
  /** All that match the address; undefined while unknown. */
  total: number | undefined;
};

/** The place of what can be done with the selected rows, below them. */
export function SelectionBar({ selection }: SelectionBarProps) {
  return selection.ids.size === 0 ? null : null;
}
