/** The status of a log or a span in the word of another tool, where that clearly means one of ours. Pure. */
import type { JsonObject } from '#shared/primitives';
import type { RequestStatus } from '#shared/request';

const WORDS: ReadonlyMap<string, RequestStatus> = new Map(
  Object.entries({
    success: 'success succeeded successful ok completed',
    error: 'error failed failure timeout timed_out',
    aborted: 'aborted cancelled canceled',
    incomplete: 'incomplete',
  } satisfies Record<RequestStatus, string>).flatMap(([status, words]) =>
    words.split(' ').map((word) => [word, status as RequestStatus] as const),
  ),
);

/** The same item where its status is ours already, or nobody knows what it means: then it is refused. */
export function withReadStatus(item: JsonObject): JsonObject {
  const { status } = item;
  const read = typeof status === 'string' ? WORDS.get(status.trim().toLowerCase()) : undefined;
  return read === undefined || read === status ? item : { ...item, status: read };
}
