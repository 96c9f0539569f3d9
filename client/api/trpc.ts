/** The one way to the server. The only file of the dashboard that names a type of it. */
import { createTRPCClient, httpBatchLink, httpLink, splitLink, type TRPCLink } from '@trpc/client';
import { createTRPCReact, type CreateTRPCReact } from '@trpc/react-query';
import type { AppRouter } from '#server/trpc/appRouter';
import { parseExactJson } from '#shared/exactJson';
import { basePath } from '../lib/basePath.ts';

/** The hooks of all procedures: `trpc.requests.list.useQuery(…)`. */
export const trpc: CreateTRPCReact<AppRouter, unknown> = createTRPCReact<AppRouter>({
  // Who goes to another page, or types on, no longer waits for what was asked before; the server then stops reading it.
  abortOnUnmount: true,
});

/** What may take its time goes by itself: a batch is answered when the slowest of it is. */
const APART: ReadonlySet<string> = new Set([
  'stats.totals',
  'stats.facets',
  'stats.groups',
  'stats.strip',
  'stats.series',
  'savings.get',
]);

/** How calls are sent with a key: in batches, but for those of APART. */
export function trpcLinks(key: string): TRPCLink<AppRouter>[] {
  const shared = { url: `${basePath()}trpc`, headers: { authorization: `Bearer ${key}` }, fetch: fetchExact };
  return [
    splitLink({
      condition: ({ path }) => APART.has(path),
      true: httpLink(shared),
      false: httpBatchLink({ ...shared, maxItems: 10, maxURLLength: 8_000 }),
    }),
  ];
}

/** Numbers in what callers logged keep their digits; those of our own fields are numbers as ever. */
async function fetchExact(address: string | URL | Request, options?: RequestInit): Promise<Response> {
  const response = await fetch(address, options);
  // What tRPC reads an answer with.
  response.json = async () => parseExactJson(await response.text());
  return response;
}

/** Asks who a key belongs to without signing in; throws as any call does. */
export async function checkKey(key: string) {
  return createTRPCClient<AppRouter>({ links: trpcLinks(key) }).session.get.query();
}
