/** Text that arrives in pieces, kept up to a budget and only counted beyond it. */

/** One budget for all the text of one stream. */
export interface TextBudget {
  left: number;
}

const PIECES_BEFORE_JOIN = 512;

export class TextBuffer {
  #pieces: string[] = [];
  #length = 0;
  #kept = 0;
  readonly #budget: TextBudget;

  constructor(budget: TextBudget) {
    this.#budget = budget;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  add(piece: string): void {
    this.#length += piece.length;
    if (this.#budget.left <= 0) return;
    const kept = piece.length <= this.#budget.left ? piece : piece.slice(0, this.#budget.left);
    this.#budget.left -= kept.length;
    this.#kept += kept.length;
    // Joined now and then, so that a long stream is a few strings and not a million.
    if (this.#pieces.push(kept) >= PIECES_BEFORE_JOIN) this.#pieces = [this.#pieces.join('')];
  }

  toString(): string {
    const text = this.#pieces.join('');
    return this.#length > this.#kept ? `${text}…[truncated, ${this.#length} characters in all]` : text;
  }
}
