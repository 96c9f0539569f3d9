import { type ReactNode, useEffect } from 'react';
import { useNavigate } from '@tanstack/react-router';
import { signOut } from '../api/credentials.ts';
import { errorMessage, isForbidden, isUnauthorized } from '../api/errorMessage.ts';
import { trpc } from '../api/trpc.ts';
import { ErrorScreen } from './ErrorScreen.tsx';

const CANNOT_READ = 'This key may only write logs. Sign in with a key that has read access.';

/**
 * Asks who is signed in while the page asks for what it shows, in one call: a key that may not read, or is none any more,
 * ends the session when the answer comes. Pages find the answer in the cache.
 */
export function SessionGate({ children }: { children: ReactNode }) {
  const session = trpc.session.get.useQuery(undefined, { staleTime: 60_000 });
  const cannotRead = session.data ? !session.data.api_key.scopes.includes('read') : isForbidden(session.error);
  useEffect(() => {
    if (cannotRead) signOut(CANNOT_READ);
  }, [cannotRead]);
  useOwnAddress(session.data?.organization.id);

  if (cannotRead || isUnauthorized(session.error)) return null;
  if (session.error && !session.data) {
    return (
      <ErrorScreen
        title="PromptLab did not answer"
        message={errorMessage(session.error)}
        onRetry={() => void session.refetch()}
      />
    );
  }
  return children;
}

/** Who was signed in before on this page, and where they left. */
let left: { readonly organizationId: string; readonly href: string } | null = null;

/** The filters that one organization leaves in the address say nothing to the next: it begins with its own list. */
function useOwnAddress(organizationId: string | undefined): void {
  const navigate = useNavigate();
  useEffect(() => {
    if (organizationId === undefined) return undefined;
    if (left !== null && left.organizationId !== organizationId && left.href === location.href) {
      void navigate({ to: '/requests', search: {}, replace: true });
    }
    return () => {
      left = { organizationId, href: location.href };
    };
  }, [organizationId, navigate]);
}
