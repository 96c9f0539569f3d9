/** From a record to the JSON that is sent: masked, then cut to size. In slices, so that the event loop stays free. */
import { reportInternal } from '../runtime/guard.js';
import type { LogInput, SpanInput } from '../wire.js';
import type { QueuedRecord, RecordKind } from './queue.js';
import type { PrepareRecord } from './settings.js';
import { shrinkRecord } from './shrink.js';
import type { CooperativeScheduler } from './cooperativeScheduler.js';

const MAX_ROUNDS = 8;
/** Bodies and records up to this size are written in one go. */
const SMALL_BYTES = 200_000;
/** Characters that are encoded at a stretch, in well under a millisecond. */
const PIECE_LENGTH = 200_000;
/** Levels of a large record that are written member by member: down to the parts of a message. */
const PIECE_DEPTH = 4;
const LISTS: Readonly<Record<RecordKind, string>> = { log: 'logs', span: 'spans' };

const encoder = new TextEncoder();

export interface EncodeOptions {
  readonly prepare: PrepareRecord | undefined;
  /** Bytes of one record. */
  readonly maxBytes: number;
}

export interface EncodedUpload {
  readonly ready: QueuedRecord[];
  /** Records that could not be written. */
  readonly broken: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** A batch and its body. */
export async function encodeUpload(
  batch: readonly QueuedRecord[],
  options: EncodeOptions,
  scheduler: CooperativeScheduler,
): Promise<EncodedUpload> {
  await scheduler.next();
  const { ready, broken } = await encodeBatch(batch, options, scheduler);
  const texts = ready.map(({ json }) => json as string);
  const body = await encodeBody(ready[0]?.kind ?? 'log', texts, scheduler);
  // The upload copies the body.
  if (scheduler.isOver) await scheduler.next();
  return { ready, broken, body };
}

/** Encodes what is not encoded yet. What is left without JSON was dropped by the mask, or `broken`: it could not be written. */
export async function encodeBatch(
  batch: readonly QueuedRecord[],
  options: EncodeOptions,
  scheduler: CooperativeScheduler,
): Promise<{ ready: QueuedRecord[]; broken: number }> {
  let broken = 0;
  for (const queued of batch) {
    try {
      await encodeOne(queued, options, scheduler);
    } catch (thrown) {
      broken++;
      reportInternal('write a record', thrown);
    }
    if (scheduler.isOver) await scheduler.next();
  }
  return { ready: batch.filter(({ json }) => json !== undefined), broken };
}

async function encodeOne(queued: QueuedRecord, options: EncodeOptions, scheduler: CooperativeScheduler): Promise<void> {
  if (queued.json !== undefined || queued.write === undefined) return;
  const record = queued.write();
  const prepared = options.prepare ? await options.prepare(record) : record;
  if (prepared === null) return;
  // After a change the estimate says nothing.
  const sizeBytes = options.prepare ? 0 : queued.sizeBytes;
  await encodeRecord(queued, prepared, { sizeBytes, maxBytes: options.maxBytes, scheduler });
}

interface WriteOptions {
  /** What is known of the size of the record, or 0. */
  readonly sizeBytes: number;
  readonly maxBytes: number;
  readonly scheduler: CooperativeScheduler;
}

/** Sets the JSON and its size. A record over the limit is shrunk: before it is written, where that is known. */
async function encodeRecord(
  queued: QueuedRecord,
  record: LogInput | SpanInput,
  { sizeBytes, maxBytes, scheduler }: WriteOptions,
): Promise<void> {
  let fitting = record;
  let bytes = sizeBytes;
  let json = '';
  for (let round = 0; round <= MAX_ROUNDS; round++) {
    if (bytes > maxBytes) fitting = shrinkRecord(fitting, bytes, maxBytes);
    if (queued.sizeBytes <= SMALL_BYTES) json = stringify(fitting) ?? '';
    else {
      json = '';
      await scheduler.forEach(writePieces(fitting, PIECE_DEPTH), (piece) => (json += piece));
    }
    bytes = json.length;
    // A character is at most three bytes, so it matters only here.
    if (bytes * 3 > maxBytes) {
      bytes = 0;
      await scheduler.forEach(piecesOf(json), (piece) => (bytes += encoder.encode(piece).length));
    }
    if (bytes <= maxBytes) break;
  }
  queued.json = json;
  queued.sizeBytes = json.length;
  queued.write = undefined;
}

/** After the server called a single record too large: half of it. */
export async function shrinkEncoded(queued: QueuedRecord, scheduler: CooperativeScheduler): Promise<void> {
  const json = queued.json as string;
  const record = JSON.parse(json) as LogInput | SpanInput;
  await encodeRecord(queued, record, { sizeBytes: json.length, maxBytes: Math.floor(json.length / 2), scheduler });
  queued.shrinks++;
}

/** None ends within a character. */
function* piecesOf(json: string): Generator<string> {
  let at = 0;
  while (at < json.length) {
    let end = at + PIECE_LENGTH;
    if ((json.charCodeAt(end - 1) & 0xfc00) === 0xd800) end++;
    yield json.slice(at, end);
    at = end;
  }
}

/** The body of an upload. A large one is written piece by piece: to join it first would hold the loop for milliseconds. */
export async function encodeBody(
  kind: RecordKind,
  records: readonly string[],
  scheduler: CooperativeScheduler,
): Promise<Uint8Array<ArrayBuffer>> {
  const head = `{"sent_at":"${new Date().toISOString()}","${LISTS[kind]}":[`;
  let charsLeft = records.reduce((sum, json) => sum + json.length + 1, head.length + 1);
  if (charsLeft <= SMALL_BYTES) return encoder.encode(`${head}${records.join(',')}]}`);
  // Enough where a character is a byte, as nearly all of JSON is.
  let body = new Uint8Array(charsLeft);
  let at = 0;
  const write = (text: string): void => {
    const { read, written } = encoder.encodeInto(text, body.subarray(at));
    at += written;
    if (read < text.length) {
      // A character is at most three bytes, so this happens once.
      const larger = new Uint8Array(at + (charsLeft - read) * 3);
      larger.set(body.subarray(0, at));
      body = larger;
      at += encoder.encodeInto(text.slice(read), body.subarray(at)).written;
    }
    charsLeft -= text.length;
  };
  write(head);
  for (const [index, json] of records.entries()) {
    if (index > 0) write(',');
    if (json.length > PIECE_LENGTH) await scheduler.forEach(piecesOf(json), write);
    else write(json);
    if (scheduler.isOver) await scheduler.next();
  }
  write(']}');
  return body.subarray(0, at);
}

/** The JSON of a value in pieces, where it has more than `depth` levels: what lies below is one. */
function* writePieces(value: unknown, depth: number): Generator<string> {
  if (depth === 0 || typeof value !== 'object' || value === null || 'toJSON' in value) {
    yield stringify(value) ?? 'null';
    return;
  }
  const isArray = Array.isArray(value);
  let separator = '';
  yield isArray ? '[' : '{';
  for (const [key, member] of Object.entries(value)) {
    if (!isArray && member === undefined) continue;
    yield isArray ? separator : `${separator}${JSON.stringify(key)}:`;
    yield* writePieces(member, depth - 1);
    separator = ',';
  }
  yield isArray ? ']' : '}';
}

/** A mask may hand back anything; what JSON cannot hold is left out rather than the record lost. */
function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? String(member) : member));
  }
}
