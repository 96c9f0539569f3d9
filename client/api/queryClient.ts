import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { stringifyExactJson } from '#shared/exactJson';
import { currentKey, signOut } from './credentials.ts';
import { isTemporary, isUnauthorized } from './errorMessage.ts';

const RETRIES = 2;

/** One cache per signed-in key: what one organization saw is never shown to the next. */
export function createQueryClient(apiKey: string): QueryClient {
  const leaveWhenKeyIsGone = (error: unknown) => {
    // An answer to a key that a link has replaced in the meantime says nothing about the new one.
    if (!isUnauthorized(error) || currentKey() !== apiKey) return;
    signOut('This API key is no longer valid. Sign in with another one.');
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError: leaveWhenKeyIsGone }),
    mutationCache: new MutationCache({ onError: leaveWhenKeyIsGone }),
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        structuralSharing: keepWhenEqual,
        retry: (failures, error) => failures < RETRIES && isTemporary(error),
        retryDelay: (attempt) => 500 * 2 ** attempt,
      },
      mutations: { retry: false },
    },
  });
}

/** An answer that says the same is the same object. The library's own way copies by assignment, and loses `__proto__`. */
function keepWhenEqual(before: unknown, after: unknown): unknown {
  return before !== undefined && stringifyExactJson(before) === stringifyExactJson(after) ? before : after;
}
