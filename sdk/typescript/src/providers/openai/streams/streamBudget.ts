/** Limits of what is kept of one stream: per text, for all texts, and for other data. */
import type { Snapshot } from '../../../record/snapshot.js';

/** Reserved for the marker of a cut text, so that it is not cut again. */
const MARKER_LENGTH = 64;
/** So that an answer is kept that comes after long thoughts. */
const LONG_TEXTS = 4;
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
  readonly #longestText: number;
  #textLeft: number;
  #detailsLeft: number;

  constructor(maxText: number) {
    this.maxText = maxText;
    this.#longestText = Math.max(0, maxText - MARKER_LENGTH);
    this.#textLeft = this.#longestText * LONG_TEXTS;
    this.#detailsLeft = Math.max(MIN_DETAILS, maxText);
  }

  /** As much of a piece as still fits to a text of which `before` characters are kept. */
  takeText(piece: string, before: number): string {
    let kept = piece;
    const room = Math.min(this.#longestText - before, this.#textLeft);
    if (piece.length > room) {
      this.isTruncated = true;
      kept = piece.slice(0, room);
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

  /** The same for a list. */
  addItem<V>(items: V[], item: V): V | undefined {
    if (items.length >= MAX_MEMBERS) {
      this.isTruncated = true;
      return undefined;
    }
    items.push(item);
    return item;
  }
}
