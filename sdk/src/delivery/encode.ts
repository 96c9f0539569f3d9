/** From a record to the JSON that is sent: masked, then cut to size. In slices, so that the event loop stays free. */
import { applyMask } from '../mask.js';
import type { Settings } from '../options.js';
import { monotonicMs } from '../runtime.js';
import type { LogInput, SpanInput } from '../wire.js';
import type { QueuedRecord } from './queue.js';
import { shrinkRecord } from './shrink.js';

/** No longer than this at a stretch. */
const SLICE_MS = 3;

/** Encodes what is not encoded yet. The records that the mask dropped are left without JSON. */
export async function encodeBatch(batch: readonly QueuedRecord[], settings: Settings): Promise<void> {
  let sliceStart = monotonicMs();
  for (const queued of batch) {
    if (queued.json !== undefined || queued.record === undefined) continue;
    const masked = settings.mask ? await applyMask(queued.record, settings.mask) : queued.record;
    if (masked === null) continue;
    encodeRecord(queued, masked, settings.limits.recordBytes);
    if (monotonicMs() - sliceStart < SLICE_MS) continue;
    await nextTurn();
    sliceStart = monotonicMs();
  }
}

/** Sets the JSON and its size; a record over the limit loses the ends of its longest strings. */
export function encodeRecord(queued: QueuedRecord, record: LogInput | SpanInput, maxBytes: number): void {
  let fitting = record;
  let json = stringify(fitting);
  for (let round = 0; byteLength(json, maxBytes) > maxBytes && round < 8; round++) {
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
  return json.length * 3 <= maxBytes ? json.length : new TextEncoder().encode(json).length;
}

/** A mask may hand back anything; what JSON cannot hold is left out rather than the record lost. */
function stringify(record: LogInput | SpanInput): string {
  try {
    return JSON.stringify(record);
  } catch {
    return JSON.stringify(record, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    // A message or immediate would be sooner, but a timer lets waiting I/O in first.
    setTimeout(resolve, 0);
  });
}
