import { useMemo } from 'react';
import type { PageSearch } from '../../domain/pageSearch.ts';
import { useStoredState } from '../../lib/useStoredState.ts';
import { DEFAULT_COLUMNS, REQUEST_COLUMNS, type RequestColumn } from './requestColumns.tsx';

/** Rows of small or medium height. */
export type Density = 's' | 'm';

/** How the table looks, and what changes that. */
export type ColumnChoice = {
  readonly columns: readonly RequestColumn[];
  readonly density: Density;
  readonly choose: (names: readonly string[]) => void;
  readonly setDensity: (density: Density) => void;
  /** What a saved view keeps of it: what is not usual. */
  readonly kept: { readonly cols?: string; readonly density?: Density };
};

type ChangeLook = (changes: { cols: undefined } | { density: undefined }) => void;

/**
 * The columns and how high the rows are. What the address says counts, as it came with a link or a view; what is chosen
 * here is remembered, and the address says it no more.
 */
export function useColumnChoice(search: PageSearch, onChange: ChangeLook): ColumnChoice {
  const [names, setNames] = useStoredState<string>('columns', DEFAULT_COLUMNS.join(), isText);
  const [stored, setStored] = useStoredState<Density>('density', 's', isDensity);
  const wanted = search.cols ?? names;
  const columns = useMemo(() => columnsOf(wanted), [wanted]);
  const shown = columns.map(({ name }) => name).join();
  const density = isDensity(search.density) ? search.density : stored;
  return {
    columns,
    kept: {
      ...(shown !==
        columnsOf(DEFAULT_COLUMNS.join())
          .map(({ name }) => name)
          .join() && { cols: shown }),
      ...(density !== 's' && { density }),
    },
    density,
    choose: (chosen) => {
      setNames(chosen.join());
      if (search.cols !== undefined) onChange({ cols: undefined });
    },
    setDensity: (density) => {
      setStored(density);
      if (search.density !== undefined) onChange({ density: undefined });
    },
  };
}

/** Those that there are, in the order of the table; the time and the words are always among them. */
function columnsOf(names: string): RequestColumn[] {
  const wanted = new Set([...names.split(','), 'time', 'preview']);
  return REQUEST_COLUMNS.filter(({ name }) => wanted.has(name));
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isDensity(value: unknown): value is Density {
  return value === 's' || value === 'm';
}
