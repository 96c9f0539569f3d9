import { useState } from 'react';
import type { RequestSummary } from '#shared/request';

/** The rows in view, and what is held back. */
export type StableRows = {
  readonly shown: readonly RequestSummary[];
  /** Ids that came in while this view was open; they light up once. */
  readonly fresh: ReadonlySet<string>;
  /** Requests that wait until the reader is done with the rows. */
  readonly waiting: number;
  /** Shows rows whatever holds them. */
  readonly show: (requests: readonly RequestSummary[]) => void;
};

type Shown = { view: string; requests: readonly RequestSummary[]; fresh: ReadonlySet<string> };

const NOTHING: Shown = { view: '', requests: [], fresh: new Set() };

/** Keeps rows where they are while `isHeld` (the mouse is over them, or one is open); new ones wait behind a count. */
export function useStableRows(
  latest: readonly RequestSummary[] | undefined,
  view: string,
  isHeld: boolean,
): StableRows {
  const [shown, setShown] = useState<Shown>(NOTHING);
  const known = new Set(shown.requests.map(({ id }) => id));
  const added = (latest ?? []).filter(({ id }) => !known.has(id));
  const isOtherView = shown.view !== view;

  const show = (requests: readonly RequestSummary[]) => {
    const isFirst = isOtherView || shown.requests.length === 0;
    const fresh = isFirst ? [] : requests.filter(({ id }) => !known.has(id)).map(({ id }) => id);
    setShown({ view, requests, fresh: new Set(fresh) });
  };
  const mayShow = isOtherView || !isHeld || shown.requests.length === 0;
  // Derived while rendering, as React advises, so that no frame shows the rows of another view.
  if (latest !== undefined && latest !== shown.requests && mayShow) show(latest);

  return {
    shown: shown.requests,
    fresh: shown.fresh,
    waiting: mayShow ? 0 : added.length,
    show,
  };
}
