/** Saved views and the address: what a view keeps of it, and whether the address says something else by now. */
import type { SavedView, ViewId, ViewSearch } from '#shared/view';
import { trpc } from '../../api/trpc.ts';
import type { PageSearch } from '../pageSearch.ts';

/** What a view keeps of an address. */
const PARTS = ['q', 't', 'env', 'sort', 'cols', 'density'] as const satisfies readonly (keyof ViewSearch &
  keyof PageSearch)[];
const FRESH_MS = 30_000;

/** All views of the organization; undefined until they are known. */
export function useSavedViews(): readonly SavedView[] | undefined {
  return trpc.views.list.useQuery(undefined, { staleTime: FRESH_MS }).data;
}

/** What a view would keep of this address. */
export function viewSearchOf(search: PageSearch): ViewSearch {
  return Object.fromEntries(PARTS.flatMap((part) => (search[part] === undefined ? [] : [[part, search[part]]])));
}

/** The address that shows a view: all of it, so that a link shows the same even where the view is changed later. */
export function addressOf(view: SavedView, search: PageSearch): PageSearch {
  // The environment that is pinned for all pages stays, unless the view has its own.
  return { ...(search.env !== undefined && { env: search.env }), ...viewSearchOf(view.search), v: view.id };
}

/** True where the address shows the view with changes. */
export function isEdited(view: SavedView, search: PageSearch): boolean {
  return PARTS.some((part) => !(part === 'env' && view.search.env === undefined) && view.search[part] !== search[part]);
}

/** True where the address asks for nothing that a view could keep, besides what all pages share. */
export function isBare({ q, sort, cols, density, after, before }: PageSearch): boolean {
  return [q, sort, cols, density, after, before].every((part) => part === undefined);
}

/** The view that an address names; undefined while they load, and where it was deleted. */
export function findView(views: readonly SavedView[] | undefined, id: string | undefined): SavedView | undefined {
  return id === undefined ? undefined : views?.find((view) => view.id === (id as ViewId)); // Compared, not trusted.
}
