/** Text that arrives in pieces, kept up to the budget of its stream and only counted beyond it. */
import { truncationMarker } from '../../../runtime/truncation.js';
import type { StreamBudget } from './streamBudget.js';

const PIECES_BEFORE_JOIN = 512;

export class TextBuffer {
  #pieces: string[] = [];
  #length = 0;
  #kept = 0;
  readonly #budget: StreamBudget;

  constructor(budget: StreamBudget) {
    this.#budget = budget;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** Characters that came, kept or not. */
  get length(): number {
    return this.#length;
  }

  add(piece: string): void {
    this.#length += piece.length;
    const kept = this.#budget.takeText(piece, this.#kept);
    if (kept === '') return;
    this.#kept += kept.length;
    // Joined now and then, so that a long stream is a few strings and not a million.
    if (this.#pieces.push(kept) === PIECES_BEFORE_JOIN) this.#pieces = [this.#pieces.join('')];
  }

  toString(): string {
    const text = this.#pieces.join('');
    return this.#length > this.#kept ? text + truncationMarker(this.#length) : text;
  }
}
