/** Where a page of a list ends, and in which pieces it is read: by the bytes of its rows, which are stored. Pure. */
import { LIMITS } from '#shared/primitives';

/** What is known of a row before it is read. */
export interface RowKey {
  readonly id: string;
  readonly started_at: string;
  /** The size of the row in an answer. */
  readonly bytes: number;
}

export interface CutKeys<Key extends RowKey> {
  /** At least one, where there is any. */
  readonly keys: readonly Key[];
  /** True where the list goes on after them. */
  readonly hasMore: boolean;
}

/** Cuts what was read with a limit of one more than `limit`, at `limit` rows or LIMITS.pageBytes. */
export function cutPage<Key extends RowKey>(found: readonly Key[], limit: number): CutKeys<Key> {
  let bytes = 0;
  let count = 0;
  for (const key of found.slice(0, limit)) {
    bytes += key.bytes;
    if (count > 0 && bytes > LIMITS.pageBytes) break;
    count++;
  }
  return { keys: found.slice(0, count), hasMore: count < found.length };
}

/** Rows that one query reads at most. */
const GROUP_ROWS = 200;
/** Bytes of them, about what one turn of the event loop may work on; a larger row is a group of its own. */
const GROUP_BYTES = 1024 * 1024;

export interface KeyGroup<Key extends RowKey> {
  readonly keys: readonly Key[];
  readonly bytes: number;
}

/** The keys in the pieces in which their rows are read and sent, in order. */
export function groupKeys<Key extends RowKey>(keys: readonly Key[]): KeyGroup<Key>[] {
  const groups: { keys: Key[]; bytes: number }[] = [];
  for (const key of keys) {
    const last = groups.at(-1);
    if (last && last.keys.length < GROUP_ROWS && last.bytes + key.bytes <= GROUP_BYTES) {
      last.keys.push(key);
      last.bytes += key.bytes;
    } else groups.push({ keys: [key], bytes: key.bytes });
  }
  return groups;
}
