import { randomFillSync } from 'node:crypto';

const ID_BYTES = 10;
const random = Buffer.alloc(ID_BYTES * 256);
let used = random.length;

const LAST_COUNT = 0xfff;
let count = 0;
let countedMs = -1;

/**
 * A UUIDv7 (RFC 9562, 5.7): time first, so that rows written together lie together in the index; then a counter (6.2, method
 * 1), so that what a thread makes in one millisecond, such as the ids of a batch, is in the order in which it was made.
 */
export function newId(nowMs: number = Date.now()): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  const hex = random.toString('hex', used, used + ID_BYTES);
  used += ID_BYTES;
  // It begins in the lower half, so that two thousand fit.
  count = nowMs === countedMs ? Math.min(count + 1, LAST_COUNT) : Number.parseInt(hex.slice(0, 3), 16) >> 1;
  countedMs = nowMs;
  const order = count.toString(16).padStart(3, '0');
  const time = nowMs.toString(16).padStart(12, '0');
  // Two fixed bits "10" and two random ones.
  const variant = (8 | (Number.parseInt(hex.charAt(3), 16) & 3)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${order}-${variant}${hex.slice(4, 7)}-${hex.slice(7, 19)}`;
}
