import { useState } from 'react';
import { AppShell as MantineAppShell, Burger, Group } from '@mantine/core';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { Logo } from '../components/Logo.tsx';
import { isBoolean, useStoredState } from '../lib/useStoredState.ts';
import { Sidebar } from './Sidebar.tsx';
import classes from './AppShell.module.css';

const WIDE = 228;
const RAIL = 64;

/** The frame of every page: sidebar at the left, a drawer behind a button on phones. */
export function AppShell() {
  const [isRail, setIsRail] = useStoredState('sidebar_collapsed', false, isBoolean);
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const [menuOpenAt, setMenuOpenAt] = useState<string | null>(null);
  // Open only on the page it was opened on: following a link closes it.
  const isMenuOpen = menuOpenAt === pathname;

  return (
    <MantineAppShell
      header={{ height: { base: 56, sm: 0 } }}
      navbar={{ width: isRail ? RAIL : WIDE, breakpoint: 'sm', collapsed: { mobile: !isMenuOpen } }}
      transitionDuration={150}
    >
      <a className="skipLink" href={`${pathname}#content`} onClick={focusContent}>
        Skip to content
      </a>
      <MantineAppShell.Header hiddenFrom="sm" className={classes.header}>
        <Group h="100%" px="md" justify="space-between">
          <Logo />
          <Burger
            size="sm"
            opened={isMenuOpen}
            onClick={() => setMenuOpenAt(isMenuOpen ? null : pathname)}
            aria-label={isMenuOpen ? 'Close menu' : 'Open menu'}
            aria-expanded={isMenuOpen}
          />
        </Group>
      </MantineAppShell.Header>
      <MantineAppShell.Navbar className={classes.navbar} aria-label="Main">
        <Sidebar isRail={isRail && !isMenuOpen} onRailChange={setIsRail} />
      </MantineAppShell.Navbar>
      <MantineAppShell.Main id="content" tabIndex={-1} className={classes.main}>
        <Outlet />
      </MantineAppShell.Main>
    </MantineAppShell>
  );
}

function focusContent(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}
