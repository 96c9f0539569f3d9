/** Starts a thread of the server, from the bundle or, where the server runs from its sources, from those. */
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
 * The loader does nothing for a thread that is started with `--import tsx`: it is asked for in the thread itself, which finds it
 * from the folder that the sources are run in.
 */
function loadSource(source: string): string {
  const file = new URL(`./${source}.ts`, import.meta.url).href;
  return `import('tsx/esm/api').then(({ register }) => { register(); return import('${file}'); })`;
}
