/** Gzip that is counted while it becomes larger, and is stopped when it became too large or when nobody waits for it. */
import { createGunzip, gunzipSync } from 'node:zlib';
import { AppError } from '#server/errors';

/** Compressed and inflated bytes up to which it is done at once: sooner than a thread could be asked to. */
const SMALL = { compressed: 64 * 1024, inflated: 256 * 1024 };
/** Bodies that are inflated at the same time; each needs tables and buffers of its own. */
const MOST_AT_ONCE = 8;
const CHUNK_BYTES = 64 * 1024;

export interface InflateOptions {
  /** Told of each piece before it is kept; what it throws ends the work. */
  readonly onBytes: (bytes: number) => void;
  /** The size it is believed to become: it is inflated in one piece, which need not be put together afterwards. */
  readonly believedBytes: number;
  /** Ends the work: the caller has hung up. */
  readonly signal: AbortSignal;
}

/** What the last four bytes of gzip say of its size. It may be a lie, and that of many members is of the last one. */
export function announcedSize(compressed: Buffer): number {
  return compressed.length < 18 ? 0 : compressed.readUInt32LE(compressed.length - 4);
}

/**
 * @throws {AppError} `invalid_encoding` for what is no gzip; whatever `onBytes` throws.
 */
export async function inflate(compressed: Buffer, options: InflateOptions): Promise<Buffer> {
  if (compressed.length <= SMALL.compressed && announcedSize(compressed) <= SMALL.inflated) {
    const inflated = inflateAtOnce(compressed);
    if (inflated) {
      options.onBytes(inflated.length);
      return inflated;
    }
  }
  await places.take();
  try {
    return await inflateByPieces(compressed, options);
  } finally {
    places.giveBack();
  }
}

/** Null where it becomes larger than it said. */
function inflateAtOnce(compressed: Buffer): Buffer | null {
  try {
    return gunzipSync(compressed, { maxOutputLength: SMALL.inflated });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return null; // Zlib throws nothing else.
    throw notGzip(error);
  }
}

function inflateByPieces(compressed: Buffer, options: InflateOptions): Promise<Buffer> {
  const { onBytes, believedBytes, signal } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const gunzip = createGunzip({ chunkSize: Math.max(CHUNK_BYTES, believedBytes + 1) });
    const chunks: Buffer[] = [];
    const stop = (reason: unknown) => {
      signal.removeEventListener('abort', abort);
      gunzip.destroy();
      chunks.length = 0;
      reject(reason);
    };
    const abort = () => stop(signal.reason);
    signal.addEventListener('abort', abort);
    gunzip.on('data', (chunk: Buffer) => {
      try {
        onBytes(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        stop(error);
      }
    });
    gunzip.on('end', () => {
      signal.removeEventListener('abort', abort);
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    });
    gunzip.on('error', (error) => stop(notGzip(error)));
    gunzip.end(compressed);
  });
}

function notGzip(cause: unknown): AppError {
  return new AppError('invalid_encoding', 'The body could not be decompressed: it is not valid gzip.', { cause });
}

/** The threads are those of the whole process, and so is this. */
const places = {
  free: MOST_AT_ONCE,
  waiting: [] as (() => void)[],
  take(): Promise<void> | void {
    if (this.free > 0) this.free--;
    else return new Promise((goOn) => this.waiting.push(goOn));
  },
  giveBack(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free++;
  },
};
