/** The hash of a text that comes in pieces, of strings and of bytes. */
import { createHash, hash } from 'node:crypto';

const HEX_DIGITS = 32;
/** One piece of memory for the calls of this process, which are hashed one after the other. */
const scratch = Buffer.allocUnsafeSlow(64 * 1024);
/** UTF-8 of one UTF-16 unit. */
const MOST_BYTES_OF_A_UNIT = 3;

/**
 * A text put together from pieces, and its hash. What is short is hashed by one call, which costs least. The pieces of all
 * are kept in the same memory: `digest` is called before the next is begun.
 */
export class HashedText {
  #length = 0;
  #long: ReturnType<typeof createHash> | null = null;

  add(piece: Uint8Array | string): void {
    const most = typeof piece === 'string' ? piece.length * MOST_BYTES_OF_A_UNIT : piece.length;
    if (this.#long === null && this.#length + most > scratch.length) {
      this.#long = createHash('sha256').update(scratch.subarray(0, this.#length));
    }
    if (this.#long !== null) this.#long.update(piece);
    else if (typeof piece === 'string') this.#length += scratch.write(piece, this.#length);
    else {
      scratch.set(piece, this.#length);
      this.#length += piece.length;
    }
  }

  /** The first 16 bytes of its SHA-256, in hexadecimal digits. */
  digest(): string {
    const whole = this.#long?.digest('hex') ?? hash('sha256', scratch.subarray(0, this.#length), 'hex');
    return whole.slice(0, HEX_DIGITS);
  }
}
