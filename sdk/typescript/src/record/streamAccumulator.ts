import { isObject, nonEmptyString } from '../runtime/values.js';
import type { JsonValue } from '../wire.js';

/** Puts the pieces of a stream together to what the call would have answered without streaming. */
export interface StreamAccumulator {
  /** Takes one piece in, without changing or keeping it. True where it holds the first text for a reader. */
  add(piece: unknown): boolean;
  /** True once the answer is whole. */
  readonly isComplete: boolean;
  /** True where not all of it was kept. */
  readonly isTruncated: boolean;
  /** What arrived so far, in the shape of the answer that is not streamed. */
  result(): { [key: string]: JsonValue };
  /** An error that the provider sent as part of the stream. */
  readonly error?: unknown;
}

/** An error that came as an event, as the majors throw it that do not hand it on. */
export function toEventError(event: Record<string, unknown>): Error {
  const { error } = event;
  const { type, code, param, message } = isObject(error)
    ? error
    : { ...event, message: nonEmptyString(error) ?? event.message };
  return Object.assign(new Error(nonEmptyString(message)), { name: 'APIError', type, code, param });
}
