const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Within a string, what is longer than this is searched by Buffer.indexOf, which is quick but takes a while to call. */
const SHORT_STRING = 48;

/**
 * Counts `{`, `[` and `,` outside of strings, which is how many values JSON.parse will make, give or take the nesting;
 * it ends early above `most`. Strings may hold any number of these characters. For broken JSON any number will do.
 */
export function countValues(bytes: Buffer, most: number): number {
  let count = 0;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (byte === QUOTE) index = endOfString(bytes, index);
    else if ((byte === 0x7b || byte === 0x5b || byte === 0x2c) && ++count > most) break;
  }
  return count;
}

/** The place of the quote that ends the string which begins at `start`; the length where none does. */
function endOfString(bytes: Buffer, start: number): number {
  let index = start + 1;
  for (;;) {
    const near = Math.min(bytes.length, index + SHORT_STRING);
    for (; index < near; index++) {
      if (bytes[index] === QUOTE) return index;
      if (bytes[index] === BACKSLASH) index++;
    }
    // What stands at `index` is not escaped, so that backslashes from there on can be counted backwards.
    const quote = bytes.indexOf(QUOTE, index);
    if (quote === -1) return bytes.length;
    let backslashes = 0;
    while (quote - backslashes > index && bytes[quote - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote;
    index = quote + 1;
  }
}
