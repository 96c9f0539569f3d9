import { lazy, Suspense } from 'react';
import RequestsPage from './RequestsPage.tsx';

const FirstRequestPage = lazy(() => import('../onboarding/FirstRequestPage.tsx'));

/** Two pages share an address: until a request exists, the list is the place that says how to log one. */
export default function RequestsRoute() {
  return (
    <RequestsPage
      firstRun={
        <Suspense>
          <FirstRequestPage />
        </Suspense>
      }
    />
  );
}
