import { lazy, Suspense, type ReactNode } from 'react';
import { MantineProvider } from '@mantine/core';
import { useNotifications } from '@mantine/notifications';
import { cssVariables, theme } from './theme.ts';

const Notices = lazy(() => import('./Notices.tsx'));

/** Theme and notices, for the sign-in page and the dashboard alike. */
export function ThemeProvider({ children }: { children: ReactNode }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <LazyNotices />
      {children}
    </MantineProvider>
  );
}

/** Loaded with the first notice, and there from then on. */
function LazyNotices() {
  const { notifications, queue } = useNotifications();
  return <Suspense>{notifications.length + queue.length > 0 && <Notices />}</Suspense>;
}
