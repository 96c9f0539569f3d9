/** From a record to the JSON that is sent: masked, then cut to size. In slices, so that the event loop stays free. */
import { applyMask } from '../mask.js';
import type { Settings } from '../options.js';
import { monotonicMs } from '../runtime.js';
import type { LogInput, SpanInput } from '../wire.js';
import type { QueuedRecord, RecordKind } from './queue.js';
import { shrinkRecord } from './shrink.js';

/** At a stretch: little where turns are short, and a twentieth of a long turn, or a busy process would outrun its delivery. */
const MIN_SLICE_MS = 2;
const MAX_SLICE_MS = 5;
const SLICE_SHARE = 0.05;
const MAX_ROUNDS = 8;
const SMALL_BODY = 200_000;
const COMMA = 0x2c;
const LISTS: Readonly<Record<RecordKind, string>> = { log: 'logs', span: 'spans' };

const encoder = new TextEncoder();

/** Encodes what is not encoded yet. The records that the mask dropped are left without JSON. */
export async function encodeBatch(batch: readonly QueuedRecord[], settings: Settings): Promise<void> {
  let sliceStart = monotonicMs();
  let sliceMs = MIN_SLICE_MS;
  for (const queued of batch) {
    if (queued.json !== undefined || queued.record === undefined) continue;
    const masked = settings.mask ? await applyMask(queued.record, settings.mask) : queued.record;
    if (masked === null) continue;
    encodeRecord(queued, masked, settings.limits.recordBytes);
    const sliceEnd = monotonicMs();
    if (sliceEnd - sliceStart < sliceMs) continue;
    await nextTurn();
    sliceStart = monotonicMs();
    sliceMs = Math.min(MAX_SLICE_MS, Math.max(MIN_SLICE_MS, (sliceStart - sliceEnd) * SLICE_SHARE));
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
export async function encodeBody(kind: RecordKind, records: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  const head = `{"sent_at":"${new Date().toISOString()}","${LISTS[kind]}":[`;
  const length = records.reduce((sum, json) => sum + json.length + 1, head.length + 1);
  if (length <= SMALL_BODY) return encoder.encode(`${head}${records.join(',')}]}`);
  // A character is at most three bytes; memory that is not written costs nothing.
  const body = new Uint8Array(length * 3);
  let at = encoder.encodeInto(head, body).written;
  let sliceStart = monotonicMs();
  for (const [index, json] of records.entries()) {
    if (index > 0) body[at++] = COMMA;
    at += encoder.encodeInto(json, body.subarray(at)).written;
    if (monotonicMs() - sliceStart < MIN_SLICE_MS) continue;
    await nextTurn();
    sliceStart = monotonicMs();
  }
  at += encoder.encodeInto(']}', body.subarray(at)).written;
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

/** Lets waiting I/O in first. */
export function nextTurn(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (run: () => void) => void };
  return new Promise((resolve) => {
    if (setImmediate) setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
