/**
 * The signatures of the rows of a segment, kept *sliced*: for each slot the bits of all rows side by side, so that a
 * search reads only the slots of its word. Pure.
 */
import { foldCase } from '#shared/query/words';
import { addGrams, PRESENCE_BITS, SLOTS } from './grams.ts';

/** Rows of a segment as it is built … */
export const SEGMENT_ROWS = 1_024;
/** … of which so many are put side by side to a large one. */
export const MERGED_SEGMENTS = 8;

const ROW_BYTES = SLOTS / 8;
/** Bytes of a slice. */
const WIDTH = SEGMENT_ROWS / 8;

/** Texts from so many characters on are remembered: asking whether one came before costs less than its grams … */
const LONG_TEXT = 200;
/** … and so many of them, at 2 kB and the text. */
const KNOWN_TEXTS = 256;

/** Takes the texts of one row after the other, of one segment. */
export class SignatureBuilder {
  /** Signatures of the eight rows that are at work, one after the other: turned at once, which is half of the work. */
  readonly #eight = new Uint8Array(8 * ROW_BYTES);
  readonly #signature = Buffer.alloc(SLOTS * WIDTH);
  readonly #presence = Buffer.alloc(PRESENCE_BITS / 8);
  /** Bits of long texts that came before, such as system prompts and the history of a conversation; those that came last are last. */
  readonly #known = new Map<string, Int32Array>();
  #rows = 0;

  addRow(texts: Iterable<string>): void {
    if (this.#rows === SEGMENT_ROWS) throw new Error('The segment is full.');
    const start = (this.#rows % 8) * ROW_BYTES;
    const row = this.#eight.subarray(start, start + ROW_BYTES);
    for (const text of texts) {
      if (text.length < LONG_TEXT) addGrams(foldCase(text), row, this.#presence);
      else addBits(row, this.#bitsOf(text));
    }
    this.#rows++;
    if (this.#rows % 8 === 0) this.#turn();
  }

  /** Its presence is set when it comes first. */
  #bitsOf(text: string): Int32Array {
    const known = this.#known.get(text);
    if (known) {
      this.#known.delete(text);
      this.#known.set(text, known);
      return known;
    }
    const bits = new Uint8Array(ROW_BYTES);
    addGrams(foldCase(text), bits, this.#presence);
    const [oldest] = this.#known.keys();
    if (this.#known.size >= KNOWN_TEXTS && oldest !== undefined) this.#known.delete(oldest);
    const words = new Int32Array(bits.buffer);
    this.#known.set(text, words);
    return words;
  }

  /** What was added, as it is stored. */
  finish(): { rows: number; width: number; presence: Buffer; signature: Buffer } {
    if (this.#rows % 8 !== 0) this.#turn();
    return { rows: this.#rows, width: WIDTH, presence: this.#presence, signature: this.#signature };
  }

  /** Eight rows of 8 slots become 8 slices of eight rows, piece by piece. */
  #turn(): void {
    const column = (this.#rows - 1) >> 3;
    const eight = this.#eight;
    for (let byte = 0; byte < ROW_BYTES; byte++) {
      const slot = byte * 8;
      for (let row = 0; row < 8; row++) {
        let bits = eight[row * ROW_BYTES + byte] ?? 0;
        while (bits !== 0) {
          const lowest = 31 - Math.clz32(bits & -bits);
          this.#signature[(slot + lowest) * WIDTH + column]! |= 1 << row;
          bits &= bits - 1;
        }
      }
    }
    eight.fill(0);
  }
}

function addBits(row: Uint8Array, bits: Int32Array): void {
  const words = new Int32Array(row.buffer, row.byteOffset, bits.length);
  for (let at = 0; at < bits.length; at++) words[at]! |= bits[at] ?? 0;
}
