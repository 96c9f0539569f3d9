import type { PageSearch } from '../../domain/pageSearch.ts';

export type ExportButtonProps = {
  search: PageSearch;
  /** The columns that are shown, by their names in REQUEST_COLUMNS. */
  columns: readonly string[];
};

/** The place of the export of what the list shows, in the bar of the page. */
export function ExportButton(_props: ExportButtonProps) {
  return null;
}
