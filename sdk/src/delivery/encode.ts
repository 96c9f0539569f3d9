/** From a record to the JSON that is sent: masked, then cut to size. In slices, so that the event loop stays free. */
import { applyMask } from '../mask.js';
import type { Settings } from '../options.js';
import type { LogInput, SpanInput } from '../wire.js';
import type { QueuedRecord, RecordKind } from './queue.js';
import { shrinkRecord } from './shrink.js';
import type { Slices } from './slices.js';

const MAX_ROUNDS = 8;
const SMALL_BODY = 200_000;
const LISTS: Readonly<Record<RecordKind, string>> = { log: 'logs', span: 'spans' };

const encoder = new TextEncoder();

/** Encodes what is not encoded yet. The records that the mask dropped are left without JSON. */
export async function encodeBatch(batch: readonly QueuedRecord[], settings: Settings, slices: Slices): Promise<void> {
  for (const queued of batch) {
    if (queued.json !== undefined || queued.record === undefined) continue;
    const masked = settings.mask ? await applyMask(queued.record, settings.mask) : queued.record;
    if (masked === null) continue;
    encodeRecord(queued, masked, settings.limits.recordBytes);
    if (slices.isOver) await slices.next();
  }
}

/** Sets the JSON and its size; a record over the limit loses the ends of its longest strings. */
export function encodeRecord(queued: QueuedRecord, record: LogInput | SpanInput, maxBytes: number): void {
  let fitting = record;
  let json = stringify(fitting);
  for (let round = 0; byteLength(json, maxBytes) > maxBytes && round < MAX_ROUNDS; round++) {
    fitting = shrinkRecord(fitting, byteLength(json, maxBytes), maxBytes);
    json = stringify(fitting);
  }
  queued.json = json;
  queued.sizeBytes = json.length;
  queued.record = undefined;
}

/** After the server called a single record too large: half of it. */
export function shrinkEncoded(queued: QueuedRecord): void {
  const json = queued.json as string;
  encodeRecord(queued, JSON.parse(json) as LogInput | SpanInput, Math.floor(json.length / 2));
  queued.shrinks++;
}

/** Exact only where it matters: a character is at most three bytes. */
function byteLength(json: string, maxBytes: number): number {
  return json.length * 3 <= maxBytes ? json.length : encoder.encode(json).length;
}

/** The body of an upload. A large one is written piece by piece: to join it first would hold the loop for milliseconds. */
export async function encodeBody(
  kind: RecordKind,
  records: readonly string[],
  slices: Slices,
): Promise<Uint8Array<ArrayBuffer>> {
  const head = `{"sent_at":"${new Date().toISOString()}","${LISTS[kind]}":[`;
  let charsLeft = records.reduce((sum, json) => sum + json.length + 1, head.length + 1);
  if (charsLeft <= SMALL_BODY) return encoder.encode(`${head}${records.join(',')}]}`);
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
    write(json);
    if (slices.isOver) await slices.next();
  }
  write(']}');
  return body.subarray(0, at);
}

/** A mask may hand back anything; what JSON cannot hold is left out rather than the record lost. */
function stringify(record: LogInput | SpanInput): string {
  try {
    return JSON.stringify(record);
  } catch {
    return JSON.stringify(record, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  }
}
