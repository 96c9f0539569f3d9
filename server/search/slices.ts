/** A query over sliced signatures: which bits it needs, and which rows may match. Never fewer than do match. Pure. */
import type { Query } from '#shared/query/parseQuery';
import { foldCase } from '#shared/query/words';
import { wordBits, type WordBits } from './grams.ts';

/** `all`: signatures say nothing about it, such as a negation or a field. */
export type SlicePlan =
  | { readonly kind: 'all' }
  | ({ readonly kind: 'word' } & WordBits)
  | { readonly kind: 'and' | 'or'; readonly of: readonly SlicePlan[] };

/** The most slices that one word asks for; a query of many words asks for fewer of each. */
const MOST = { presence: 6, slots: 8 };
/** The most slots that all words of a query ask for together. */
const MOST_SLOTS = 48;

/** Which bits of a signature a query needs; of many words fewer bits each. */
export function planSlices(query: Query | null): SlicePlan {
  const words = countWords(query);
  const share = Math.max(1, Math.floor(MOST_SLOTS / Math.max(1, words)));
  return toPlan(query, { presence: Math.min(MOST.presence, share), slots: Math.min(MOST.slots, share) });
}

function countWords(query: Query | null): number {
  if (query?.kind === 'and' || query?.kind === 'or') return query.of.reduce((sum, part) => sum + countWords(part), 0);
  return query?.kind === 'words' ? 1 : 0;
}

function toPlan(query: Query | null, most: typeof MOST): SlicePlan {
  if (query?.kind === 'words') return { kind: 'word', ...wordBits(foldCase(query.value), most) };
  if (query?.kind !== 'and' && query?.kind !== 'or') return { kind: 'all' };
  const of = query.of.map((part) => toPlan(part, most));
  if (query.kind === 'or') return of.some(({ kind }) => kind === 'all') ? { kind: 'all' } : { kind: 'or', of };
  const telling = of.filter(({ kind }) => kind !== 'all');
  return telling.length === 0 ? { kind: 'all' } : { kind: 'and', of: telling };
}

/** False rows of a segment that are not worth another slice. */
const FEW_ROWS = 0.1;

/** Slices that were read of a segment. */
export interface SeenSegment {
  readonly rows: number;
  readonly sliceOf: (slot: number) => Uint8Array;
}

/**
 * The plan with fewer slots of each word: those that together left fewest rows of the segments that were seen, until the others
 * would leave no fewer, and hardly a row is left that has all of their bits by chance. What the shares of the slots say alone
 * is not enough, since grams of a word often stand together: `brontide status:error` looked at 306 of a million rows, and at 155.
 */
export function narrowPlan(plan: SlicePlan, seen: readonly SeenSegment[]): SlicePlan {
  if (plan.kind === 'all') return plan;
  if (plan.kind !== 'word') return { ...plan, of: plan.of.map((part) => narrowPlan(part, seen)) };
  if (plan.slots.length === 0) return plan; // One or two ASCII letters.
  const rows = seen.reduce((sum, segment) => sum + segment.rows, 0);
  const most = Math.max(...seen.map((segment) => segment.rows));
  const sliced = (slot: number) => seen.map(({ sliceOf }) => sliceOf(slot));
  const least = countAll(plan.slots.map(sliced).reduce(both));
  const slots: number[] = [];
  let held: readonly Uint8Array[] | null = null;
  for (let byChance = most; slots.length < plan.slots.length;) {
    if (slots.length >= 2 && byChance <= FEW_ROWS && held && countAll(held) <= least) break;
    const left = plan.slots.filter((slot) => !slots.includes(slot));
    const kept = left.map((slot) => ({ slot, held: held ? both(held, sliced(slot)) : sliced(slot) }));
    const [best] = kept.toSorted((one, other) => countAll(one.held) - countAll(other.held));
    if (!best) break;
    slots.push(best.slot);
    held = best.held;
    byChance *= countAll(sliced(best.slot)) / rows;
  }
  return { ...plan, slots };
}

function both(one: readonly Uint8Array[], other: readonly Uint8Array[]): Uint8Array[] {
  return one.map((slice, index) => slice.map((byte, at) => byte & (other[index]?.[at] ?? 0)));
}

function countAll(slices: readonly Uint8Array[]): number {
  return slices.reduce((sum, slice) => sum + countBits(slice), 0);
}

/** How many bits of a slice are set. */
function countBits(slice: Uint8Array): number {
  let count = 0;
  for (const byte of slice) for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** The places in the presence that `mayHold` asks for, each once. */
export function presencePlaces(plan: SlicePlan): number[] {
  return [...new Set(wordsOf(plan).flatMap(({ presence }) => presence))];
}

/** The slots whose slices `candidates` asks for, each once. */
export function slotsOf(plan: SlicePlan): number[] {
  return [...new Set(wordsOf(plan).flatMap(({ slots }) => slots))];
}

function wordsOf(plan: SlicePlan): WordBits[] {
  if (plan.kind === 'word') return [plan];
  return plan.kind === 'all' ? [] : plan.of.flatMap(wordsOf);
}

/** False where a segment cannot hold what the query looks for. */
export function mayHold(plan: SlicePlan, isPresent: (place: number) => boolean): boolean {
  switch (plan.kind) {
    case 'all':
      return true;
    case 'word':
      return plan.presence.every(isPresent);
    case 'and':
      return plan.of.every((part) => mayHold(part, isPresent));
    case 'or':
      return plan.of.some((part) => mayHold(part, isPresent));
  }
}

/** A bit for each row of a segment; null: all of them. */
export function candidates(plan: SlicePlan, sliceOf: (slot: number) => Uint8Array): Uint8Array | null {
  switch (plan.kind) {
    case 'all':
      return null;
    case 'word':
      return join(plan.slots.map(sliceOf), (one, other) => one & other);
    case 'and':
      return join(
        plan.of.map((part) => candidates(part, sliceOf)).filter((bits) => bits !== null),
        (one, other) => one & other,
      );
    case 'or': {
      const parts = plan.of.map((part) => candidates(part, sliceOf));
      return parts.some((bits) => bits === null)
        ? null
        : join(
            parts.filter((bits) => bits !== null),
            (one, other) => one | other,
          );
    }
  }
}

function join(slices: readonly Uint8Array[], combine: (one: number, other: number) => number): Uint8Array | null {
  const [first, ...others] = slices;
  if (!first) return null;
  const joined = Uint8Array.from(first);
  for (const slice of others)
    for (let at = 0; at < joined.length; at++) joined[at] = combine(joined[at] ?? 0, slice[at] ?? 0);
  return joined;
}

/** The places of the bits that are set, below `rows`; all of them without bits. */
export function placesOf(bits: Uint8Array | null, rows: number): number[] {
  if (bits === null) return Array.from({ length: rows }, (_, place) => place);
  const places: number[] = [];
  for (let byte = 0; byte < bits.length; byte++) {
    for (let rest = bits[byte] ?? 0; rest !== 0; rest &= rest - 1) {
      const place = byte * 8 + 31 - Math.clz32(rest & -rest);
      if (place < rows) places.push(place);
    }
  }
  return places;
}
