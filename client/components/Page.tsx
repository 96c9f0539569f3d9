import { useContext, type ReactNode } from 'react';
import { ActionIcon } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { HamburgerMenuIcon } from '@radix-ui/react-icons';
import { NavigationMenu } from './navigationMenu.ts';
import classes from './Page.module.css';

type PageProps = {
  /** The heading of the page, in its bar. */
  title: string;
  /** What the browser's tab says, where that is more than the title. */
  tabTitle?: string | undefined;
  /** Links to the pages above this one, shown before the title. */
  trail?: ReactNode;
  /** Behind the title, such as its id. */
  about?: ReactNode;
  /** At the right of the bar. */
  actions?: ReactNode;
  /** `text` is as wide as text is read; `fill` has the whole height, and its parts scroll for themselves. Default: `wide`. */
  layout?: 'wide' | 'text' | 'fill';
  children: ReactNode;
};

/** The frame of every page: a bar of 48 px with where one is and what can be done, and the content below it. */
export function Page({ title, tabTitle, trail, about, actions, layout = 'wide', children }: PageProps) {
  const openNavigation = useContext(NavigationMenu);
  useDocumentTitle(`${tabTitle ?? title} · PromptLab`);
  return (
    <div className={classes.page}>
      <header className={classes.bar} role="presentation">
        {openNavigation && (
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Open menu" onClick={openNavigation}>
            <HamburgerMenuIcon />
          </ActionIcon>
        )}
        <div className={classes.place}>
          {trail !== undefined && (
            <>
              <span className={classes.trail}>{trail}</span>
              <span className={classes.slash} aria-hidden>
                /
              </span>
            </>
          )}
          <h1 className={classes.title} dir="auto" title={title}>
            {title}
          </h1>
          {about !== undefined && <div className={classes.about}>{about}</div>}
        </div>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </header>
      <div className={classes.content} data-layout={layout}>
        {layout === 'text' ? <div className={classes.text}>{children}</div> : children}
      </div>
    </div>
  );
}
