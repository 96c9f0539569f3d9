/** Keeps the thread that makes the search index alive, and tells it how many logs wait to be stored. */
import type { Worker } from 'node:worker_threads';
import type { Logger } from '#server/log';
import { startThread } from '#server/startThread';
import type { IndexThreadInput } from './indexThread.ts';

export interface IndexWorkerOptions {
  readonly databaseUrl: string;
  readonly countWaiting: () => number;
  readonly log: Logger;
}

/** How often the thread learns how many logs wait. */
const COUNT_MS = 50;
/** A thread that ended by itself is started again so much later. */
const RESTART_MS = 5_000;
/** The longest that a stop waits for the step that is under way. Nothing is lost without it. */
const STOP_MS = 2_000;
/** The heap of the thread: a request of the largest legal size takes some 100 MB. */
const HEAP = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 8 };

const THREAD = { source: 'search/indexThread', bundle: 'searchIndexThread' };

/** One for each process. */
export class IndexWorker {
  readonly #options: IndexWorkerOptions;
  readonly #waiting = new Int32Array(new SharedArrayBuffer(4));
  #worker: Worker | null = null;
  #counting: NodeJS.Timeout | undefined;
  #restarting: NodeJS.Timeout | undefined;
  #isStopping = false;

  constructor(options: IndexWorkerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#worker || this.#isStopping) return;
    this.#counting ??= setInterval(
      () => Atomics.store(this.#waiting, 0, this.#options.countWaiting()),
      COUNT_MS,
    ).unref();
    const { databaseUrl, log } = this.#options;
    const worker = startThread(THREAD, {
      name: 'search index',
      workerData: { databaseUrl, waiting: this.#waiting.buffer } satisfies IndexThreadInput,
      resourceLimits: HEAP,
    });
    worker.on('message', (message) => log.warn({ reason: message }, 'the search index lags; it is tried again'));
    worker.on('error', (error) =>
      log.warn({ err: error }, 'the thread of the search index ended; it is started again'),
    );
    worker.once('exit', () => {
      this.#worker = null;
      if (!this.#isStopping) this.#restarting = setTimeout(() => this.start(), RESTART_MS).unref();
    });
    this.#worker = worker;
  }

  /** Ends after the current step, or soon without it. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#counting);
    clearTimeout(this.#restarting);
    const worker = this.#worker;
    if (!worker) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => void worker.terminate(), STOP_MS);
      worker.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      worker.postMessage('stop');
    });
  }
}
