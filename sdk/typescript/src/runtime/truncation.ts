/** How a text or a list says that part of it was left out. */
import { isString } from './values.js';

const CUT = /…\[truncated, (\d+) characters in all\]$/;
/** Stands for items or keys that were left out. */
const LEFT_OUT = /^(?:\[truncated: )?(\d+) more(?: keys|\])$/;

/** A text of at most `length` characters, the last of which say how long it was before anything was cut. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const [before, all] = CUT.exec(text.slice(-60)) ?? ['', text.length];
  const marker = truncationMarker(all);
  return text.slice(0, Math.max(0, Math.min(length - marker.length, text.length - before.length))) + marker;
}

/** What a cut text ends with; `length` is that of the whole. */
export function truncationMarker(length: number | string): string {
  return `…[truncated, ${length} characters in all]`;
}

/** How many values this one is: more than one where it stands for those that were left out earlier. */
export function countLeftOut(value: unknown): number {
  return isString(value) ? Number(LEFT_OUT.exec(value)?.[1] ?? 1) : 1;
}
