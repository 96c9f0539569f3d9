/** Text that arrives in pieces, kept up to the budget of its stream and only counted beyond it. */
import { truncationMarker } from '../clean.js';
import type { StreamBudget } from './streamBudget.js';

/**
 * Few enough that most pieces are gone before the collector sees them: what it finds alive in a stream it moves, and what it
 * moves it must mark later.
 */
const PIECES_OF_A_RUN = 32;
const RUNS_BEFORE_JOIN = 512;

export class TextBuffer {
  /** The pieces of the run that is being filled; the first `#filled` of them count. */
  readonly #run: string[] = [];
  #filled = 0;
  #runs: string[] = [];
  #length = 0;
  #kept = 0;
  readonly #budget: StreamBudget;

  constructor(budget: StreamBudget) {
    this.#budget = budget;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  add(piece: string): void {
    this.#length += piece.length;
    const kept = this.#budget.takeText(piece);
    if (kept === '') return;
    this.#kept += kept.length;
    this.#run[this.#filled++] = kept;
    if (this.#filled === PIECES_OF_A_RUN) this.#closeRun();
  }

  toString(): string {
    const text = this.#runs.join('') + this.#run.slice(0, this.#filled).join('');
    return this.#length > this.#kept ? text + truncationMarker(this.#length) : text;
  }

  #closeRun(): void {
    this.#filled = 0;
    // Joined in their turn, so that a long stream is a few strings and not a million.
    if (this.#runs.push(this.#run.join('')) === RUNS_BEFORE_JOIN) this.#runs = [this.#runs.join('')];
  }
}
