/** Writes each built file beside itself as `.br` and `.gz`, so that the server compresses nothing while it serves. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { Plugin } from 'vite';

const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);

/** What is not compressed by its own format. */
const TEXT = /\.(js|css|html|svg|json|txt|map)$/;
/** Below this nothing is won. */
const LEAST_BYTES = 200;
/** Of the API reference alone, which is as large as all the rest: the best quality would take seconds. */
const LARGE_BYTES = 1_000_000;

export function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    enforce: 'post',
    async writeBundle({ dir }, bundle) {
      if (dir === undefined) return;
      const names = Object.keys(bundle).filter((name) => TEXT.test(name) && name.startsWith('assets/'));
      await Promise.all(names.map((name) => compress(path.join(dir, name))));
    },
  };
}

async function compress(file: string): Promise<void> {
  const content = await fs.readFile(file);
  if (content.length < LEAST_BYTES) return;
  const quality = content.length > LARGE_BYTES ? 9 : zlib.constants.BROTLI_MAX_QUALITY;
  const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: quality };
  await fs.writeFile(`${file}.br`, await brotli(content, { params }));
  await fs.writeFile(`${file}.gz`, await gzip(content, { level: 9 }));
}
