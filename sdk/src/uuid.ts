/** UUIDv7 made when a call begins: unique, and in the order of the calls even within one millisecond. */

let lastMs = 0;
let sequence = 0;

export function newId(nowMs: number = Date.now()): string {
  const random = randomBytes();
  if (nowMs > lastMs) {
    lastMs = nowMs;
    // Starts low, so that 2,048 more fit into the same millisecond before the clock is pushed on.
    sequence = (((random[6] as number) << 8) | (random[7] as number)) & 0x7ff;
  } else if (++sequence > 0xfff) {
    sequence = 0;
    lastMs += 1;
  }
  const time = lastMs.toString(16).padStart(12, '0');
  const low = (0x7000 | sequence).toString(16);
  const variant = (0x80 | ((random[8] as number) & 0x3f)).toString(16);
  let tail = '';
  for (let i = 9; i < 16; i++) tail += HEX[random[i] as number];
  return `${time.slice(0, 8)}-${time.slice(8)}-${low}-${variant}${tail.slice(0, 2)}-${tail.slice(2)}`;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const pool = new Uint8Array(16 * 128);
let used = pool.length;

/** Sixteen random bytes from a pool: asking the system for each call costs more than the rest of the record. */
function randomBytes(): Uint8Array {
  if (used >= pool.length) {
    fillRandom(pool);
    used = 0;
  }
  return pool.subarray(used, (used += 16));
}

function fillRandom(bytes: Uint8Array<ArrayBuffer>): void {
  if (globalThis.crypto?.getRandomValues) {
    globalThis.crypto.getRandomValues(bytes);
    return;
  }
  // Node 18 without the global: ids need to be unique, not secret.
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(Math.random() * 256);
}
