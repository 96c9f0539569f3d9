import { useEffect } from 'react';
import { Center, Loader } from '@mantine/core';
import { RouterProvider } from '@tanstack/react-router';
import { signOut } from '../api/credentials.ts';
import { errorMessage, isForbidden, isUnauthorized } from '../api/errorMessage.ts';
import { trpc } from '../api/trpc.ts';
import { ApiProvider } from './ApiProvider.tsx';
import { ErrorScreen } from './ErrorScreen.tsx';
import { router } from './router.tsx';

const CANNOT_READ = 'This key may only write logs. Sign in with a key that has read access.';

/** The dashboard as the holder of one key. */
export default function SignedInApp({ apiKey }: { apiKey: string }) {
  return (
    <ApiProvider apiKey={apiKey}>
      <SessionGate />
    </ApiProvider>
  );
}

/** Asks once who is signed in; pages find the answer in the cache. */
function SessionGate() {
  const session = trpc.session.get.useQuery(undefined, { staleTime: 60_000 });
  const cannotRead = session.data ? !session.data.api_key.scopes.includes('read') : isForbidden(session.error);

  useEffect(() => {
    if (cannotRead) signOut(CANNOT_READ);
  }, [cannotRead]);

  if (cannotRead || isUnauthorized(session.error)) return null;
  if (session.data) return <RouterProvider router={router} />;
  if (session.error) {
    return (
      <ErrorScreen
        title="PromptLab did not answer"
        message={errorMessage(session.error)}
        onRetry={() => void session.refetch()}
      />
    );
  }
  return (
    <Center mih="100dvh">
      <Loader size="sm" aria-label="Loading" />
    </Center>
  );
}
