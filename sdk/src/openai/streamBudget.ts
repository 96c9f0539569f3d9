/** How much of one stream is kept: so many characters of text, and apart from them as much of all else. */
import type { Snapshot } from '../snapshot.js';

/** Room for the words that tell how long a text was: a text that was cut here must not be cut again. */
const MARKER_LENGTH = 64;
const MIN_DETAILS = 50_000;
/** What only single values may use, however long the lists are: the token counts come last. */
const RESERVE = 20_000;
/** Choices, items, parts, tool calls, names of texts. */
const MAX_MEMBERS = 1_000;

export class StreamBudget {
  /** Characters of any one string. */
  readonly maxText: number;
  /** True where anything was cut or left out. */
  isTruncated = false;
  #textLeft: number;
  #detailsLeft: number;

  constructor(maxText: number) {
    this.maxText = maxText;
    this.#textLeft = Math.max(0, maxText - MARKER_LENGTH);
    this.#detailsLeft = Math.max(MIN_DETAILS, maxText);
  }

  /** As much of a piece of text as still fits. */
  takeText(piece: string): string {
    let kept = piece;
    if (piece.length > this.#textLeft) {
      this.isTruncated = true;
      kept = piece.slice(0, this.#textLeft);
    }
    this.#textLeft -= kept.length;
    return kept;
  }

  /** False where a copy does not fit. `before`: the size of what it takes the place of; undefined: it is one of a list. */
  takeCopy({ size, isTruncated }: Snapshot, before: number | undefined): boolean {
    if (isTruncated) this.isTruncated = true;
    return before === undefined ? this.take(size, 0) : this.take(size - before);
  }

  /** False where so much does not fit. */
  take(size: number, reserve: number = RESERVE): boolean {
    const isFitting = size <= this.#detailsLeft + reserve;
    if (isFitting) this.#detailsLeft -= size;
    else this.isTruncated = true;
    return isFitting;
  }

  /** The new member, or undefined where there are too many. */
  addMember<K, V>(members: Map<K, V>, key: K, member: V): V | undefined {
    if (members.size >= MAX_MEMBERS) {
      this.isTruncated = true;
      return undefined;
    }
    members.set(key, member);
    return member;
  }
}
