/** Ends bodies that arrive too slowly: what has arrived of them takes memory from others. */

/** A body may begin as slowly as it likes for so long, in milliseconds. */
const GRACE_MS = 5_000;
/** After that, on average. A telephone at the edge of its network has more. */
const BYTES_A_SECOND = 4 * 1024;
const CHECK_MS = 500;

export interface ArrivingBody {
  /** Bytes as they came over the wire. */
  readonly received: number;
  /** `performance.now()` when it was asked for. */
  readonly since: number;
  readonly cut: () => void;
}

/** All bodies that are arriving at this server. One timer serves them all. */
export class BodyPace {
  readonly #bodies = new Set<ArrivingBody>();
  #timer: NodeJS.Timeout | null = null;

  add(body: ArrivingBody): void {
    this.#bodies.add(body);
    this.#timer ??= setInterval(() => this.#check(), CHECK_MS).unref();
  }

  delete(body: ArrivingBody): void {
    this.#bodies.delete(body);
  }

  #check(): void {
    const now = performance.now();
    for (const body of this.#bodies) {
      if (now - body.since <= GRACE_MS + (body.received / BYTES_A_SECOND) * 1_000) continue;
      this.#bodies.delete(body);
      body.cut();
    }
    if (this.#bodies.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}
