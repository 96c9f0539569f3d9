import type { ApiKeyId } from '#shared/primitives';
import { trpc } from '../api/trpc.ts';

const FRESH_MS = 60_000;

/** The names of the organization's API keys by their ids; those that were deleted have none. Asked once for a page. */
export function useKeyNames(): ReadonlyMap<string, string> {
  const { data } = trpc.apiKeys.list.useQuery(undefined, { staleTime: FRESH_MS });
  return new Map(data?.map(({ id, name }) => [id, name]));
}

/** The API key that logged a request: its name, or the beginning of its id where it was deleted. */
export function KeyName({ id }: { id: ApiKeyId }) {
  const name = useKeyNames().get(id);
  return (
    <span dir="auto" title={name ?? `A key that was deleted: ${id}`}>
      {name ?? id.slice(0, 8)}
    </span>
  );
}
