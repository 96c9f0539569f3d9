/** UUIDv7 made when a call begins: unique, and in the order of the calls even within one millisecond. */

let lastMs = 0;
let sequence = 0;
let prefix = '';

export function newId(nowMs: number = Date.now()): string {
  const random = randomUuid();
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
  // The variant and the last 62 bits of a random UUID are those of a UUIDv7 as well.
  return `${prefix}${(0x7000 | sequence).toString(16)}${random.slice(18)}`;
}

function timePrefix(ms: number): string {
  const time = ms.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-`;
}

function randomUuid(): string {
  const { crypto } = globalThis as { crypto?: Partial<Crypto> };
  if (crypto?.randomUUID) return crypto.randomUUID();
  return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replaceAll('x', () => randomDigit(crypto));
}

/** Pages without TLS have no randomUUID, Node 18 no global crypto: ids need to be unique, not secret. */
function randomDigit(crypto: Partial<Crypto> | undefined): string {
  const byte = crypto?.getRandomValues ? (crypto.getRandomValues(new Uint8Array(1))[0] as number) : Math.random() * 256;
  return Math.floor(byte / 16).toString(16);
}
