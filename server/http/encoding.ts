/** Compressed answers: what a caller takes, and an answer in that form. */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

export type Encoding = 'br' | 'gzip';

const gzip = promisify(zlib.gzip);

/** Below this a packet is a packet. */
const LEAST_BYTES = 1_024;
/** Beyond it an answer is sent piece by piece, as it is read. */
const MOST_BYTES = 1024 * 1024;
/** The level of compression. Higher levels take several times as long to save another tenth. */
const LEVEL = 5;

/** The first of ours that the header `Accept-Encoding` takes; null for none. */
export function chooseEncoding(header: string | string[] | undefined, ours: readonly Encoding[]): Encoding | null {
  const offered = new Map(
    [header ?? ''].flat().flatMap((value) =>
      value
        .toLowerCase()
        .split(',')
        .map((part) => {
          const [name = '', ...parameters] = part.split(';').map((text) => text.trim());
          const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
          return [name, weight === undefined ? 1 : Number(weight)] as const;
        }),
    ),
  );
  return ours.find((encoding) => (offered.get(encoding) ?? offered.get('*') ?? 0) > 0) ?? null;
}

/**
 * Whether an answer of this call may be compressed. Answers to POST are not: keys and sign-in codes are among them, and
 * what is compressed tells by its length whether two parts of it are alike.
 */
export function mayCompress(req: IncomingMessage): boolean {
  const isRead = req.method === 'GET' || req.method === 'HEAD';
  return isRead && chooseEncoding(req.headers['accept-encoding'], ['gzip']) !== null;
}

/** An answer as gzip, off the event loop; null where that would not help. */
export async function compressAnswer(buffers: readonly Uint8Array[]): Promise<Buffer | null> {
  const bytes = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
  if (bytes < LEAST_BYTES || bytes > MOST_BYTES) return null;
  return gzip(buffers.length === 1 && buffers[0] ? buffers[0] : Buffer.concat(buffers), { level: LEVEL });
}
