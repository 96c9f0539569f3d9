const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
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

/** A number of up to so many digits is held digit for digit. */
const SAFE_DIGITS = 15;
const SAFE_FRACTION = 8;

/** Where a member of a log that is an object or an array stands in the bytes; its name without the quotes. */
export interface MemberRange {
  /** The index of its log in `logs`; null where the body itself is the log. */
  readonly logIndex: number | null;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly start: number;
  readonly end: number;
}

/** What one look at the bytes of JSON tells; of broken JSON it tells anything. */
export interface JsonScan {
  /**
   * False where every number is surely one that JavaScript writes as it came, which is nearly always: then JSON.parse will
   * do. It costs a fifth of what looking for the numbers in the text does.
   */
  readonly mayBeInexact: boolean;
  /** No white space stands between the values. */
  readonly isCompact: boolean;
  /** Some text may hold an escape such as `\u00e9`. */
  readonly hasUnicodeEscapes: boolean;
  /** In the order of the body. Empty where `logs` is there twice, so that one cannot tell which are meant. */
  readonly members: readonly MemberRange[];
}

const OPENING_BRACE = 0x7b;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACE = 0x7d;
const CLOSING_BRACKET = 0x5d;
const COMMA = 0x2c;
const SPACE = 0x20;
/** Where the members of a body, its logs, and the members of those are. */
const IN_BODY = 1;
const IN_LOGS = 2;
const IN_LOG = 3;

/** Goes through the JSON of a body once. */
export function scanJson(bytes: Buffer): JsonScan {
  const members: MemberRange[] = [];
  let mayBeInexact = false;
  let isCompact = true;
  let depth = 0;
  let isInLogs = false;
  let logIndex = 0;
  let lists = 0;
  /** Where the last string begins and ends; it is a name if a value follows. */
  let textStart = 0;
  let textEnd = 0;
  /** Where the current member of the body begins, and the current member of a log. */
  let [bodyNameStart, bodyNameEnd, bodyStart] = [0, 0, 0];
  let [logNameStart, logNameEnd, logStart] = [0, 0, 0];
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0;
    if (byte === QUOTE) {
      textStart = index + 1;
      index = endOfString(bytes, index);
      textEnd = index;
    } else if (byte === OPENING_BRACE || byte === OPENING_BRACKET) {
      if (depth === IN_BODY) {
        isInLogs = byte === OPENING_BRACKET && isLogs(bytes, textStart, textEnd);
        logIndex = 0;
        if (isInLogs) lists++;
        bodyNameStart = textStart;
        bodyNameEnd = textEnd;
        bodyStart = index;
      } else if (depth === IN_LOG && isInLogs) {
        logNameStart = textStart;
        logNameEnd = textEnd;
        logStart = index;
      }
      depth++;
    } else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) {
      depth--;
      const end = index + 1;
      if (depth === IN_BODY) {
        members.push({ logIndex: null, nameStart: bodyNameStart, nameEnd: bodyNameEnd, start: bodyStart, end });
      } else if (depth === IN_LOG && isInLogs) {
        members.push({ logIndex, nameStart: logNameStart, nameEnd: logNameEnd, start: logStart, end });
      }
    } else if (byte === COMMA) {
      if (depth === IN_LOGS) logIndex++;
    } else if (isDigit(byte) || byte === MINUS) {
      const end = endOfPlainNumber(bytes, index);
      if (end === -1) mayBeInexact = true;
      else index = end - 1;
    } else if (byte <= SPACE) isCompact = false;
  }
  return {
    mayBeInexact,
    isCompact,
    hasUnicodeEscapes: bytes.includes(UNICODE_ESCAPE),
    members: lists > 1 ? [] : members,
  };
}

const UNICODE_ESCAPE = Buffer.from('\\u');

function isLogs(bytes: Buffer, start: number, end: number): boolean {
  return end - start === 4 && bytes.toString('latin1', start, end) === 'logs';
}

/** The end of a number of few digits, without an exponent or a zero at the end of a fraction, not tiny, not `-0`; else -1. */
function endOfPlainNumber(bytes: Buffer, start: number): number {
  const isNegative = bytes[start] === MINUS;
  let value = 0;
  let digits = 0;
  let fraction = -1;
  let index = isNegative ? start + 1 : start;
  for (; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0;
    if (isDigit(byte)) {
      value = value * 10 + (byte - ZERO);
      digits++;
      if (fraction >= 0) fraction++;
    } else if (byte === POINT && fraction < 0) fraction = 0;
    else if (byte === MINUS || byte === POINT || (byte | 0x20) === 0x65) return -1;
    else break;
  }
  if (digits > SAFE_DIGITS || (isNegative && value === 0)) return -1;
  if (fraction < 0) return index;
  // Below a millionth JavaScript writes an exponent.
  const isPlain = fraction <= SAFE_FRACTION && bytes[index - 1] !== ZERO && value * 1e6 >= 10 ** fraction;
  return isPlain ? index : -1;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39;
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
