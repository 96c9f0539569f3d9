/** UUIDv7 (RFC 9562, 5.7): unique, and in the order of the calls even within one millisecond. */

const SEQUENCES = 0x1000;

let lastMs = 0;
let lastSequence = 0;

/** An id whose place in the order is taken at once, and whose text is made when it is first asked for: after the call went out. */
export class RecordId {
  readonly #ms: number;
  readonly #sequence: number;
  #text: string | undefined;

  constructor(nowMs: number = Date.now()) {
    if (nowMs > lastMs) {
      lastMs = nowMs;
      // Starts low, so that 2,048 more fit into the same millisecond before the clock is pushed on.
      lastSequence = Math.floor((Math.random() * SEQUENCES) / 2);
    } else if (++lastSequence === SEQUENCES) {
      lastSequence = 0;
      lastMs += 1;
    }
    this.#ms = lastMs;
    this.#sequence = lastSequence;
  }

  toString(): string {
    return (this.#text ??= this.#write());
  }

  #write(): string {
    const time = this.#ms.toString(16).padStart(12, '0');
    // The last two groups are a random id's own: two bits "10" and 62 random ones.
    return `${time.slice(0, 8)}-${time.slice(8)}-${(0x7000 | this.#sequence).toString(16)}${randomTail()}`;
  }
}

/** The text of a new one; `nowMs` is a parameter for tests. */
export function newId(nowMs?: number): string {
  return new RecordId(nowMs).toString();
}

/**
 * The random end of an id: that of a UUID of the runtime, which is native and quick. Node 18 has no global crypto; what stands in
 * for it there will do, since ids need to be unique, not secret.
 */
function randomTail(): string {
  const { crypto } = globalThis as { crypto?: Partial<Crypto> };
  if (crypto?.randomUUID) return crypto.randomUUID().slice(18);
  return '-8xxx-xxxxxxxxxxxx'.replaceAll('x', () => Math.floor(Math.random() * 16).toString(16));
}
