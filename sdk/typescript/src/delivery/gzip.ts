/** Compression where the runtime has it; on Node off the main thread, in one piece. */
import { findProcess } from '../runtime/runtime.js';

interface Zlib {
  gzip?(bytes: Uint8Array, options: object, done: (error: Error | null, packed: Uint8Array<ArrayBuffer>) => void): void;
}

/** Most of the gain for a fraction of the time: the bytes are JSON, and the processor is the caller's. */
const LEVEL = 1;

/** The bytes compressed, or undefined where the runtime cannot or it fails: then it goes as it is. */
export async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const zlib = findProcess()?.getBuiltinModule?.('node:zlib') as Zlib | undefined;
    if (typeof zlib?.gzip === 'function') return await gzipByNode(zlib as Required<Zlib>, bytes);
    if (typeof CompressionStream !== 'function') return undefined;
    const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
    return new Uint8Array(await new Response(packed).arrayBuffer());
  } catch {
    return undefined;
  }
}

function gzipByNode(zlib: Required<Zlib>, bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    zlib.gzip(bytes, { level: LEVEL }, (error, packed) => (error ? reject(error) : resolve(packed)));
  });
}
