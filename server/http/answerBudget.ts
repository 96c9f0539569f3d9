/**
 * Bytes of all answers that are being made or sent. An organization may hold as much as is still free after it: alone it
 * takes half, and there is always something left for the next one, however many answers it asks for at once.
 */
import { AppError } from '#server/errors';

export interface Reservation {
  /** Gives the bytes back; once, however often it is called. */
  release(): void;
}

/** Answers from here on are counted while they are sent: one that its reader does not take stays in memory. */
export const COUNTED_LENGTH = 16 * 1024;

/** What each answer costs besides its bytes: its socket, its query, its place in the heap. */
const ANSWER_BYTES = 16 * 1024;

/** One for all connections of a server. */
export class AnswerBudget {
  readonly #bytes: number;
  readonly #byTenant = new Map<string, number>();
  #used = 0;

  constructor(options: { readonly bytes: number }) {
    this.#bytes = options.bytes;
  }

  /** Bytes of answers in flight, over all organizations. */
  get used(): number {
    return this.#used;
  }

  /**
   * Reserves what an answer holds at one time, until it is sent.
   * @throws {AppError} `overloaded`, where the organization has its share in flight, or all is taken. A first answer
   *   passes whatever its size, where nothing else is in flight.
   */
  reserve(tenant: string, bytes: number): Reservation {
    const wanted = bytes + ANSWER_BYTES;
    const held = this.#byTenant.get(tenant) ?? 0;
    if (this.#used > 0 && held + wanted > this.#bytes - this.#used) {
      throw new AppError(
        'overloaded',
        'The server is sending as many large answers as it can; ask again in a moment, for fewer at once.',
      );
    }
    return this.#hold(tenant, wanted);
  }

  /**
   * The same for an answer of a call that has changed something, which is never refused: whoever was told that the server has
   * no time for it would send it again.
   */
  count(tenant: string, bytes: number): Reservation {
    return this.#hold(tenant, bytes + ANSWER_BYTES);
  }

  #hold(tenant: string, bytes: number): Reservation {
    this.#change(tenant, bytes);
    let isHeld = true;
    return {
      release: () => {
        if (isHeld) this.#change(tenant, -bytes);
        isHeld = false;
      },
    };
  }

  #change(tenant: string, by: number): void {
    this.#used += by;
    const held = (this.#byTenant.get(tenant) ?? 0) + by;
    if (held > 0) this.#byTenant.set(tenant, held);
    else this.#byTenant.delete(tenant);
  }
}
