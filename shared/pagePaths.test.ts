import { isPagePath } from './pagePaths.ts';

test.each([
  '/',
  '/requests',
  '/requests/',
  '/Requests',
  '/requests/0190f3c8-0000-7000-8000-000000000001',
  '/traces/run.v2',
  '/sessions/a%2Fb',
  '/users/%2Eenv',
  '/settings/data-health',
])('%s is a page', (path) => {
  expect(isPagePath(path)).toBe(true);
});

test.each([
  '/healthz',
  '/metrics',
  '/.env',
  '/.git/config',
  '/wp-admin/',
  '/requests/a/b',
  '/traces//x',
  '/settings/x',
  '/constructor',
])('%s is none', (path) => {
  expect(isPagePath(path)).toBe(false);
});
