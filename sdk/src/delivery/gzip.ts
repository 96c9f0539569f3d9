/** The text compressed, or undefined where the runtime cannot or it fails: then it goes as it is. */
export async function gzip(text: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (typeof CompressionStream !== 'function' || typeof Response !== 'function') return undefined;
  try {
    const packed = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
    return new Uint8Array(await new Response(packed).arrayBuffer());
  } catch {
    return undefined;
  }
}
