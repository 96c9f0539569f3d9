import { toFilters } from '../pageSearch.ts';
import type { Address } from '../useAddress.ts';
import { EnvironmentControl } from './EnvironmentControl.tsx';
import { QueryBar } from './QueryBar.tsx';
import { TimeControl } from './TimeControl.tsx';

/** What narrows a page, for its line of filters: the query, the environment and the time. */
export function FilterControls({ search, change, now }: Address & { now: number }) {
  return (
    <>
      <QueryBar
        value={search.q ?? ''}
        onApply={(q) => change({ q })}
        filters={toFilters({ ...search, q: undefined }, now)}
      />
      <EnvironmentControl value={search.env} onChange={(env) => change({ env })} />
      <TimeControl value={search.t} onChange={(t) => change({ t })} />
    </>
  );
}
