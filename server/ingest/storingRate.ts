/**
 * How fast rows are stored while more of them wait than is being written, and so how long one more would wait. It is
 * measured from the moment that a backlog begins: commits of single rows tell nothing of those of hundreds. Pure.
 */

/** Milliseconds after which what was stored counts a third as much: long enough for a dozen statements. */
const MEMORY_MS = 2_000;
/**
 * What storing a row costs whatever it holds, as bytes: 148 µs of processor time for a log of 2 kB, and 375 µs for one of
 * 9 kB (docs/benchmarks.md).
 */
const ROW_BYTES = 2_560;

/** The work that rows are: their bytes, and what each row costs besides. */
export function workOf(rows: number, bytes: number): number {
  return rows * ROW_BYTES + bytes;
}

/** What waits before a row, in the two measures of what Postgres does with it. */
export interface Backlog {
  /** As `workOf` has it. */
  readonly work: number;
  /** Full statements of it, as a fraction. */
  readonly statements: number;
}

/** How much is stored a second while there is a backlog: by it a refused caller is told when to come again. */
export class StoringRate {
  /** When the last piece of the time ended that was counted; null while there is no backlog. */
  #countedTo: number | null = null;
  #work = 0;
  #statements = 0;
  #ms = 0;

  /** More waits than is written from now on. Told again, it changes nothing. */
  begin(nowMs: number): void {
    this.#countedTo ??= nowMs;
  }

  /** Nothing waits any more: what was measured is forgotten. */
  end(): void {
    this.#countedTo = null;
    this.#work = 0;
    this.#statements = 0;
    this.#ms = 0;
  }

  /** A statement has stored so much, as `workOf` has it. Without a backlog it does not count. */
  add(work: number, nowMs: number): void {
    if (this.#countedTo === null) return;
    const ms = nowMs - this.#countedTo;
    const kept = Math.exp(-ms / MEMORY_MS);
    this.#work = this.#work * kept + work;
    this.#statements = this.#statements * kept + 1;
    this.#ms = this.#ms * kept + ms;
    this.#countedTo = nowMs;
  }

  /**
   * Milliseconds until so much will have been done: by its work or by its statements, whichever is sooner. A pause of the disk
   * in a statement of a few rows says little of the next one, which takes all that has gathered meanwhile. Null as long as
   * nothing of the backlog was stored.
   */
  waitMs({ work, statements }: Backlog, nowMs: number): number | null {
    if (this.#countedTo === null || this.#work === 0) return null;
    // Where the database has come to a halt, the time since then counts.
    const ms = this.#ms + nowMs - this.#countedTo;
    return ms * Math.min(work / this.#work, statements / this.#statements);
  }
}
