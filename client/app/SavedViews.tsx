import { lazy, Suspense } from 'react';
import { useSavedViews } from '../domain/views/savedViews.ts';

const SavedViewList = lazy(() => import('./SavedViewList.tsx'));

/** Saved views in the sidebar; nothing, and nothing to load, where there are none. */
export function SavedViews() {
  const views = useSavedViews();
  return <Suspense>{views !== undefined && views.length > 0 && <SavedViewList />}</Suspense>;
}
