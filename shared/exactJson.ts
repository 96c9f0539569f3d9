/**
 * JSON whose numbers keep the digits they were written with. JavaScript would read `107505301260286117` as …110 and
 * `10.50` as 10.5; such a number becomes an ExactNumber, every other value is what JSON.parse makes of it.
 *
 * Node 20 neither shows a reviver the source of a number nor writes raw JSON, so such a number goes through JSON.parse
 * and JSON.stringify as a string with a mark that nobody outside of this process can know.
 */

/** A number that `number` cannot hold digit for digit. */
export class ExactNumber {
  /** As it was written: a JSON number. */
  readonly literal: string;

  constructor(literal: string) {
    this.literal = literal;
  }

  /** The nearest number that JavaScript has; infinite where the literal is beyond 1.8e308. */
  toNumber(): number {
    return Number(this.literal);
  }

  /** The nearest number for any other serializer; the digits for `stringifyExactJson`. */
  toJSON(): number | string {
    if (exactNumbersWritten === null) return this.toNumber();
    exactNumbersWritten++;
    return MARK + this.literal;
  }
}

/** 122 random bits: a text of a caller never begins with them. DEL is a character that JSON text may hold as it is. */
const MARK = `\u007f${Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join('')}:`;
const MARKED = new RegExp(`"${MARK}([^"]*)"`, 'g');

/** How many were met by the call of `stringifyExactJson` that is under way; null outside of one. */
let exactNumbersWritten: number | null = null;

/**
 * Parses JSON; numbers that would lose digits are ExactNumbers, typed as the JSON values they stand for.
 * @throws {SyntaxError} as JSON.parse does.
 */
export function parseExactJson(text: string): unknown {
  const marked = markInexactNumbers(text);
  if (marked === null) return JSON.parse(text);
  let parsed: unknown;
  try {
    parsed = JSON.parse(marked.text);
  } catch {
    return JSON.parse(text); // Its error names the position in the text as it was sent.
  }
  return reviveExactNumbers(parsed, marked.count);
}

/** Writes JSON, on one line or indented by so many spaces; ExactNumbers with the digits they came with. */
export function stringifyExactJson(value: unknown, indent?: number): string {
  exactNumbersWritten = 0;
  try {
    const text = JSON.stringify(value, null, indent);
    return exactNumbersWritten === 0 ? text : text.replaceAll(MARKED, '$1');
  } finally {
    exactNumbersWritten = null;
  }
}

const QUOTE = 0x22;
const DEL = 0x7f;
const MINUS = 0x2d;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** Whole numbers of so many characters, sign included, are below 2^53. */
const SAFE_LENGTH = 15;

/**
 * Finds every number that may be inexact, and some that stand in a text: a first look, at a third of what the walk below
 * costs. In this order: `-0`, a fraction that ends in zero, one of nine digits, a very small one, an exponent, sixteen
 * digits in all.
 */
const MAYBE_INEXACT = /[:,[]\s*(?:-0|-?\d+(?:\.(?:\d*0[,\]}\s]|\d{9}|0{6}|\d+[eE])|[eE]|\d{15}|\d{6}\.\d))/;

/** The text with each inexact number as a marked string; null where there is none, which is nearly always. */
function markInexactNumbers(text: string): { text: string; count: number } | null {
  if (!MAYBE_INEXACT.test(text) && !isNumberStart(text.trimStart().charCodeAt(0))) return null;
  let pieces: string[] | null = null;
  let pieceStart = 0;
  let count = 0;
  for (let at = 0; at < text.length;) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    if (!isNumberStart(unit)) {
      at++;
      continue;
    }
    const start = at;
    let isWhole = true;
    for (at++; at < text.length; at++) {
      const next = text.charCodeAt(at);
      if (isDigit(next)) continue;
      if (!isNumberSign(next)) break;
      isWhole = false;
    }
    if (isWhole && at - start <= SAFE_LENGTH && unit !== MINUS) continue;
    const literal = text.slice(start, at);
    // What is no number, or stands where a key belongs, is left for JSON.parse to refuse.
    if (isExact(literal) || !NUMBER.test(literal) || isBeforeColon(text, at)) continue;
    pieces ??= [];
    pieces.push(text.slice(pieceStart, start), `"${MARK}${literal}"`);
    pieceStart = at;
    count++;
  }
  if (pieces === null) return null;
  pieces.push(text.slice(pieceStart));
  return { text: pieces.join(''), count };
}

/** The index after the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at === -1) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return at + 1;
  }
}

/** True where JavaScript writes the number as it was written. */
function isExact(literal: string): boolean {
  return String(Number(literal)) === literal;
}

/** What a number begins with. */
function isNumberStart(unit: number): boolean {
  return unit === MINUS || isDigit(unit);
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

/** `.`, `e`, `E`, `+` or `-`. */
function isNumberSign(unit: number): boolean {
  return unit === 0x2e || unit === 0x65 || unit === 0x45 || unit === 0x2b || unit === MINUS;
}

function isBeforeColon(text: string, end: number): boolean {
  let at = end;
  while (text.charCodeAt(at) <= 0x20) at++;
  return text.charCodeAt(at) === COLON;
}

/** Puts an ExactNumber in place of each marked string, in place. A stack of its own: the nesting has no bound yet. */
function reviveExactNumbers(root: unknown, count: number): unknown {
  if (isMarked(root)) return toExactNumber(root);
  let left = count;
  const stack: unknown[] = [root];
  while (stack.length > 0 && left > 0) {
    const container = stack.pop() as unknown[] | { [key: string]: unknown };
    if (Array.isArray(container)) {
      for (let index = 0; index < container.length; index++) {
        const value: unknown = container[index];
        if (isMarked(value)) {
          left--;
          container[index] = toExactNumber(value);
        } else if (typeof value === 'object' && value !== null) stack.push(value);
      }
      continue;
    }
    for (const key of Object.keys(container)) {
      const value = container[key];
      if (isMarked(value)) {
        left--;
        setOwnMember(container, key, toExactNumber(value));
      } else if (typeof value === 'object' && value !== null) stack.push(value);
    }
  }
  return root;
}

function isMarked(value: unknown): value is string {
  return typeof value === 'string' && value.charCodeAt(0) === DEL && value.startsWith(MARK);
}

function toExactNumber(marked: string): ExactNumber {
  return new ExactNumber(marked.slice(MARK.length));
}

/** Plain assignment to `__proto__` would set the prototype instead of the key that JSON.parse made. */
export function setOwnMember(container: { [key: string]: unknown }, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    container[key] = value;
  }
}
