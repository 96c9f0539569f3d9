/**
 * Divides a number of places (connections, here) among owners (organizations): nobody holds more than a share of them,
 * so that one whose work is slow leaves the rest to others. Work that finds no free place waits in a bounded queue;
 * owners take turns. It knows nothing of Postgres.
 */
import { AppError } from '#server/errors';

export interface FairShareOptions {
  readonly places: number;
  /** The most places that one owner holds. */
  readonly share: number;
  /** Places that only an owner who holds none may take, so that two busy ones do not hold them all. */
  readonly reserved: number;
  /** The most that wait for one owner. */
  readonly queue: number;
  /** The longest wait, in milliseconds. */
  readonly waitMs: number;
  /** What the work is called in a refusal. Default: reads. */
  readonly noun?: 'reads' | 'changes' | 'price lists';
}

interface Waiting {
  readonly start: () => void;
  readonly timer: NodeJS.Timeout;
}

interface Owner {
  held: number;
  readonly waiting: Waiting[];
}

/** A number of places that owners share: each gets one in turn, however many it asks for. */
export class FairShare {
  readonly #options: FairShareOptions;
  /** Those who hold or wait; the first in the map is the next to be served. */
  readonly #owners = new Map<string, Owner>();
  #free: number;

  constructor(options: FairShareOptions) {
    this.#options = options;
    this.#free = options.places;
  }

  /**
   * Runs `work` in a place of the owner's.
   * @throws {AppError} `overloaded` where too many of the owner's wait, or one waited too long. `work` did not run then.
   */
  async run<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const owner = this.#owners.get(name) ?? { held: 0, waiting: [] };
    this.#owners.set(name, owner);
    if (owner.waiting.length === 0 && this.#canTake(owner)) this.#take(owner);
    else await this.#wait(owner);
    try {
      return await work();
    } finally {
      owner.held--;
      this.#free++;
      this.#serveNext();
      this.#forgetIdle(name, owner);
    }
  }

  #canTake({ held }: Owner): boolean {
    return held < this.#options.share && this.#free > (held === 0 ? 0 : this.#options.reserved);
  }

  #take(owner: Owner): void {
    owner.held++;
    this.#free--;
  }

  #wait(owner: Owner): Promise<void> {
    if (owner.waiting.length >= this.#options.queue) throw this.#overloaded();
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        start: () => {
          clearTimeout(waiting.timer);
          resolve();
        },
        timer: setTimeout(() => {
          owner.waiting.splice(owner.waiting.indexOf(waiting), 1);
          reject(this.#overloaded());
        }, this.#options.waitMs),
      };
      owner.waiting.push(waiting);
    });
  }

  #serveNext(): void {
    for (const [name, owner] of this.#owners) {
      if (!this.#canTake(owner)) continue;
      const next = owner.waiting.shift();
      if (!next) continue;
      this.#take(owner);
      // It goes to the end of the queue.
      this.#owners.delete(name);
      this.#owners.set(name, owner);
      next.start();
      return;
    }
  }

  #forgetIdle(name: string, owner: Owner): void {
    if (owner.held === 0 && owner.waiting.length === 0) this.#owners.delete(name);
  }

  #overloaded(): AppError {
    const { noun = 'reads' } = this.#options;
    const hint = noun === 'reads' ? 'wait for some of them, or narrow the time range' : 'send this again in a moment';
    return new AppError('overloaded', `Too many ${noun} of this organization are running; ${hint}.`);
  }
}
