/** How long no upload begins after one has failed: a pause of our own that grows, and the one that the server asked for. */
import { backoffMs } from './retry.js';

export class RetryPause {
  #failuresInARow = 0;
  #untilMs = 0;
  /** The part of the pause that the server asked for. */
  #serverUntilMs = 0;

  /** The whole queue waits: a server that is overloaded gets no second batch meanwhile. */
  begin(retryAfterMs: number, nowMs: number): void {
    this.#failuresInARow++;
    // Two uploads may be in flight: the second answer must not shorten the pause that the first one asked for.
    this.#serverUntilMs = Math.max(this.#serverUntilMs, nowMs + retryAfterMs);
    this.#untilMs = Math.max(this.#serverUntilMs, nowMs + backoffMs(this.#failuresInARow, Math.random()));
  }

  end(): void {
    this.#failuresInARow = 0;
    this.#untilMs = this.#serverUntilMs;
  }

  /** One try at once, whatever the backoff says; a pause that the server asked for stands. */
  tryNow(): void {
    this.#untilMs = Math.min(this.#untilMs, this.#serverUntilMs);
  }

  get untilMs(): number {
    return this.#untilMs;
  }

  /** After a failure, one upload at a time. */
  get isAfterFailure(): boolean {
    return this.#failuresInARow > 0;
  }
}
