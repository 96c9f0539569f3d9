import type { JsonValue } from '../wire.js';

/** Puts the pieces of a stream together to what the call would have answered without streaming. */
export interface StreamAssembler {
  /** Takes one piece in, without changing or keeping it. True where it holds the first words for a reader. */
  add(piece: unknown): boolean;
  /** True once the answer is whole. */
  readonly isComplete: boolean;
  /** What arrived so far, in the shape of the answer that is not streamed. */
  result(): { [key: string]: JsonValue };
  /** An error that the provider sent as part of the stream. */
  readonly error?: unknown;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
