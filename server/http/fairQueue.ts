/** One queue for each owner, served in turn: a hundred calls of one owner do not delay the first of another. */
export class FairQueue<Item> {
  /** No queue is empty. The owner whose turn it is comes first. */
  readonly #lines = new Map<string, Item[]>();
  #length = 0;

  /** Over all owners. */
  get length(): number {
    return this.#length;
  }

  push(owner: string, item: Item): void {
    const line = this.#lines.get(owner);
    if (line) line.push(item);
    else this.#lines.set(owner, [item]);
    this.#length++;
  }

  /** The next one; its owner then waits for all others. */
  shift(): Item | undefined {
    for (const [owner, line] of this.#lines) {
      const item = line.shift();
      this.#lines.delete(owner);
      if (line.length > 0) this.#lines.set(owner, line);
      this.#length--;
      return item;
    }
    return undefined;
  }

  /** Whose turn it is. */
  get nextOwner(): string | undefined {
    return this.#lines.keys().next().value;
  }

  /** Those of this owner, the one that has waited longest first. */
  lineOf(owner: string): readonly Item[] {
    return this.#lines.get(owner) ?? [];
  }
}
