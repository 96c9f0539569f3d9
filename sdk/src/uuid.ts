/** UUIDv7 made when a call begins: unique, and in the order of the calls even within one millisecond. */

let lastMs = 0;
let sequence = 0;
let prefix = '';

export function newId(nowMs: number = Date.now()): string {
  const random = randomHex();
  if (nowMs > lastMs) {
    lastMs = nowMs;
    // Starts low, so that 2,048 more fit into the same millisecond before the clock is pushed on.
    sequence = parseInt(random.slice(0, 3), 16) & 0x7ff;
    prefix = timePrefix(lastMs);
  } else if (++sequence > 0xfff) {
    sequence = 0;
    lastMs += 1;
    prefix = timePrefix(lastMs);
  }
  // Two bits "10" and 62 random ones.
  const variant = '89ab'.charAt(parseInt(random.charAt(3), 16) & 3);
  return `${prefix}${(0x7000 | sequence).toString(16)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`;
}

function timePrefix(ms: number): string {
  const time = ms.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-`;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const BYTES_OF_AN_ID = 10;
const pool = new Uint8Array(BYTES_OF_AN_ID * 200);
let used = pool.length;

/** From a pool: to ask for a few bytes costs as much as to ask for many. */
function randomHex(): string {
  if (used === pool.length) {
    fillRandom(pool);
    used = 0;
  }
  let hex = '';
  for (const end = used + BYTES_OF_AN_ID; used < end; used++) hex += HEX[pool[used] as number];
  return hex;
}

/** Node 18 has no global crypto: ids need to be unique, not secret. */
function fillRandom(bytes: Uint8Array<ArrayBuffer>): void {
  const { crypto } = globalThis as { crypto?: Partial<Crypto> };
  if (crypto?.getRandomValues) crypto.getRandomValues(bytes);
  else for (let i = 0; i < bytes.length; i++) bytes[i] = Math.random() * 256;
}
