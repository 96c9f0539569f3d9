/** A number of bytes that many owners share, so that none of them can take what another needs. */

/**
 * An owner may hold as much as is still free: one alone takes up to half of it, two a third each, and there is always
 * something left for the next owner.
 */
export class FairBudget {
  readonly #capacity: number;
  readonly #owners = new Map<string, number>();
  #used = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Bytes that are held, over all owners. */
  get used(): number {
    return this.#used;
  }

  /** What one owner alone may hold, in bytes. */
  get mostOfOne(): number {
    return this.#capacity / 2;
  }

  /** Below zero where more is held than there is, which passes. */
  get free(): number {
    return this.#capacity - this.#used;
  }

  /** Bytes of one body, which belong to `owner`; none at first. */
  open(owner: string): Reservation {
    return new Reservation(this, owner);
  }

  /** Whether `owner` may take so many bytes more for a body that holds `held`. A body that is alone always may. */
  hasRoom(owner: string, bytes: number, held = 0): boolean {
    const own = this.#owners.get(owner) ?? 0;
    return own + bytes <= this.free || held === this.#used;
  }

  /** Changes what `owner` holds, also beyond the budget. */
  add(owner: string, bytes: number): void {
    const own = (this.#owners.get(owner) ?? 0) + bytes;
    if (own > 0) this.#owners.set(owner, own);
    else this.#owners.delete(owner);
    this.#used += bytes;
  }
}

/** What one body holds of a budget. */
export class Reservation {
  readonly owner: string;
  readonly #budget: FairBudget;
  #bytes = 0;

  constructor(budget: FairBudget, owner: string) {
    this.#budget = budget;
    this.owner = owner;
  }

  /** What it may hold where nobody else holds anything, in bytes. */
  get most(): number {
    return this.#budget.mostOfOne;
  }

  /** Reserves so many bytes more. False, and nothing is reserved, where the budget does not allow it. */
  tryAdd(bytes: number): boolean {
    if (!this.#budget.hasRoom(this.owner, bytes, this.#bytes)) return false;
    this.add(bytes);
    return true;
  }

  /** Reserves them in any case, for what lasts no longer than a turn of the event loop; or gives them back. */
  add(bytes: number): void {
    this.#bytes += bytes;
    this.#budget.add(this.owner, bytes);
  }

  /** Reserves as much of it as leaves the others half of what is free. @returns how much. */
  addSome(bytes: number): number {
    const some = Math.floor(Math.max(0, Math.min(bytes, this.#budget.free / 2)));
    this.add(some);
    return some;
  }

  /** Gives all of it back. May be called again. */
  release(): void {
    if (this.#bytes === 0) return;
    this.#budget.add(this.owner, -this.#bytes);
    this.#bytes = 0;
  }
}
