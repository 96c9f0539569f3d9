/**
 * Reads bodies of logs and spans: a small one in the main thread, a larger one in one of a few threads, where there are some.
 * What is admitted, in which order, and what is stored together is decided in the main thread; a thread is given one body
 * after the other, and answers its rows. A thread that ends takes bodies with it of which nothing was stored: their callers
 * are told to send them again.
 */
import type { Worker } from 'node:worker_threads';
import { AppError } from '#server/errors';
import { PARSING_MOST } from '#server/http/admissionControl';
import type { AdmittedBody } from '#server/http/admittedBody';
import { PARSED_FACTOR } from '#server/http/decodeJson';
import { FairBudget } from '#server/http/fairBudget';
import { FairQueue } from '#server/http/fairQueue';
import { keepReserved } from '#server/http/jsonBody';
import type { Logger } from '#server/log';
import { ownBytes } from '#server/db/rowTransfer';
import type { CustomPrices } from '#server/pricing/customPrices';
import { startThread } from '#server/startThread';
import { type IngestBody, type IngestContext, readIngestBody } from './ingestBody.ts';
import { type IngestAnswer, type PricesOrder, READY, toAppError, unpackBody } from './ingestMessages.ts';

const LIMITS: IngestLimits = {
  // Below it waking a thread costs the process more than the main thread gains (docs/decisions/041).
  handedOverBytes: 16 * 1024,
  // The worst legal one takes some seconds on a busy machine.
  readMs: 30_000,
  // The worst legal one, of 165,000 objects that have nothing in common, fits into 96.
  heapMb: 192,
};
/** The part of a thread's heap that new objects are made in, in megabytes. */
const YOUNG_MB = 32;
/** Bodies that a thread has at one time: one that it reads, and one so that it need not wait for the next. */
const BODIES_OF_A_THREAD = 2;
/** Where the oldest body of an organization has waited for longer, no more of its bodies are taken. */
const MOST_WAIT_MS = 1_000;
/** Most bytes of bodies that wait for a thread; one organization alone may have half of them. */
const WAITING_BYTES = 16 * 1024 * 1024;
/** A thread that ended by itself is started again so much later. */
const RESTART_MS = 1_000;
/** Prices of organizations that a thread remembers. */
const KNOWN_PRICES = 100;

const THREAD = { source: 'rest/ingestThread', bundle: 'ingestThread' };

export interface IngestWorkersOptions {
  /** Threads; 0: the main thread reads all bodies. */
  readonly count: number;
  readonly log: Logger;
  readonly limits?: Partial<IngestLimits> | undefined;
}

export interface IngestLimits {
  /** A smaller body is read in the main thread. */
  readonly handedOverBytes: number;
  /** Milliseconds that a body may take in a thread, which is then ended. */
  readonly readMs: number;
  /** The heap of a thread; a thread that needs more ends. */
  readonly heapMb: number;
}

interface Job {
  readonly body: AdmittedBody;
  readonly context: IngestContext;
  readonly resolve: (body: IngestBody) => void;
  readonly reject: (error: unknown) => void;
  /** When it began to wait, by `performance.now()`. */
  readonly since: number;
}

/** A job that a thread has, whose bytes are gone from here. */
interface GivenJob extends Pick<Job, 'resolve' | 'reject'> {
  readonly reservation: AdmittedBody['reservation'];
  /** What is reserved in the budget of bodies for what it is parsed to. */
  readonly reservedBytes: number;
}

interface Thread {
  readonly worker: Worker;
  readonly jobs: Map<number, GivenJob>;
  /** Numbers of the prices that the thread has. */
  readonly knownPrices: Set<number>;
  isReady: boolean;
  watch: NodeJS.Timeout | undefined;
}

/** One for each process. */
export class IngestWorkers {
  readonly #options: IngestWorkersOptions;
  readonly #limits: IngestLimits;
  readonly #threads = new Set<Thread>();
  readonly #queue = new FairQueue<Job>();
  readonly #waiting = new FairBudget(WAITING_BYTES);
  readonly #priceNumbers = new WeakMap<CustomPrices, number>();
  readonly #restarts = new Set<NodeJS.Timeout>();
  #lastPriceNumber = 0;
  #lastId = 0;
  #isStopping = false;

  constructor(options: IngestWorkersOptions) {
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
  }

  /** Threads that take bodies now. */
  get readyThreads(): number {
    return [...this.#threads].filter(({ isReady }) => isReady).length;
  }

  start(): void {
    while (this.#threads.size < this.#options.count && !this.#isStopping) this.#startThread();
  }

  /**
   * The rows of a body, read here and now, or soon in a thread. What it takes of the budget meanwhile is added to its
   * reservation.
   * @throws {AppError} what is wrong with the body; `overloaded` where too much waits, or its thread ended.
   */
  read(body: AdmittedBody, context: IngestContext): Promise<IngestBody> {
    return new Promise((resolve, reject) => {
      if (body.bytes.length < this.#limits.handedOverBytes || this.readyThreads === 0)
        return resolve(readHere(body, context));
      const owner = context.scope.org_id;
      const [oldest] = this.#queue.lineOf(owner);
      const isLate = oldest !== undefined && performance.now() - oldest.since > MOST_WAIT_MS;
      if (isLate || !this.#waiting.hasRoom(owner, body.bytes.length))
        return reject(new AppError('overloaded', PARSING_MOST));
      this.#waiting.add(owner, body.bytes.length);
      this.#queue.push(owner, { body, context, resolve, reject, since: performance.now() });
      this.#giveOut();
    });
  }

  /** What threads have is given up; whoever waits for it is told to send it again. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const restart of this.#restarts) clearTimeout(restart);
    await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()));
  }

  /** Gives bodies to threads as long as one has room: an owner at a time, each to the thread that has the fewest. */
  #giveOut(): void {
    for (;;) {
      const [thread] = [...this.#threads]
        .filter(({ isReady, jobs }) => isReady && jobs.size < BODIES_OF_A_THREAD)
        .toSorted((a, b) => a.jobs.size - b.jobs.size);
      if (!thread) return;
      const job = this.#take();
      if (!job) return;
      this.#give(thread, job);
    }
  }

  #take(): Job | undefined {
    const job = this.#queue.shift();
    if (job) this.#waiting.add(job.context.scope.org_id, -job.body.bytes.length);
    return job;
  }

  #give(thread: Thread, { body, context, resolve, reject }: Job): void {
    const id = ++this.#lastId;
    const { reservation } = body;
    const reservedBytes = reservation.addSome(PARSED_FACTOR * body.bytes.length);
    thread.jobs.set(id, { resolve, reject, reservation, reservedBytes });
    thread.watch ??= setTimeout(() => this.#giveUp(thread), this.#limits.readMs).unref();
    const bytes = ownBytes(body.bytes);
    const { kind, scope, api_key_id, now } = context;
    const prices = this.#pricesFor(thread, context.prices);
    thread.worker.postMessage({ id, bytes, kind, org_id: scope.org_id, api_key_id, now, prices }, [bytes]);
  }

  /** Prices that stay the same are given to a thread once. */
  #pricesFor({ knownPrices }: Thread, prices: CustomPrices): PricesOrder {
    if (prices.length === 0) return { number: 0 };
    const number = this.#priceNumbers.get(prices) ?? ++this.#lastPriceNumber;
    this.#priceNumbers.set(prices, number);
    if (knownPrices.has(number)) return { number };
    const forgetsOthers = knownPrices.size >= KNOWN_PRICES;
    if (forgetsOthers) knownPrices.clear();
    knownPrices.add(number);
    return { number, given: prices, forgetsOthers };
  }

  #startThread(): void {
    const worker = startThread(THREAD, {
      name: 'ingest',
      resourceLimits: { maxOldGenerationSizeMb: this.#limits.heapMb, maxYoungGenerationSizeMb: YOUNG_MB },
    });
    const thread: Thread = { worker, jobs: new Map(), knownPrices: new Set(), isReady: false, watch: undefined };
    worker.on('message', (answer: IngestAnswer | typeof READY) => {
      if (answer === READY) thread.isReady = true;
      else this.#settle(thread, answer);
      this.#giveOut();
    });
    worker.on('error', (error) =>
      this.#options.log.warn({ err: error }, 'a thread that reads bodies ended; it is started again'),
    );
    worker.once('exit', () => this.#end(thread));
    this.#threads.add(thread);
  }

  #settle(thread: Thread, answer: IngestAnswer): void {
    const job = thread.jobs.get(answer.id);
    if (!job) return;
    thread.jobs.delete(answer.id);
    if (thread.jobs.size > 0) thread.watch?.refresh();
    else {
      clearTimeout(thread.watch);
      thread.watch = undefined;
    }
    job.reservation.add(-job.reservedBytes);
    switch (answer.kind) {
      case 'body':
        // Nobody above would catch what is thrown here: it would end the process.
        try {
          const body = unpackBody(answer.body);
          keepReserved(job.reservation, body.parsedBytes);
          return job.resolve(body);
        } catch (error) {
          return job.reject(error);
        }
      case 'refusal':
        return job.reject(toAppError(answer.error));
      case 'failure':
        return job.reject(answer.error);
    }
  }

  #giveUp(thread: Thread): void {
    thread.isReady = false; // Until it has ended it would be given more.
    this.#options.log.warn({ ms: this.#limits.readMs }, 'a thread did not come to an end with a body, and is ended');
    void thread.worker.terminate();
  }

  #end(thread: Thread): void {
    clearTimeout(thread.watch);
    this.#threads.delete(thread);
    for (const job of thread.jobs.values()) {
      job.reservation.add(-job.reservedBytes);
      job.reject(threadEnded());
    }
    if (!this.#isStopping) {
      const restart = setTimeout(() => {
        this.#restarts.delete(restart);
        this.start();
      }, RESTART_MS).unref();
      this.#restarts.add(restart);
    }
    if (this.readyThreads === 0) this.#readRestHere();
  }

  /** One a turn of the event loop, while no thread is there that could. */
  #readRestHere(): void {
    const job = this.readyThreads === 0 ? this.#take() : undefined;
    if (!job) return;
    if (this.#isStopping) job.reject(threadEnded());
    else new Promise<IngestBody>((resolve) => resolve(readHere(job.body, job.context))).then(job.resolve, job.reject);
    setImmediate(() => this.#readRestHere());
  }
}

function readHere({ bytes, reservation }: AdmittedBody, context: IngestContext): IngestBody {
  const body = readIngestBody(bytes, context);
  keepReserved(reservation, body.parsedBytes);
  return body;
}

function threadEnded(): AppError {
  return new AppError(
    'overloaded',
    'The server could not finish reading this; nothing of it was stored: send it again.',
  );
}
