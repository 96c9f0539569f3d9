import { lazy, Suspense } from 'react';
import { useCredentials } from '../api/credentials.ts';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Appearance } from './Appearance.tsx';

const SignInPage = lazy(() => import('../pages/signIn/SignInPage.tsx'));
const SignedInApp = lazy(() => import('./SignedInApp.tsx'));

/** The dashboard of whoever is signed in, or the door. */
export function App() {
  const { key, notice } = useCredentials();
  return (
    <Appearance>
      <ErrorBoundary>
        <Suspense>
          {key === null ? (
            <SignInPage notice={notice} />
          ) : (
            // Keyed: another key is another cache.
            <SignedInApp key={key} apiKey={key} />
          )}
        </Suspense>
      </ErrorBoundary>
    </Appearance>
  );
}
