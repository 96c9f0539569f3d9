import { useState } from 'react';
import type { RequestId } from '#shared/primitives';

/** The selected rows, of all pages, and what keys and clicks do with them. */
export type Selection = {
  readonly ids: ReadonlySet<RequestId>;
  readonly toggle: (id: RequestId) => void;
  /** From the row that was selected last to this one. */
  readonly toggleTo: (id: RequestId) => void;
  /** All rows of the page, or none where all are. */
  readonly togglePage: () => void;
  readonly clear: () => void;
};

type State = { view: string; ids: ReadonlySet<RequestId>; last: RequestId | undefined };

/** The rows that are selected. They stay over pages and new rows of one view, and are forgotten with another. */
export function useSelection(page: readonly RequestId[], view: string): Selection {
  const [stored, setState] = useState<State>({ view, ids: new Set(), last: undefined });
  const state: State = stored.view === view ? stored : { view, ids: new Set(), last: undefined };
  const set = (ids: ReadonlySet<RequestId>, last: RequestId | undefined = state.last) => setState({ view, ids, last });
  const toggle = (id: RequestId) => {
    const ids = new Set(state.ids);
    if (!ids.delete(id)) ids.add(id);
    set(ids, id);
  };
  return {
    ids: state.ids,
    toggle,
    toggleTo: (id) => {
      const from = state.last === undefined ? -1 : page.indexOf(state.last);
      const to = page.indexOf(id);
      if (from === -1 || to === -1) return toggle(id);
      set(new Set([...state.ids, ...page.slice(Math.min(from, to), Math.max(from, to) + 1)]), id);
    },
    togglePage: () => {
      const isWhole = page.every((id) => state.ids.has(id));
      set(isWhole ? new Set([...state.ids].filter((id) => !page.includes(id))) : new Set([...state.ids, ...page]));
    },
    clear: () => set(new Set(), undefined),
  };
}
