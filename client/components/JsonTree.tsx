import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { stringifyExactJson } from '#shared/exactJson';
import { useCopy } from '../lib/useCopy.ts';
import {
  formatPath,
  type JsonRow,
  MEMBERS_SHOWN,
  membersOf,
  openFor,
  type OpenRows,
  toJsonRows,
} from '../lib/jsonRows.ts';
import { isLongLeaf, JsonTreeRow } from './JsonTreeRow.tsx';
import classes from './JsonTree.module.css';

type JsonTreeProps = {
  value: unknown;
  label: string;
  /** Levels that are open at first. */
  depth?: number;
  /** Rows to mark, by their ids in lib/jsonRows.ts, and the one of them to show. */
  matches?: readonly string[];
  current?: string | undefined;
  /** Takes the height of its parent, which has one. */
  isFilling?: boolean;
};

/** So many rows are simply there; of more only those in sight. */
const MOST_IN_PAGE = 150;
const ROW_PX = 20;

/** A JSON value as a tree that opens and closes, by mouse and arrow keys. Numbers have the digits they were sent with. */
export default function JsonTree({ value, label, depth = 2, matches, current, isFilling = false }: JsonTreeProps) {
  const [open, setOpen] = useState<OpenRows>({ byId: new Map(), shown: new Map(), depth });
  // What the reader looks for is opened on the way to it.
  const needed = useMemo(() => (current === undefined ? open : openFor(value, current, open)), [value, current, open]);
  const rows = useMemo(() => toJsonRows(value, needed), [value, needed]);
  const marked = useMemo(() => new Set(matches), [matches]);
  const [focusedId, setFocusedId] = useState('');
  const box = useRef<HTMLDivElement>(null);
  const copy = useCopy();
  const isVirtual = rows.length > MOST_IN_PAGE;
  const virtual = useVirtualizer({
    count: isVirtual ? rows.length : 0,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 30,
  });

  const show = (index: number) => {
    if (isVirtual) virtual.scrollToIndex(index, { align: 'auto' });
    else box.current?.querySelectorAll('[role=treeitem]')[index]?.scrollIntoView({ block: 'nearest' });
  };
  const currentAt = current === undefined ? -1 : rows.findIndex(({ id }) => id === current);
  useEffect(() => {
    if (currentAt >= 0) show(currentAt);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- Where the rows scroll to follows the row that is looked for alone.
  }, [currentAt]);

  if (membersOf(value) === null) {
    return (
      <pre className={classes.plain} dir="auto">
        {stringifyExactJson(value)}
      </pre>
    );
  }

  const toggle = (row: JsonRow) => {
    if (row.hidden > 0) {
      const parent = row.id.slice(0, -'/~more'.length);
      const shown = new Map(needed.shown).set(parent, (needed.shown.get(parent) ?? MEMBERS_SHOWN) + MEMBERS_SHOWN);
      setOpen({ ...needed, shown });
    } else if (isLongLeaf(row.value) || (row.size ?? 0) > 0) {
      setOpen({ ...needed, byId: new Map(needed.byId).set(row.id, !row.isOpen) });
    }
  };
  const focusedAt = Math.max(
    0,
    rows.findIndex(({ id }) => id === focusedId),
  );
  const focusRow = (index: number) => {
    const row = rows[index];
    if (!row) return;
    setFocusedId(row.id);
    show(index);
    // It may have come into the page just now.
    requestAnimationFrame(() =>
      box.current
        ?.querySelector<HTMLElement>(`[data-row="${CSS.escape(row.id)}"]`)
        ?.focus({ preventScroll: isVirtual }),
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[focusedAt];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const isParent = (row.size ?? 0) > 0;
    const parentAt = rows.findLastIndex(({ depth: level }, index) => index < focusedAt && level < row.depth);
    const actions: { readonly [key: string]: (() => void) | undefined } = {
      ArrowDown: () => focusRow(focusedAt + 1),
      ArrowUp: () => focusRow(focusedAt - 1),
      Home: () => focusRow(0),
      End: () => focusRow(rows.length - 1),
      ArrowRight: () => (isParent && !row.isOpen ? toggle(row) : focusRow(focusedAt + 1)),
      ArrowLeft: () => (isParent && row.isOpen ? toggle(row) : focusRow(parentAt)),
      Enter: () => toggle(row),
      ' ': () => toggle(row),
    };
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
    if (!action || event.target !== event.currentTarget.querySelector(':focus')) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  };

  const draw = (row: JsonRow, index: number) => (
    <JsonTreeRow
      key={row.id}
      row={row}
      isTabStop={index === focusedAt}
      isMatch={marked.has(row.id)}
      isCurrent={row.id === current}
      onFocus={() => setFocusedId(row.id)}
      onToggle={() => toggle(row)}
      onCopyPath={() => void copy('Path', formatPath(row.path))}
      onCopyValue={() =>
        void copy('Value', typeof row.value === 'string' ? row.value : stringifyExactJson(row.value, 2))
      }
    />
  );
  return (
    <div
      ref={box}
      role="tree"
      aria-label={label}
      className={`${classes.tree} ${isFilling ? classes.fill : isVirtual ? classes.scroll : ''}`}
      onKeyDown={onKeyDown}
    >
      {isVirtual ? (
        <div role="none" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return (
              row && (
                <div
                  key={item.key}
                  role="none"
                  ref={virtual.measureElement}
                  data-index={item.index}
                  style={{ position: 'absolute', top: 0, insetInline: 0, transform: `translateY(${item.start}px)` }}
                >
                  {draw(row, item.index)}
                </div>
              )
            );
          })}
        </div>
      ) : (
        rows.map(draw)
      )}
    </div>
  );
}
