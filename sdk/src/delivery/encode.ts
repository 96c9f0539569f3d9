/** From a record to the bytes that are sent: masked, then cut to size. In slices, so that the event loop stays free. */
import { applyMask } from '../mask.js';
import type { Settings } from '../options.js';
import { monotonicMs } from '../runtime.js';
import type { LogInput, SpanInput } from '../wire.js';
import type { QueuedRecord } from './queue.js';
import { shrinkRecord } from './shrink.js';

/** At a stretch: little where turns are short, and a twentieth of a long turn, or a busy process would outrun its delivery. */
const MIN_SLICE_MS = 2;
const MAX_SLICE_MS = 5;
const SLICE_SHARE = 0.05;
const MAX_ROUNDS = 8;

const encoder = new TextEncoder();

/** Encodes what is not encoded yet. The records that the mask dropped are left without bytes. */
export async function encodeBatch(batch: readonly QueuedRecord[], settings: Settings): Promise<void> {
  let sliceStart = monotonicMs();
  let sliceMs = MIN_SLICE_MS;
  for (const queued of batch) {
    if (queued.bytes !== undefined || queued.record === undefined) continue;
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

/** Sets the bytes and their number; a record over the limit loses the ends of its longest strings. */
export function encodeRecord(queued: QueuedRecord, record: LogInput | SpanInput, maxBytes: number): void {
  let fitting = record;
  let bytes = encoder.encode(stringify(fitting));
  for (let round = 0; bytes.length > maxBytes && round < MAX_ROUNDS; round++) {
    fitting = shrinkRecord(fitting, bytes.length, maxBytes);
    bytes = encoder.encode(stringify(fitting));
  }
  queued.bytes = bytes;
  queued.sizeBytes = bytes.length;
  queued.record = undefined;
}

/** After the server called a single record too large: half of it. */
export function shrinkEncoded(queued: QueuedRecord): void {
  const bytes = queued.bytes as Uint8Array;
  const record = JSON.parse(new TextDecoder().decode(bytes)) as LogInput | SpanInput;
  encodeRecord(queued, record, Math.floor(bytes.length / 2));
  queued.shrinks++;
}

/** The body of an upload: the records as they are, between the head and the tail of their list. */
export function joinBodies(list: string, sentAt: string, records: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const head = encoder.encode(`{"sent_at":"${sentAt}","${list}":[`);
  const body = new Uint8Array(records.reduce((sum, { length }) => sum + length + 1, head.length + 1));
  body.set(head);
  let at = head.length;
  records.forEach((bytes, index) => {
    if (index > 0) body[at++] = COMMA;
    body.set(bytes, at);
    at += bytes.length;
  });
  body[at++] = CLOSE_LIST;
  body[at++] = CLOSE_OBJECT;
  return body.subarray(0, at);
}

const [COMMA, CLOSE_LIST, CLOSE_OBJECT] = [0x2c, 0x5d, 0x7d];

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
