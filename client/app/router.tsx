import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { PAGE_PATHS } from '#shared/pagePaths';
import { validateSearch } from '../domain/pageSearch.ts';
import { basePath } from '../lib/basePath.ts';
import { parseSearchParams, stringifySearchParams } from '../lib/searchParams.ts';
import { AppShell } from './AppShell.tsx';
import { BrokenScreen } from './ErrorBoundary.tsx';
import { NotFoundScreen } from './NotFoundScreen.tsx';
import { SessionGate } from './SessionGate.tsx';

// Starts at once: it is the page that is opened most.
const requestsPage = import('../pages/requests/RequestsRoute.tsx');

// One reader for the addresses of all pages.
const rootRoute = createRootRoute({ component: Frame, notFoundComponent: NotFoundScreen, validateSearch });

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PAGE_PATHS.home,
  beforeLoad: () => {
    throw redirect({ to: '/requests', search: true, replace: true });
  },
});

const requestsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PAGE_PATHS.requests,
  component: lazyRouteComponent(() => requestsPage),
});

const requestRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PAGE_PATHS.request,
  component: lazyRouteComponent(() => import('../pages/requests/RequestPage.tsx')),
});

const compareRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PAGE_PATHS.compare,
  component: lazyRouteComponent(() => import('../pages/compare/ComparePage.tsx')),
});

const tracesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PAGE_PATHS.traces,
  component: lazyRouteComponent(() => import('../pages/traces/TracesPage.tsx')),
});

const traceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PAGE_PATHS.trace,
  component: lazyRouteComponent(() => import('../pages/traces/TracePage.tsx')),
});

const sessionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PAGE_PATHS.sessions,
  component: lazyRouteComponent(() => import('../pages/sessions/SessionsPage.tsx')),
});

const sessionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PAGE_PATHS.session,
  component: lazyRouteComponent(() => import('../pages/sessions/SessionPage.tsx')),
});

const usersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PAGE_PATHS.users,
  component: lazyRouteComponent(() => import('../pages/users/UsersPage.tsx')),
});

const userRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PAGE_PATHS.user,
  component: lazyRouteComponent(() => import('../pages/users/UserPage.tsx')),
});

const analyticsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PAGE_PATHS.analytics,
  component: lazyRouteComponent(() => import('../pages/analytics/AnalyticsPage.tsx')),
});

const releasesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PAGE_PATHS.releases,
  component: lazyRouteComponent(() => import('../pages/releases/ReleasesPage.tsx')),
});

const savingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PAGE_PATHS.savings,
  component: lazyRouteComponent(() => import('../pages/savings/SavingsPage.tsx')),
});

const pricesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PAGE_PATHS.prices,
  component: lazyRouteComponent(() => import('../pages/prices/PricesPage.tsx')),
});

const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PAGE_PATHS.settings,
  component: lazyRouteComponent(() => import('../pages/settings/SettingsPage.tsx')),
});

const dataHealthRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: PAGE_PATHS.dataHealth,
  component: lazyRouteComponent(() => import('../pages/dataHealth/DataHealthPage.tsx')),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    homeRoute,
    requestsRoute,
    requestRoute,
    compareRoute,
    tracesRoute,
    traceRoute,
    sessionsRoute,
    sessionRoute,
    usersRoute,
    userRoute,
    analyticsRoute,
    releasesRoute,
    savingsRoute,
    pricesRoute,
    settingsRoute,
    dataHealthRoute,
  ]),
  basepath: basePath(),
  parseSearch: parseSearchParams,
  stringifySearch: stringifySearchParams,
  defaultPreload: 'intent',
  defaultErrorComponent: BrokenScreen,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

/** Around all pages. */
function Frame() {
  return (
    <SessionGate>
      <AppShell />
    </SessionGate>
  );
}
