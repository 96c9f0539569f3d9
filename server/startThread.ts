/** Starts a thread of the server, from the bundle or, where the server runs from its sources, from those. */
import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

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

/**
 * Bundles the sources in the thread, as the build does: a loader takes three times as long. Packages are found from the folder that
 * the sources are run in.
 */
function loadSource(source: string): string {
  const file = new URL(`./${source}.ts`, import.meta.url);
  const options = {
    entryPoints: [fileURLToPath(file)],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    packages: 'external',
    define: { 'import.meta.url': JSON.stringify(file.href) },
  };
  return `const { outputFiles: [{ text }] } = require('esbuild').buildSync(${JSON.stringify(options)});
    require('node:vm').runInThisContext('(function (require) {' + text + '\\n})')(require);`;
}
