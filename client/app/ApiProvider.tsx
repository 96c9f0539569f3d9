import { useState, type ReactNode } from 'react';
import { QueryClientProvider } from '@tanstack/react-query';
import { createQueryClient } from '../api/queryClient.ts';
import { trpc, trpcLinks } from '../api/trpc.ts';

/** What the pages ask the server through, as the holder of one key. */
export function ApiProvider({ apiKey, children }: { apiKey: string; children: ReactNode }) {
  const [queryClient] = useState(() => createQueryClient(apiKey));
  const [trpcClient] = useState(() => trpc.createClient({ links: trpcLinks(apiKey) }));
  return (
    <trpc.Provider client={trpcClient} queryClient={queryClient}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </trpc.Provider>
  );
}
