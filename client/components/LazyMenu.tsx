import { cloneElement, lazy, type ReactElement, Suspense, useState } from 'react';
import type { MenuProps } from '@mantine/core';

const OpenedMenu = lazy(() => import('./OpenedMenu.tsx'));

export interface MenuEntry {
  readonly label: string;
  readonly onClick: () => void;
  /** True for what takes something away. */
  readonly isDanger?: boolean;
}

/** What a button needs to say that it opens a menu. */
type MenuButton = ReactElement<{ onClick?: () => void; 'aria-haspopup'?: 'menu'; 'aria-expanded'?: boolean }>;

export type LazyMenuProps = Pick<MenuProps, 'position' | 'width'> & {
  /** What the entries are about, above them. */
  label?: string;
  entries: readonly MenuEntry[];
  children: MenuButton;
};

/** A menu on a page whose weight counts: Mantine's own comes when it is first opened. */
export function LazyMenu(props: LazyMenuProps) {
  const [isAsked, setIsAsked] = useState(false);
  const closed = cloneElement(props.children, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onClick: () => setIsAsked(true),
  });
  return isAsked ? (
    <Suspense fallback={closed}>
      <OpenedMenu {...props} />
    </Suspense>
  ) : (
    closed
  );
}
