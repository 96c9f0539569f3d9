/** Starts a thread of the server, from the bundle or, where the server runs from its sources, from those. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import type * as Esbuild from 'esbuild';

/** Where the code of a thread is. */
export interface ThreadCode {
  /** Below `server/`, without its ending. */
  readonly source: string;
  /** The name of its bundle (scripts/buildServer.mjs), without its ending. */
  readonly bundle: string;
}

const isSource = import.meta.url.endsWith('.ts');

/** It does not keep the process alive. */
export function startThread({ source, bundle }: ThreadCode, options: WorkerOptions): Worker {
  const worker = isSource
    ? new Worker(loadSource(source), { ...options, eval: true, execArgv: [] })
    : new Worker(new URL(`./${bundle}.js`, import.meta.url), { ...options, execArgv: [] });
  worker.unref();
  return worker;
}

const bundled = new Map<string, string>();

/**
 * Bundles the sources as the build does, once for all threads of a kind: a loader takes three times as long. Packages are found from
 * the folder that the sources are run in.
 */
function loadSource(source: string): string {
  const before = bundled.get(source);
  if (before !== undefined) return before;
  const file = new URL(`./${source}.ts`, import.meta.url);
  // Asked for here: whoever runs the bundle does not have it.
  const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof Esbuild;
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(file)],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    packages: 'external',
    define: { 'import.meta.url': JSON.stringify(file.href) },
  });
  const code = `require('node:vm').runInThisContext(${JSON.stringify(`(function (require) {${outputFiles[0]?.text}\n})`)})(require);`;
  bundled.set(source, code);
  return code;
}
