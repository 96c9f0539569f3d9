/**
 * Which bits a text sets. A *gram* is a few neighbouring UTF-16 units of a folded text. Each 3-gram and 4-gram has one of
 * SLOTS places in the signature of a row; single units and pairs have four, and only where a unit is not ASCII: two
 * letters of ASCII are in every row, two of Chinese are a word. `presence` says which grams of up to three units occur in
 * a segment at all. Pure.
 */

/** Bits of the signature of a row. A power of two. */
export const SLOTS = 16_384;
const SLOT_SHIFT = 32 - Math.log2(SLOTS);
/** Bits of the presence of a segment. A power of two. */
export const PRESENCE_BITS = 524_288;
const PRESENCE_MASK = PRESENCE_BITS - 1;
const ASCII = 0x80;

/** Changing anything of this file changes which bits are stored: then this number, by which segments are told apart. */
export const VERSION = 1;

/** Sets the bits of a folded text: in the signature of a row, and in the presence of its segment. */
export function addGrams(folded: string, signature: Uint8Array, presence: Uint8Array): void {
  let [a, b, c] = [0, 0, 0];
  for (let index = 0; index < folded.length; index++) {
    const d = folded.charCodeAt(index);
    setBit(presence, hashOne(d) & PRESENCE_MASK);
    if (d >= ASCII) setFour(signature, hashOne(d));
    if (index >= 1) {
      const two = hashTwo(c, d);
      setBit(presence, two & PRESENCE_MASK);
      if (c >= ASCII || d >= ASCII) setFour(signature, two);
    }
    if (index >= 2) {
      const three = hashThree(b, c, d);
      setBit(presence, three & PRESENCE_MASK);
      setBit(signature, three >>> SLOT_SHIFT);
    }
    if (index >= 3) setBit(signature, hashFour({ a, b, c, d }) >>> SLOT_SHIFT);
    a = b;
    b = c;
    c = d;
  }
}

/** The bits that every row, and every segment, has that holds a word. */
export interface WordBits {
  /** Places in the presence. */
  readonly presence: readonly number[];
  /** Places in the signature, what says most first. */
  readonly slots: readonly number[];
}

/** At most so many of each. Words of one or two ASCII letters have no slots. */
export function wordBits(folded: string, most: { presence: number; slots: number }): WordBits {
  const units = Array.from({ length: folded.length }, (_, index) => folded.charCodeAt(index));
  const at = (index: number) => units[index] ?? 0; // Only within the word.
  const count = (size: number) => Math.max(0, units.length - size + 1);
  const threes = spread(count(3), most.presence).map((index) => hashThree(at(index), at(index + 1), at(index + 2)));
  const twos = spread(count(2), most.slots).map((index) => ({
    hash: hashTwo(at(index), at(index + 1)),
    isAscii: at(index) < ASCII && at(index + 1) < ASCII,
  }));
  const ones = units.slice(0, most.slots).map((unit) => ({ hash: hashOne(unit), isAscii: unit < ASCII }));
  const shortest =
    units.length >= 3 ? threes : units.length === 2 ? twos.map(({ hash }) => hash) : ones.map(({ hash }) => hash);
  const slots = [
    ...spread(count(4), most.slots).map(
      (index) => hashFour({ a: at(index), b: at(index + 1), c: at(index + 2), d: at(index + 3) }) >>> SLOT_SHIFT,
    ),
    ...spread(count(3), most.slots).map((index) => hashThree(at(index), at(index + 1), at(index + 2)) >>> SLOT_SHIFT),
    ...[...twos, ...ones].filter(({ isAscii }) => !isAscii).flatMap(({ hash }) => fourSlots(hash)),
  ];
  return {
    presence: [...new Set(shortest.map((hash) => hash & PRESENCE_MASK))].slice(0, most.presence),
    slots: [...new Set(slots)].slice(0, most.slots),
  };
}

/** Up to `most` of `count` places, spread over all of them: neighbours share most of their units. */
function spread(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, index) => index);
  if (most === 1) return [count >> 1];
  return Array.from({ length: most }, (_, index) => Math.round((index * (count - 1)) / (most - 1)));
}

function setBit(bits: Uint8Array, place: number): void {
  bits[place >>> 3]! |= 1 << (place & 7);
}

function setFour(signature: Uint8Array, hash: number): void {
  setBit(signature, hash >>> SLOT_SHIFT);
  setBit(signature, mix(hash + 1) >>> SLOT_SHIFT);
  setBit(signature, mix(hash + 2) >>> SLOT_SHIFT);
  setBit(signature, mix(hash + 3) >>> SLOT_SHIFT);
}

function fourSlots(hash: number): number[] {
  return [hash, mix(hash + 1), mix(hash + 2), mix(hash + 3)].map((each) => each >>> SLOT_SHIFT);
}

function hashOne(a: number): number {
  return mix(Math.imul(a, 0x9e3779b1) + 1);
}

function hashTwo(a: number, b: number): number {
  return mix(Math.imul(a, 0x9e3779b1) + Math.imul(b, 0x85ebca77) + 2);
}

function hashThree(a: number, b: number, c: number): number {
  return mix(Math.imul(a, 0x9e3779b1) + Math.imul(b, 0x85ebca77) + Math.imul(c, 0xc2b2ae3d) + 3);
}

function hashFour({ a, b, c, d }: { a: number; b: number; c: number; d: number }): number {
  return mix(
    Math.imul(a, 0x9e3779b1) + Math.imul(b, 0x85ebca77) + Math.imul(c, 0xc2b2ae3d) + Math.imul(d, 0x27d4eb2f) + 4,
  );
}

/** Spreads 32 bits over 32 bits, so that each bit of the result depends on all. */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return (hash ^ (hash >>> 15)) >>> 0;
}
