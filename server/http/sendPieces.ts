/** Sends an answer piece by piece, no faster than its reader takes it, and gives up on a reader that does not. */
import type { ServerResponse } from 'node:http';
import { compressAnswer, mayCompress } from './encoding.ts';

/** What is handed to the socket at once. */
const SLICE_BYTES = 256 * 1024;
/** How long a reader may take for a slice, in milliseconds. */
const SLICE_MS = 10_000;
/** How long the whole answer may take: BASE_MS, and the time that its bytes take at the slowest rate that we wait for. */
const BASE_MS = 30_000;
const SLOWEST_BYTES_PER_MS = 50;

export interface SendPiecesOptions {
  /** The size of the whole answer, about. */
  readonly totalBytes: number;
  /** True where all pieces may be held at once; the answer then says how long it is. */
  readonly isWhole?: boolean;
  /** Sets status and headers, when there is a first piece. */
  readonly begin?: () => void;
  /** The longest that the whole answer may take, in milliseconds. Default: by its bytes. */
  readonly withinMs?: number | undefined;
  /** When all pieces were taken, before the answer ends: the place to set trailers. */
  readonly end?: () => void;
  /** How long a reader may take for a slice, in milliseconds. Default: SLICE_MS. */
  readonly sliceMs?: number;
}

/**
 * Writes the pieces and ends the answer. What fails before the first piece can still be answered in another way. Resolves when the system has taken all of it, or when the reader has
 * gone or was cut off; a failure in between cuts it off as well, since half an answer must not look whole. What is held whole
 * is compressed for those who take that; what is sent piece by piece is not.
 */
export async function sendPieces(
  res: ServerResponse,
  pieces: AsyncIterable<readonly Uint8Array[]>,
  { totalBytes, isWhole = false, withinMs, begin, end, sliceMs = SLICE_MS }: SendPiecesOptions,
): Promise<void> {
  const deadline = performance.now() + (withinMs ?? BASE_MS + totalBytes / SLOWEST_BYTES_PER_MS);
  try {
    for await (const read of isWhole ? putTogether(pieces) : pieces) {
      if (isGone(res)) return;
      if (performance.now() > deadline) return cut(res);
      if (read.length === 0 && !isWhole) continue;
      const compressed = isWhole && mayCompress(res.req) ? await compressAnswer(read) : null;
      const buffers = compressed === null ? read : [compressed];
      if (!res.headersSent) {
        begin?.();
        if (isWhole) res.setHeader('Content-Length', lengthOf(buffers));
        if (compressed !== null) {
          res.setHeader('Content-Encoding', 'gzip');
          res.appendHeader('Vary', 'Accept-Encoding');
        }
      }
      if (res.req.method === 'HEAD') break;
      for (const slice of slices(buffers)) {
        if (isGone(res)) return;
        if (!res.write(slice)) await untilEvent(res, 'drain', Math.min(sliceMs, deadline - performance.now()));
      }
    }
  } catch (error) {
    if (res.headersSent) res.destroy();
    throw error;
  }
  if (isGone(res)) return;
  end?.();
  res.end();
  if (!res.writableFinished) await untilEvent(res, 'finish', Math.min(sliceMs, deadline - performance.now()));
}

async function* putTogether(pieces: AsyncIterable<readonly Uint8Array[]>): AsyncGenerator<readonly Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const buffers of pieces) all.push(...buffers);
  yield all;
}

function lengthOf(buffers: readonly Uint8Array[]): number {
  return buffers.reduce((sum, buffer) => sum + buffer.length, 0);
}

function* slices(buffers: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const buffer of buffers) {
    for (let at = 0; at < buffer.length; at += SLICE_BYTES) yield buffer.subarray(at, at + SLICE_BYTES);
  }
}

function isGone(res: ServerResponse): boolean {
  return res.destroyed || res.req.socket.destroyed;
}

function cut(res: ServerResponse): void {
  res.destroy();
  res.req.socket.destroy(); // The answer has none yet where those before it on its connection are not taken.
}

/** Resolves on the event, or when the connection is closed, which it is where the reader is too slow. */
function untilEvent(res: ServerResponse, event: 'drain' | 'finish', withinMs: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      res.off(event, end);
      res.off('close', end);
      resolve();
    };
    const timer = setTimeout(() => {
      cut(res);
      end();
    }, withinMs);
    res.on(event, end);
    res.on('close', end);
    if (res.destroyed) end();
  });
}
