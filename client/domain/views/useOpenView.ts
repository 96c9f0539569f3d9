import { useEffect, useRef } from 'react';
import type { SavedView } from '#shared/view';
import type { Address } from '../useAddress.ts';
import { addressOf, findView, isBare, useSavedViews } from './savedViews.ts';

/** An address that names a view alone is filled in with it; one that says nothing opens the default view, when one comes to the page. */
export function useOpenView({ search, change }: Address, page: SavedView['page']): void {
  const views = useSavedViews();
  const opened = useRef<string | null>(null);
  useEffect(() => {
    if (views === undefined) return;
    const named = findView(views, search.v);
    const view =
      named ?? (opened.current === null ? views.find((one) => one.page === page && one.is_default) : undefined);
    const isNew = named ? opened.current !== named.id : search.v === undefined && search.t === undefined;
    if (view && isNew && isBare(search)) change(addressOf(view, search), 'replace');
    opened.current = view?.id ?? opened.current ?? '';
  }, [views, search, change, page]);
}
