import { randomFillSync } from 'node:crypto';

const ID_BYTES = 10;
const random = Buffer.alloc(ID_BYTES * 256);
let used = random.length;

/** A UUIDv7 (RFC 9562, 5.7): time first, so that rows written together lie together in the index. */
export function newId(nowMs: number = Date.now()): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  const hex = random.toString('hex', used, used + ID_BYTES);
  used += ID_BYTES;
  const time = nowMs.toString(16).padStart(12, '0');
  // Two fixed bits "10" and two random ones.
  const variant = (8 | (Number.parseInt(hex.charAt(3), 16) & 3)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-${variant}${hex.slice(4, 7)}-${hex.slice(7, 19)}`;
}
