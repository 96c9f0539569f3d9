import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { RequestId } from '#shared/primitives';

type RowCursorOptions = {
  /** Of the rows, in their order. */
  ids: readonly RequestId[];
  openId: RequestId | undefined;
  onOpen: (id: RequestId, isStep?: boolean) => void;
  /** Beyond the last row, or before the first: asks for another page. Answers false where there is none. */
  onEdge: (step: 1 | -1) => boolean;
};

/** Where the keys are in the list, and how they move. */
export type RowCursor = {
  /** The row that the keys mean: the one tab stop of the list. */
  readonly id: RequestId | undefined;
  readonly place: (id: RequestId) => void;
  readonly move: (step: 1 | -1) => void;
  readonly focus: () => void;
};

/** The row that the keys act on. It moves the open request with it, and goes on with the next page at the end of one. */
export function useRowCursor({ ids, openId, onOpen, onEdge }: RowCursorOptions): RowCursor {
  const [placed, setPlaced] = useState<RequestId | undefined>(openId);
  const [focusNext, setFocusNext] = useState(0);
  const edge = useRef<1 | -1 | null>(null);
  const id = [openId, placed, ids[0]].find((one) => one !== undefined && ids.includes(one));

  const goTo = (next: RequestId, isFocused: boolean) => {
    setPlaced(next);
    if (openId !== undefined) onOpen(next, true);
    if (isFocused) setFocusNext((before) => before + 1);
  };
  const move = (step: 1 | -1) => {
    const at = id === undefined ? -1 : ids.indexOf(id);
    // Nothing was pointed at yet: the first press takes the first row.
    const isUntouched = placed === undefined && openId === undefined && !isRowFocused();
    const next = isUntouched ? ids[0] : ids[at + step];
    if (next !== undefined) goTo(next, true);
    else if (onEdge(step)) edge.current = step;
  };

  // The rows of the page that was asked for are there.
  const first = ids[0];
  useEffect(() => {
    const step = edge.current;
    edge.current = null;
    const next = step === 1 ? ids[0] : step === -1 ? ids.at(-1) : undefined;
    if (next !== undefined) goTo(next, true);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only another page is meant
  }, [first]);

  useLayoutEffect(() => {
    if (focusNext > 0) focusRow(placed);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only when it was moved
  }, [focusNext]);

  return { id, place: setPlaced, move, focus: () => focusRow(id) };
}

/** Scrolls no further than needed: what stands above and below covers rows, which the row itself leaves room for. */
function focusRow(id: RequestId | undefined): void {
  const link = document.querySelector<HTMLElement>(`[data-row="${id}"]`);
  link?.focus({ preventScroll: true });
  link?.closest('tr, li')?.scrollIntoView({ block: 'nearest' });
}

function isRowFocused(): boolean {
  return document.activeElement?.hasAttribute('data-row') ?? false;
}
