/**
 * The bytes that the JSON of a log came as. Its values have to be parsed, but messages and answers that are stored as JSON need
 * not be written once more: of a log of 9 kB that is a quarter of the server's work (docs/decisions/024).
 */
import type { JsonObject } from '#shared/primitives';
import type { JsonScan, MemberRange } from './jsonStructure.ts';

/** What is shorter is written again in less time than it takes to be remembered. */
const SHORT_BYTES = 200;
const ESCAPED_SLASH = Buffer.from('\\/');

/** The bytes that each long member of a body was parsed from, by the object it has become. */
export class JsonSource {
  /** False where no text can hold what Postgres does not store: NUL and lone surrogates come escaped. */
  readonly mayBeUnstorable: boolean;
  readonly hasEscapedSlashes: boolean;
  readonly #json = new Map<object, Buffer>();

  /** `body` was parsed from `bytes`, which `scan` is of. */
  constructor(bytes: Buffer, body: JsonObject, scan: JsonScan) {
    this.mayBeUnstorable = scan.hasUnicodeEscapes;
    this.hasEscapedSlashes = bytes.includes(ESCAPED_SLASH);
    // JSON with white space differs from what we would write; an escape may stand for a character that must be replaced.
    if (!scan.isCompact || scan.hasUnicodeEscapes) return;
    scan.members.forEach((member, place) => {
      const { logIndex, nameStart, nameEnd, start, end } = member;
      if (end - start < SHORT_BYTES || isSuperseded(bytes, scan.members, place)) return;
      const owner: unknown = logIndex === null ? body : logAt(body, logIndex);
      if (typeof owner !== 'object' || owner === null || Array.isArray(owner)) return;
      const value = (owner as JsonObject)[bytes.toString('utf8', nameStart, nameEnd)];
      if (typeof value === 'object' && value !== null) this.#json.set(value, bytes.subarray(start, end));
    });
  }

  /** The JSON that this very object was parsed from; undefined where it is to be written anew. */
  jsonOf(value: object): Buffer | undefined {
    return this.#json.get(value);
  }
}

/** True where a later member of the same log has the same name: of those, JSON.parse keeps the last. */
function isSuperseded(bytes: Buffer, members: readonly MemberRange[], place: number): boolean {
  const one = members[place];
  for (let later = place + 1; later < members.length; later++) {
    const other = members[later];
    if (!one || !other || (one.logIndex !== null && other.logIndex !== one.logIndex)) return false;
    if (one.logIndex !== other.logIndex || one.nameEnd - one.nameStart !== other.nameEnd - other.nameStart) continue;
    if (bytes.compare(bytes, one.nameStart, one.nameEnd, other.nameStart, other.nameEnd) === 0) return true;
  }
  return false;
}

function logAt(body: JsonObject, index: number): unknown {
  return Array.isArray(body.logs) ? body.logs[index] : undefined;
}
