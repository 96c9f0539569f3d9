import { lazy, Suspense } from 'react';

// Starts at once, while the server is asked who is signed in.
const requestsPage = import('../pages/requests/RequestsPage.tsx');
const RequestsPage = lazy(() => requestsPage);
const FirstRequestPage = lazy(() => import('../pages/onboarding/FirstRequestPage.tsx'));

/** Two pages share an address: until a request exists, the list is the place that says how to log one. */
export function RequestsRoute() {
  return (
    <Suspense>
      <RequestsPage firstRun={<FirstRequestPage />} />
    </Suspense>
  );
}
