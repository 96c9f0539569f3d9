/** The server as one file, made from its sources as they are now: it starts much faster than by a loader (0.2 s once). */
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const made = new Map<string, Promise<string>>();

/** The file that `node` runs; made once for each `entry`, which is another program around the server for a few tests. */
export function bundleServer(entry = 'server/main.ts'): Promise<string> {
  const before = made.get(entry);
  if (before) return before;
  const file = makeBundle(entry);
  made.set(entry, file);
  return file;
}

/** Removes the bundles that this process made. A server that runs one goes on; the next `bundleServer` makes it anew. */
export async function removeServerBundles(): Promise<void> {
  for (const file of made.values()) fs.rmSync(await file, { force: true });
  made.clear();
}

async function makeBundle(entry: string): Promise<string> {
  // Beside the product's own file, where packages and the dashboard are found; of this process alone.
  const name = `${path.basename(entry, '.ts')}.test-${process.pid}`;
  const outdir = path.join(ROOT, 'dist');
  await build({
    entryPoints: {
      [name]: path.join(ROOT, entry),
      // By the names that the server knows them by.
      ingestThread: path.join(ROOT, 'server', 'rest', 'ingestThread.ts'),
      searchIndexThread: path.join(ROOT, 'server', 'search', 'indexThread.ts'),
    },
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  return path.join(outdir, `${name}.js`);
}
