import { lazy, Suspense, useState } from 'react';
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { Announcer } from '../components/Announcer.tsx';
import { NavigationMenu } from '../components/navigationMenu.ts';
import { sharedSearch } from '../domain/pageSearch.ts';
import { PHONE, useMedia, WIDE } from '../lib/useMedia.ts';
import { useStoredState } from '../lib/useStoredState.ts';
import { NAVIGATION_PAGES } from './navigation.ts';
import { Sidebar } from './Sidebar.tsx';
import type { KeyHandlers } from '../keys/keyPresses.ts';
import { useKeyListener, useKeys } from '../keys/useKeys.ts';
import classes from './AppShell.module.css';

const PhoneMenu = lazy(() => import('./PhoneMenu.tsx'));
const Palette = lazy(() => import('./Palette.tsx'));
const KeySheet = lazy(() => import('./KeySheet.tsx'));

/** `auto`: wide where there is room for it. */
const SIDEBARS = ['auto', 'wide', 'rail'] as const;
type SidebarChoice = (typeof SIDEBARS)[number];
const isSidebar = (value: unknown): value is SidebarChoice => SIDEBARS.some((one) => one === value);

/** The frame of every page: the sidebar at the left, or behind a button on phones. */
export function AppShell() {
  const [choice, setChoice] = useStoredState<SidebarChoice>('sidebar', 'auto', isSidebar);
  const isPhone = useMedia(PHONE);
  const isWide = useMedia(WIDE);
  const isRail = choice === 'auto' ? !isWide : choice === 'rail';
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const [menuOpenAt, setMenuOpenAt] = useState<string | null>(null);
  const [isSheetOpen, setIsSheetOpen] = useState(false);
  // Loaded when it is first asked for; grows with each time.
  const [paletteAsked, setPaletteAsked] = useState(0);
  const showPalette = () => setPaletteAsked((before) => before + 1);
  const showSheet = () => setIsSheetOpen(true);
  const setRail = (rail: boolean) => setChoice(rail ? 'rail' : 'wide');

  useKeyListener();
  useKeys({
    palette: showPalette,
    help: showSheet,
    sidebar: isPhone ? undefined : () => setRail(!isRail),
    ...usePageKeys(),
  });

  const close = () => setMenuOpenAt(null);
  const sidebar = (rail: boolean) => (
    <Sidebar isRail={rail} isPhone={isPhone} onRailChange={setRail} onFind={showPalette} onShowKeys={showSheet} />
  );
  return (
    <NavigationMenu.Provider value={isPhone ? () => setMenuOpenAt(pathname) : null}>
      <div className={classes.shell}>
        <a className="skipLink" href={`${pathname}#content`} onClick={focusContent}>
          Skip to content
        </a>
        {isPhone ? (
          // Open only on the page it was opened on: following a link closes it.
          <Suspense>
            {menuOpenAt !== null && (
              <PhoneMenu isOpen={menuOpenAt === pathname} onClose={close}>
                {sidebar(false)}
              </PhoneMenu>
            )}
          </Suspense>
        ) : (
          <nav aria-label="Main" className={classes.navbar} data-rail={isRail || undefined}>
            {sidebar(isRail)}
          </nav>
        )}
        <main id="content" tabIndex={-1} className={classes.main}>
          <Outlet />
        </main>
        <Announcer />
        <Suspense>{paletteAsked > 0 && <Palette asked={paletteAsked} />}</Suspense>
        <Suspense>{isSheetOpen && <KeySheet onClose={() => setIsSheetOpen(false)} />}</Suspense>
      </div>
    </NavigationMenu.Provider>
  );
}

/** `g` and a letter for each page that is in the navigation. */
function usePageKeys(): KeyHandlers {
  const navigate = useNavigate();
  const entries = NAVIGATION_PAGES.map(({ to, keyName }) => [
    keyName,
    () => void navigate({ to, search: (before) => sharedSearch(before) }),
  ]);
  return Object.fromEntries(entries) as KeyHandlers; // One for each page.
}

function focusContent(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}
