/** The messages of several requests side by side: each row is one message of the first, and what stands for it in the others. Pure. */

/** What counts of a message. */
export interface Aligned {
  readonly role: string;
  readonly text: string;
}

/** One message of each request; null where a request has none that fits. */
export type AlignedRow<Item> = readonly (Item | null)[];

/** Of longer conversations the last messages are compared: what differs is mostly there. */
export const MOST_MESSAGES = 60;

/**
 * Aligns each of `others` with `base`. What has no partner in the base stands in a row of its own, between those beside
 * it; such rows of several others are shared in order.
 */
export function alignMessages<Item extends Aligned>(columns: readonly (readonly Item[])[]): AlignedRow<Item>[] {
  const [base = [], ...others] = columns.map((messages) => messages.slice(-MOST_MESSAGES));
  const pairs = others.map((messages) => pairWith(base, messages));
  const rows: AlignedRow<Item>[] = [];
  for (let at = 0; at <= base.length; at++) {
    const extras = pairs.map(({ before }) => before[at] ?? []);
    const most = Math.max(0, ...extras.map(({ length }) => length));
    for (let row = 0; row < most; row++) rows.push([null, ...extras.map((items) => items[row] ?? null)]);
    const own = base[at];
    if (own !== undefined) rows.push([own, ...pairs.map(({ partner }) => partner[at] ?? null)]);
  }
  return rows;
}

interface Pairs<Item> {
  /** By the place in the base; the last one is after its end. */
  readonly before: readonly Item[][];
  readonly partner: readonly (Item | null)[];
}

/** The alignment of the highest worth; a message alone is worth nothing. */
function pairWith<Item extends Aligned>(base: readonly Item[], other: readonly Item[]): Pairs<Item> {
  const worth = Array.from({ length: base.length + 1 }, () => new Float64Array(other.length + 1));
  const at = (row: number, column: number) => worth[row]?.[column] ?? 0;
  const pairWorth = base.map((one) => other.map((two) => worthOf(one, two)));
  for (let row = base.length - 1; row >= 0; row--) {
    for (let column = other.length - 1; column >= 0; column--) {
      const together = (pairWorth[row]?.[column] ?? 0) + at(row + 1, column + 1);
      const line = worth[row];
      if (line) line[column] = Math.max(together, at(row + 1, column), at(row, column + 1));
    }
  }
  const before: Item[][] = Array.from({ length: base.length + 1 }, () => []);
  const partner: (Item | null)[] = base.map(() => null);
  let row = 0;
  for (let column = 0; column < other.length;) {
    const item = other[column];
    if (item === undefined) break;
    const together = (pairWorth[row]?.[column] ?? 0) + at(row + 1, column + 1);
    if (row < base.length && together > 0 && together === at(row, column) && (pairWorth[row]?.[column] ?? 0) > 0) {
      partner[row] = item;
      row++;
      column++;
    } else if (row < base.length && at(row + 1, column) === at(row, column)) {
      row++;
    } else {
      before[row]?.push(item);
      column++;
    }
  }
  return { before, partner };
}

/** Of different roles nothing; else more the more they have in common at their beginning and their end. */
function worthOf(one: Aligned, two: Aligned): number {
  if (one.role !== two.role) return 0;
  if (one.text === two.text) return 3;
  const shorter = Math.min(one.text.length, two.text.length, 400);
  if (shorter === 0) return 1;
  let start = 0;
  while (start < shorter && one.text[start] === two.text[start]) start++;
  let end = 0;
  while (end < shorter - start && one.text.at(-1 - end) === two.text.at(-1 - end)) end++;
  return 1 + (start + end) / shorter;
}
