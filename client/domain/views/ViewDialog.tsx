import { lazy, Suspense } from 'react';
import type { SavedView, ViewSearch } from '#shared/view';

const ViewForm = lazy(() => import('./ViewForm.tsx'));

/** What the view will hold: the page, and the parts of the address that it keeps. */
export type ViewDraft = {
  /** The view that is changed; null for a new one. */
  readonly view: SavedView | null;
  readonly page: SavedView['page'];
  readonly search: ViewSearch;
};

export type ViewDialogProps = {
  draft: ViewDraft | null;
  onClose: () => void;
  onSaved: (view: SavedView) => void;
};

/** Asks for the name of a view, and whether its page opens with it. */
export function ViewDialog(props: ViewDialogProps) {
  return <Suspense>{props.draft !== null && <ViewForm {...props} />}</Suspense>;
}
