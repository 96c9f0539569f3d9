/** One decision per trace, the same in every process: the id decides. Pure. */
import type { RecordId } from '../runtime/uuid.js';

/** Whether a trace is among the share that is kept. */
export function isSampled(traceId: string | RecordId, rate: number): boolean {
  if (rate >= 1) return true;
  if (rate <= 0) return false;
  return hash(String(traceId)) / 0x1_0000_0000 < rate;
}

/** FNV-1a with a final mix, so that ids that differ in their last characters fall far apart. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
