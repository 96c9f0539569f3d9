import { lazy, Suspense } from 'react';
import { Center, Loader } from '@mantine/core';
import { useCredentials } from '../api/credentials.ts';
import { useSignInLink } from '../api/signInLink.ts';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { ThemeProvider } from './ThemeProvider.tsx';

const SignInPage = lazy(() => import('../pages/signIn/SignInPage.tsx'));
const SignInLinkDialog = lazy(() => import('../pages/signIn/SignInLinkDialog.tsx'));
const SignedInApp = lazy(() => import('./SignedInApp.tsx'));

/** The dashboard of whoever is signed in, or the page to sign in. */
export function App() {
  const { key, notice } = useCredentials();
  const link = useSignInLink();
  return (
    <ThemeProvider>
      <ErrorBoundary>
        <Suspense>
          {key !== null ? (
            // Keyed: another key is another cache.
            <SignedInApp key={key} apiKey={key} />
          ) : link.status === 'checking' ? (
            <Center mih="100dvh">
              <Loader size="sm" aria-label="Signing in" />
            </Center>
          ) : (
            <SignInPage notice={notice} />
          )}
        </Suspense>
        <Suspense>{link.status !== 'none' && link.status !== 'checking' && <SignInLinkDialog link={link} />}</Suspense>
      </ErrorBoundary>
    </ThemeProvider>
  );
}
