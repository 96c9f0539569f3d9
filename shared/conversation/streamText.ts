/**
 * The pieces of a stream that was logged as its text: server-sent events, or JSON line by line or as a list; whole, or as a
 * list of such texts. What a model wrote is text, and stays it.
 */
import { type JsonValue, LIMITS } from '#shared/primitives';
import { isSmall, MOST_VALUES, parseJson } from './answerText.ts';
import { listPieces } from './streamedPieces.ts';

/** How such a text begins; to look for it costs less than to split a text into lines. */
const BEGINNING = /^\s*(?:(?:data|event|id|retry)?:|[[{])/;
/** A line of server-sent events, or a comment between them. */
const FIELD = /^(?:data|event|id|retry)?:/;
/** Members and types of pieces which JSON that a model wrote has not. */
const NAMED = /"(?:choices|candidates|done|usageMetadata)"\s*:|"type"\s*:\s*"(?:response\.|message_|content_block_)/;

/** Letters of a piece to each of its values, at the least: all texts of a body are no more than twice what it may hold as JSON. */
const LETTERS_OF_A_VALUE = 10;

/** Of one log the same text is asked about several times. */
let last: { readonly text: string; readonly pieces: JsonValue[] | null } = { text: '', pieces: null };
const knownLists = new WeakMap<readonly JsonValue[], JsonValue[] | null>();

/** The list of the pieces, or the response itself where it is no such text. */
export function withPieces(response: JsonValue): JsonValue {
  if (typeof response === 'string') return piecesOfText(response) ?? response;
  if (!Array.isArray(response) || typeof response[0] !== 'string') return response;
  let pieces = knownLists.get(response);
  if (pieces === undefined) {
    pieces = response.every((text) => typeof text === 'string') ? piecesOfText(joinLines(response)) : null;
    knownLists.set(response, pieces);
  }
  return pieces ?? response;
}

/** They are lines without their ends, or what was read at a time. */
function joinLines(texts: readonly string[]): string {
  return texts.join(texts.some((text) => text.endsWith('\n')) ? '' : '\n');
}

function piecesOfText(text: string): JsonValue[] | null {
  if (!BEGINNING.test(text)) return null;
  if (last.text !== text) last = { text, pieces: parsePieces(text) };
  return last.pieces;
}

function parsePieces(text: string): JsonValue[] | null {
  const most = Math.min(LIMITS.values, Math.max(MOST_VALUES, text.length / LETTERS_OF_A_VALUE));
  if (!isSmall(text, most)) return null;
  const pieces = /^\s*\[/.test(text) ? parseList(text) : parseLines(text.split(/[\r\n]+/));
  return pieces !== null && listPieces(pieces) !== null ? pieces : null;
}

function parseList(text: string): JsonValue[] | null {
  const list = NAMED.test(text) ? parseJson(text) : null;
  return Array.isArray(list) ? list : null;
}

/** The last line may have been cut off in the middle. */
function parseLines(lines: readonly string[]): JsonValue[] | null {
  const told = lines.map((line) => line.trim()).filter((line) => line !== '');
  const isOfEvents = told.every((line, at) => FIELD.test(line) || (at > 0 && at === told.length - 1));
  if (!isOfEvents && !(told.length > 1 && NAMED.test(told[0] ?? ''))) return null;
  const payloads = isOfEvents
    ? told.filter((line) => line.startsWith('data:')).map((line) => line.slice('data:'.length).trim())
    : told;
  const pieces: JsonValue[] = [];
  for (const [at, payload] of payloads.entries()) {
    if (payload === '' || payload === '[DONE]') continue;
    const piece = parseJson(payload);
    if (piece !== undefined) pieces.push(piece);
    else if (at === 0 || at < payloads.length - 1) return null;
  }
  return pieces;
}
