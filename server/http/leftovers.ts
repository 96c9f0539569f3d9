/**
 * What large bodies leave behind in memory, given back once none of them is being read. V8 collects buffers when 64 MB of them have
 * come since the last time, and strings when its heap is full: a server that had read a hundred large bodies kept 60 to 100 MB of
 * what nobody needed until the next hundred came, which then took as much again beside it.
 */

/** Bytes that were read and parsed, from which on it is worth a collection of some 20 ms. */
const WORTH_BYTES = 32 * 1024 * 1024;
/** With less than this no large body is being read. */
const QUIET_BYTES = 1024 * 1024;
const CHECK_MS = 300;
/** What is so large at once (a body that is inflated or parsed) does not wait until all is quiet, since a few of them are most of the memory there is. */
const LARGE_BYTES = 4 * 1024 * 1024;
const WORTH_AT_ONCE_BYTES = 16 * 1024 * 1024;

export interface LeftoversOptions {
  /** Bytes of all bodies that are being read or worked on. */
  readonly used: () => number;
  readonly collect: () => void;
}

export class Leftovers {
  readonly #options: LeftoversOptions;
  #bytes = 0;
  #largeBytes = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: LeftoversOptions) {
    this.#options = options;
  }

  /** To be told of bytes that a body takes. */
  note(bytes: number): void {
    this.#bytes += bytes;
    if (bytes >= LARGE_BYTES) {
      this.#largeBytes += bytes;
      if (this.#largeBytes >= WORTH_AT_ONCE_BYTES) {
        this.#largeBytes = 0;
        setImmediate(this.#options.collect);
      }
    }
    if (this.#bytes >= WORTH_BYTES && this.#timer === null) this.#timer = setTimeout(this.#check, CHECK_MS).unref();
  }

  readonly #check = (): void => {
    this.#timer = null;
    if (this.#options.used() > QUIET_BYTES) return this.note(0);
    this.#bytes = 0;
    this.#options.collect();
  };
}
