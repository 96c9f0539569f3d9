/** The paths of the dashboard's pages, for its router and for the server, which answers 404 elsewhere; `$` begins a part that is given. */
export const PAGE_PATHS = {
  home: '/',
  requests: '/requests',
  request: '/requests/$requestId',
  compare: '/compare',
  traces: '/traces',
  trace: '/traces/$traceId',
  sessions: '/sessions',
  session: '/sessions/$sessionId',
  users: '/users',
  user: '/users/$userId',
  analytics: '/analytics',
  releases: '/releases',
  savings: '/savings',
  prices: '/prices',
  settings: '/settings',
  dataHealth: '/settings/data-health',
} as const;

const SEGMENTS = Object.values(PAGE_PATHS).map((path) => path.split('/'));

/** Whether a page is at a path as it was sent, still escaped. Read as the router does: in any case, with or without a last slash. */
export function isPagePath(path: string): boolean {
  const given = path.replace(/(.)\/$/, '$1').split('/');
  return SEGMENTS.some(
    (segments) =>
      segments.length === given.length &&
      segments.every((segment, at) =>
        segment.startsWith('$') ? given[at] !== '' : segment === given[at]?.toLowerCase(),
      ),
  );
}
