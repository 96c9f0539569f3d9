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

export class StoringRate {
  /** When the last piece of the time ended that was counted; null while there is no backlog. */
  #countedTo: number | null = null;
  #work = 0;
  #ms = 0;

  /** More waits than is written from now on. Told again, it changes nothing. */
  begin(nowMs: number): void {
    this.#countedTo ??= nowMs;
  }

  /** Nothing waits any more: what was measured is forgotten. */
  end(): void {
    this.#countedTo = null;
    this.#work = 0;
    this.#ms = 0;
  }

  /** So much was stored, as `workOf` has it. Without a backlog it does not count. */
  add(work: number, nowMs: number): void {
    if (this.#countedTo === null) return;
    const ms = nowMs - this.#countedTo;
    const kept = Math.exp(-ms / MEMORY_MS);
    this.#work = this.#work * kept + work;
    this.#ms = this.#ms * kept + ms;
    this.#countedTo = nowMs;
  }

  /** Milliseconds until so much work will have been done. Null as long as nothing of the backlog was stored. */
  waitMs(work: number, nowMs: number): number | null {
    if (this.#countedTo === null || this.#work === 0) return null;
    // Where the database has come to a halt, the time since then counts.
    return (work * (this.#ms + nowMs - this.#countedTo)) / this.#work;
  }
}
