/** Seeded chance: the same seed gives the same numbers on every machine, so that demo data can be made again. */

/** Small fast generator (sfc32). Not for secrets. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** Equal seeds give equal sequences; the seeds are mixed, so that 1 and 2 have nothing in common. */
  constructor(...seeds: readonly number[]) {
    const [a = 1, b = 2, c = 3] = mixSeeds(seeds);
    this.#a = a;
    this.#b = b;
    this.#c = c;
    for (let i = 0; i < 12; i += 1) this.uint32();
  }

  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** At least 0, less than 1. */
  fraction(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.fraction();
  }

  /** A whole number; both ends can come. */
  int(low: number, high: number): number {
    return low + Math.floor((high - low + 1) * this.fraction());
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    if (choices.length === 0) throw new Error('Nothing to pick from');
    // The index is inside a list that is not empty.
    return choices[this.int(0, choices.length - 1)] as T;
  }

  /** `count` different choices, in random order. */
  sample<T>(choices: readonly T[], count: number): T[] {
    const rest = [...choices];
    return Array.from({ length: Math.min(count, rest.length) }, () => {
      const [chosen] = rest.splice(this.int(0, rest.length - 1), 1);
      // Not more are taken than there are.
      return chosen as T;
    });
  }

  /** One choice, each as likely as its weight. */
  weighted<T>(choices: readonly (readonly [choice: T, weight: number])[]): T {
    const total = choices.reduce((sum, [, weight]) => sum + weight, 0);
    let point = this.fraction() * total;
    for (const [choice, weight] of choices) {
      point -= weight;
      if (point < 0) return choice;
    }
    return this.pick(choices)[0];
  }

  /** Times of machines: half lie below the median, and a few are far above it. */
  lognormal(median: number, sigma: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.fraction()));
    return median * Math.exp(sigma * radius * Math.cos(2 * Math.PI * this.fraction()));
  }

  /** Letters and digits, as providers put into their ids. */
  letters(length: number): string {
    const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789';
    let text = '';
    for (let i = 0; i < length; i += 1) text += alphabet[this.int(0, alphabet.length - 1)];
    return text;
  }

  /** A UUIDv7 whose time is `at` (milliseconds of the epoch), in the form RFC 9562 gives. */
  uuid(at: number): string {
    const time = hex(at, 12);
    const variantAndClock = 0x8000 | (this.uint32() & 0x3fff);
    const tail = hex(this.uint32(), 8) + hex(this.uint32() & 0xffff, 4);
    return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(this.uint32() & 0xfff, 3)}-${hex(variantAndClock, 4)}-${tail}`;
  }
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

/** Three well-spread words from any seeds (the mixing step of murmur3). */
function mixSeeds(seeds: readonly number[]): number[] {
  return [0x9e3779b9, 0x85ebca6b, 0xc2b2ae35].map((start) => {
    let state = start;
    for (const seed of seeds) {
      state = Math.imul(state ^ (seed | 0), 0xcc9e2d51);
      state = Math.imul(state ^ (state >>> 15), 0x1b873593);
      state ^= state >>> 13;
    }
    return state;
  });
}
