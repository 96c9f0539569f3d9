/**
 * Finds values in the bytes of JSON without parsing them, so that a large export is never in memory as objects: what is
 * found is parsed piece by piece. What it passes over is checked only as far as its end must be found.
 */
import { AppError } from '#server/errors';

/** Where a value is, and about how many values it holds: of brackets, braces and commas. */
export interface JsonRange {
  readonly start: number;
  readonly end: number;
  readonly values: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** `n`, which only null begins with. */
const NULL_START = 0x6e;
/** EF BB BF: some editors put it before JSON. */
const BYTE_ORDER_MARK = 0xefbbbf;

/** Goes through JSON byte by byte, and finds members without parsing what is between them. */
export class JsonScanner {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#at = bytes.length >= 3 && bytes.readUIntBE(0, 3) === BYTE_ORDER_MARK ? 3 : 0;
  }

  /**
   * The members of the object that begins here; `read` is called for each, and takes its value. Null has none.
   * @throws {AppError} `invalid_json`; `invalid_value` for anything else than an object.
   */
  members(name: string, read: (key: string) => void): void {
    if (this.#takeNull()) return;
    if (!this.#take(OPEN_BRACE)) throw new AppError('invalid_value', `${name} must be an object.`);
    if (this.#take(CLOSE_BRACE)) return;
    do {
      const key = this.#key();
      if (!this.#take(COLON)) throw this.#invalid();
      read(key);
    } while (this.#take(COMMA));
    if (!this.#take(CLOSE_BRACE)) throw this.#invalid();
  }

  /**
   * The elements of the list that begins here, as `members`.
   * @throws {AppError} `invalid_json`; `invalid_value` for anything else than a list.
   */
  elements(name: string, read: () => void): void {
    if (this.#takeNull()) return;
    if (!this.#take(OPEN_BRACKET)) throw new AppError('invalid_value', `${name} must be a list.`);
    if (this.#take(CLOSE_BRACKET)) return;
    do read();
    while (this.#take(COMMA));
    if (!this.#take(CLOSE_BRACKET)) throw this.#invalid();
  }

  /** Takes the value that begins here, whatever it is. */
  range(): JsonRange {
    this.#passSpace();
    const bytes = this.#bytes;
    const start = this.#at;
    let depth = 0;
    let values = 1;
    do {
      const byte = bytes[this.#at];
      if (byte === QUOTE) this.#passText();
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth++;
        values++;
        this.#at++;
      } else if (depth > 0 && (byte === CLOSE_BRACE || byte === CLOSE_BRACKET)) {
        depth--;
        this.#at++;
      } else if (depth > 0 && (byte === COMMA || byte === COLON || isSpace(byte))) {
        if (byte === COMMA) values++;
        this.#at++;
      } else this.#passScalar();
    } while (depth > 0);
    return { start, end: this.#at, values };
  }

  /** @throws {AppError} `invalid_json` where something comes behind the value that was read. */
  end(): void {
    this.#passSpace();
    if (this.#at < this.#bytes.length) throw this.#invalid();
  }

  #key(): string {
    this.#passSpace();
    const start = this.#at;
    if (this.#bytes[start] !== QUOTE) throw this.#invalid();
    this.#passText();
    try {
      return JSON.parse(this.#bytes.toString('utf8', start, this.#at)) as string; // It is in quotes.
    } catch {
      throw this.#invalid();
    }
  }

  #take(byte: number): boolean {
    this.#passSpace();
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }

  #takeNull(): boolean {
    this.#passSpace();
    if (this.#bytes[this.#at] !== NULL_START) return false;
    this.#passScalar();
    return true;
  }

  #passSpace(): void {
    while (isSpace(this.#bytes[this.#at])) this.#at++;
  }

  #passText(): void {
    const bytes = this.#bytes;
    for (let at = this.#at + 1; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) {
        this.#at = at + 1;
        return;
      }
    }
    throw this.#invalid();
  }

  /** A number, true, false or null, of at least one character. */
  #passScalar(): void {
    const start = this.#at;
    while (isScalar(this.#bytes[this.#at])) this.#at++;
    if (this.#at === start) throw this.#invalid();
  }

  #invalid(): AppError {
    return new AppError('invalid_json', `The body is not valid JSON (byte ${this.#at}).`);
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Letters, digits, and the signs of numbers. */
function isScalar(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const letter = byte | 0x20;
  const isLetter = letter >= 0x61 && letter <= 0x7a;
  return isLetter || (byte >= 0x30 && byte <= 0x39) || byte === 0x2b || byte === 0x2d || byte === 0x2e;
}
