/** Takes records in, sends them in batches, and can say at any time what became of them. */
import { messageOf, PromptLabError, type DropReason } from '../errors.js';
import type { Settings } from '../options.js';
import { startIdleTimer } from '../runtime.js';
import { SDK_NAME, SDK_VERSION } from '../version.js';
import { warnOnce } from '../warn.js';
import type { LogBatchResult, LogInput, LogReceipt, SpanInput } from '../wire.js';
import { encodeBatch, shrinkEncoded } from './encode.js';
import { holdExit, releaseExit } from './exitFlush.js';
import { RecordQueue, type QueuedRecord, type RecordKind } from './queue.js';
import { backoffMs, isRetryableStatus } from './retry.js';
import { Transport, type UploadOutcome } from './transport.js';

/** What became of the records of one instance. */
export interface DeliveryStats {
  /** Waiting or on their way. */
  queued: number;
  /** Bytes of those, estimated. */
  queuedBytes: number;
  /** Stored by the server, repeats included. */
  sent: number;
  /** Uploads that were tried again. */
  retried: number;
  /** Not delivered, by reason. */
  dropped: Partial<Record<DropReason, number>>;
  lastError: string | undefined;
}

export interface FlushResult {
  /** True where everything recorded since the last flush is stored. */
  ok: boolean;
  /** Records that still wait. */
  pending: number;
}

interface Upload {
  readonly batch: readonly QueuedRecord[];
  readonly abort: AbortController;
}

interface Waiter {
  readonly sequence: number;
  readonly done: () => void;
}

const MAX_UPLOADS = 2;
const MAX_SHRINKS = 5;
const DEFAULT_FLUSH_MS = 10_000;
/** Drops that somebody asked for. */
const WANTED_DROPS: readonly DropReason[] = ['masked_out', 'sampled_out'];

export class Delivery {
  readonly settings: Settings;
  readonly #queue: RecordQueue;
  readonly #transport: Transport;
  readonly #uploads = new Set<Upload>();
  readonly #waiters = new Set<Waiter>();
  readonly #dropped: Partial<Record<DropReason, number>> = {};
  #sequence = 0;
  #sent = 0;
  #retried = 0;
  #lost = 0;
  #lostAtLastFlush = 0;
  #lastError: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAtMs = Infinity;
  #pausedUntilMs = 0;
  #failuresInARow = 0;
  /** Smaller than the setting while the server refuses large or mixed batches. */
  #maxRecords: number;
  #maxBytes: number;
  #refusal: 'unauthorized' | 'shut_down' | undefined;

  constructor(settings: Settings) {
    this.settings = settings;
    const { limits, batch, request } = settings;
    this.#maxRecords = batch.maxRecords;
    this.#maxBytes = batch.maxBytes;
    this.#queue = new RecordQueue({ maxRecords: limits.queueRecords, maxBytes: limits.queueBytes });
    this.#transport = new Transport({
      baseUrl: settings.baseUrl,
      apiKey: settings.apiKey ?? '',
      userAgent: `${SDK_NAME}/${SDK_VERSION}`,
      timeoutMs: request.timeoutMs,
      gzipAboveBytes: request.gzipAboveBytes,
      fetch: request.fetch,
    });
  }

  get pending(): number {
    return this.#queue.length + this.#held().records;
  }

  get uploadsInFlight(): number {
    return this.#uploads.size;
  }

  /** Never throws and never waits. False where the record was dropped, which is counted. */
  add(kind: RecordKind, id: string, record: LogInput | SpanInput, sizeBytes: number): boolean {
    if (this.#refusal) return this.#drop(this.#refusal, 1);
    const queued: QueuedRecord = {
      kind,
      id,
      sequence: ++this.#sequence,
      record,
      sizeBytes,
      json: undefined,
      attempts: 0,
      shrinks: 0,
    };
    const isFirst = this.pending === 0;
    if (!this.#queue.add(queued, this.#held())) {
      const { queueRecords, queueBytes } = this.settings.limits;
      this.#report(
        new PromptLabError(
          'queue_full',
          `The queue is full (${queueRecords} records, ${queueBytes} bytes); new records are dropped.`,
        ),
      );
      return this.#drop('queue_full', 1);
    }
    if (this.#dueAtMs === Infinity) this.#dueAtMs = Date.now() + this.settings.batch.intervalMs;
    if (isFirst) this.#becomeBusy();
    this.#pump();
    return true;
  }

  /** Resolves, never rejects, when all that waits now is settled, or when the time is over. */
  async flush({ timeoutMs = DEFAULT_FLUSH_MS }: { timeoutMs?: number } = {}): Promise<FlushResult> {
    const sequence = this.#sequence;
    const lostBefore = this.#lostAtLastFlush;
    if (this.#pendingUpTo(sequence) > 0) {
      // One try at once, whatever the backoff says; a pause that the server asked for stands.
      if (this.#failuresInARow > 0 && this.#uploads.size === 0)
        this.#pausedUntilMs = Math.min(this.#pausedUntilMs, this.#serverPauseMs);
      await this.#waitFor(sequence, timeoutMs);
    }
    const pending = this.#pendingUpTo(sequence);
    const ok = pending === 0 && this.#lost === lostBefore && this.#refusal !== 'unauthorized';
    this.#lostAtLastFlush = this.#lost;
    return { ok, pending };
  }

  /** Flushes, then takes nothing more. Safe to call twice. */
  async shutdown({ timeoutMs = DEFAULT_FLUSH_MS }: { timeoutMs?: number } = {}): Promise<{
    ok: boolean;
    dropped: number;
  }> {
    const { ok } = await this.flush({ timeoutMs });
    this.#refusal ??= 'shut_down';
    const left = this.#queue.clear();
    this.cutUploads('shut down');
    if (left.length > 0) this.#drop('shut_down', left.length);
    clearTimeout(this.#timer);
    releaseExit(this);
    return { ok: ok && left.length === 0, dropped: this.#lost };
  }

  stats(): DeliveryStats {
    return {
      queued: this.pending,
      queuedBytes: this.#queue.sizeBytes + this.#held().bytes,
      sent: this.#sent,
      retried: this.#retried,
      dropped: { ...this.#dropped },
      lastError: this.#lastError,
    };
  }

  countDrop(reason: DropReason): void {
    this.#drop(reason, 1);
  }

  /** Ends uploads that hold the process; their records go back into the queue. */
  cutUploads(reason: string): void {
    for (const { abort } of this.#uploads) abort.abort(new Error(reason));
  }

  #serverPauseMs = 0;

  #held(): { records: number; bytes: number } {
    let records = 0;
    let bytes = 0;
    for (const { batch } of this.#uploads) {
      records += batch.length;
      for (const { sizeBytes } of batch) bytes += sizeBytes;
    }
    return { records, bytes };
  }

  #pendingUpTo(sequence: number): number {
    let count = this.#queue.countUpTo(sequence);
    for (const { batch } of this.#uploads) for (const queued of batch) if (queued.sequence <= sequence) count++;
    return count;
  }

  /** Starts what may start now, and sets the timer for the rest. */
  #pump(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const nowMs = Date.now();
    const maxUploads = this.#failuresInARow > 0 ? 1 : MAX_UPLOADS;
    while (
      this.#queue.length > 0 &&
      this.#uploads.size < maxUploads &&
      this.#pausedUntilMs <= nowMs &&
      this.#isDue(nowMs)
    ) {
      this.#start(this.#queue.take({ maxRecords: this.#maxRecords, maxBytes: this.#maxBytes }));
    }
    if (this.#queue.length === 0) this.#dueAtMs = Infinity;
    else if (this.#uploads.size < maxUploads) {
      const wakeAtMs = Math.max(this.#pausedUntilMs, this.#isDue(nowMs) ? nowMs : this.#dueAtMs);
      this.#timer = startIdleTimer(() => this.#pump(), Math.max(1, wakeAtMs - nowMs));
    }
  }

  #isDue(nowMs: number): boolean {
    return (
      this.#waiters.size > 0 ||
      this.#dueAtMs <= nowMs ||
      this.#queue.length >= this.#maxRecords ||
      this.#queue.sizeBytes >= this.#maxBytes
    );
  }

  #start(batch: QueuedRecord[]): void {
    const upload: Upload = { batch, abort: new AbortController() };
    this.#uploads.add(upload);
    void this.#upload(upload)
      .catch((thrown: unknown) => {
        this.#report(new PromptLabError('internal', `Could not send records: ${messageOf(thrown)}`, { cause: thrown }));
        this.#drop('internal', batch.length);
        return [];
      })
      .then((unsent) => {
        this.#uploads.delete(upload);
        if (this.#refusal) this.#drop(this.#refusal, unsent.length);
        else this.#queue.putBack(unsent);
        if (unsent.length > 0 && this.#dueAtMs === Infinity) this.#dueAtMs = 0;
        this.#pump();
        this.#settleWaiters();
        if (this.pending === 0) releaseExit(this);
      });
  }

  /** Gives back the records that are to be tried again. */
  async #upload({ batch, abort }: Upload): Promise<QueuedRecord[]> {
    await encodeBatch(batch, this.settings);
    const ready = batch.filter(({ json }) => json !== undefined);
    if (ready.length < batch.length) this.#drop('masked_out', batch.length - ready.length);
    const [first] = ready;
    if (!first) return [];
    const outcome = await this.#transport.send(
      first.kind,
      ready.map(({ json }) => json as string),
      abort.signal,
    );
    return this.#judge(ready, outcome);
  }

  #judge(batch: QueuedRecord[], outcome: UploadOutcome): QueuedRecord[] {
    switch (outcome.kind) {
      case 'answered':
        return this.#judgeEach(batch, outcome.result);
      case 'unreadable':
        return this.#retry(batch, 'bad_answer', `PromptLab at ${this.settings.baseUrl} ${outcome.message}`);
      case 'unreachable':
        return this.#retry(
          batch,
          'network',
          `PromptLab at ${this.settings.baseUrl} could not be reached: ${outcome.message}`,
        );
      case 'refused':
        return this.#judgeRefusal(batch, outcome);
    }
  }

  #judgeRefusal(
    batch: QueuedRecord[],
    { httpStatus, message, retryAfterMs }: UploadOutcome & { kind: 'refused' },
  ): QueuedRecord[] {
    const text = `PromptLab at ${this.settings.baseUrl}: ${message} (${httpStatus})`;
    if (httpStatus === 401 || httpStatus === 403) return this.#block(batch, text, httpStatus);
    if (isRetryableStatus(httpStatus)) {
      // A batch that fails again and again may hold one record that breaks the server.
      if (httpStatus === 500 && (batch[0]?.attempts ?? 0) >= 1) this.#halve(batch);
      return this.#retry(batch, 'server_error', text, retryAfterMs);
    }
    if (httpStatus === 404) return this.#lose(batch, 'not_found', `${text}; is the base URL right?`, httpStatus);
    if (batch.length > 1) {
      this.#halve(batch);
      return batch;
    }
    if (httpStatus === 413) return this.#shrink(batch, text);
    return this.#lose(batch, 'rejected', text, httpStatus);
  }

  /** Per record: stored, refused for good, or to be tried again. */
  #judgeEach(batch: QueuedRecord[], { results }: LogBatchResult): QueuedRecord[] {
    const verdicts = new Map<number, LogReceipt>();
    for (const receipt of results) if (typeof receipt?.index === 'number') verdicts.set(receipt.index, receipt);
    const again: QueuedRecord[] = [];
    let stored = 0;
    batch.forEach((queued, index) => {
      const verdict = verdicts.get(index);
      if (verdict?.status === 'created' || verdict?.status === 'duplicate') stored++;
      else if (verdict?.status !== 'rejected' || isTransient(verdict)) again.push(queued);
      else this.#lose([queued], 'rejected', `A record was rejected: ${verdict.error?.message ?? 'no reason given'}`);
    });
    this.#sent += stored;
    if (again.length > 0) return this.#retry(again, 'bad_answer', 'PromptLab did not take all records of a batch.');
    this.#failuresInARow = 0;
    this.#pausedUntilMs = 0;
    // Grows back after it was halved.
    this.#maxRecords = Math.min(this.settings.batch.maxRecords, this.#maxRecords * 2);
    this.#maxBytes = Math.min(this.settings.batch.maxBytes, this.#maxBytes * 2);
    return [];
  }

  #retry(batch: QueuedRecord[], reason: DropReason, message: string, retryAfterMs = 0): QueuedRecord[] {
    this.#failuresInARow++;
    this.#retried++;
    const nowMs = Date.now();
    if (retryAfterMs > 0) this.#serverPauseMs = nowMs + retryAfterMs;
    this.#pausedUntilMs = nowMs + Math.max(retryAfterMs, backoffMs(this.#failuresInARow, Math.random()));
    const again: QueuedRecord[] = [];
    const spent: QueuedRecord[] = [];
    for (const queued of batch) (++queued.attempts >= this.settings.request.maxAttempts ? spent : again).push(queued);
    if (spent.length > 0) this.#lose(spent, reason, message);
    else this.#report(new PromptLabError(reason, message));
    return again;
  }

  #halve(batch: readonly QueuedRecord[]): void {
    this.#maxRecords = Math.max(1, Math.floor(batch.length / 2));
    this.#maxBytes = Math.max(1, Math.floor(batch.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / 2));
  }

  #shrink(batch: QueuedRecord[], message: string): QueuedRecord[] {
    const [queued] = batch;
    if (!queued || queued.shrinks >= MAX_SHRINKS) return this.#lose(batch, 'too_large', message, 413);
    shrinkEncoded(queued);
    return batch;
  }

  #block(batch: QueuedRecord[], message: string, httpStatus: number): QueuedRecord[] {
    this.#refusal = 'unauthorized';
    this.#lose(
      [...batch, ...this.#queue.clear()],
      'unauthorized',
      `${message} Nothing more is sent with this key.`,
      httpStatus,
    );
    return [];
  }

  #lose(records: readonly QueuedRecord[], reason: DropReason, message: string, httpStatus?: number): QueuedRecord[] {
    this.#drop(reason, records.length);
    this.#report(new PromptLabError(reason, message, { httpStatus }));
    return [];
  }

  #drop(reason: DropReason, count: number): false {
    if (count === 0) return false;
    this.#dropped[reason] = (this.#dropped[reason] ?? 0) + count;
    if (!WANTED_DROPS.includes(reason)) this.#lost += count;
    return false;
  }

  #report(error: PromptLabError): void {
    this.#lastError = error.message;
    warnOnce(`delivery:${error.reason}`, error.message);
    try {
      this.settings.onError?.(error);
    } catch {
      // The handler is the user's; its failure is not ours to pass on.
    }
  }

  #becomeBusy(): void {
    holdExit(this);
    const waitUntil = this.settings.waitUntil ?? findWaitUntil();
    try {
      waitUntil?.(new Promise<void>((resolve) => setTimeout(resolve, 50)).then(() => this.flush()));
    } catch (thrown) {
      warnOnce('waitUntil', `waitUntil failed: ${messageOf(thrown)}`);
    }
  }

  async #waitFor(sequence: number, timeoutMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      // Not idle on purpose: somebody awaits it, so the process must not end before.
      const timer = setTimeout(() => waiter.done(), timeoutMs);
      const waiter: Waiter = {
        sequence,
        done: () => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve();
        },
      };
      this.#waiters.add(waiter);
      this.#pump();
    });
  }

  #settleWaiters(): void {
    for (const waiter of this.#waiters) if (this.#pendingUpTo(waiter.sequence) === 0) waiter.done();
  }
}

/** A verdict that may be another one later. */
function isTransient({ error }: LogReceipt): boolean {
  return error?.type === 'overloaded' || error?.type === 'api_error' || error?.type === 'rate_limit_error';
}

/** Vercel's way to keep an invocation alive, where it runs. */
function findWaitUntil(): ((work: Promise<unknown>) => void) | undefined {
  const holder = globalThis as unknown as Record<
    symbol,
    { get?(): { waitUntil?: (work: Promise<unknown>) => void } | undefined } | undefined
  >;
  return holder[Symbol.for('@vercel/request-context')]?.get?.()?.waitUntil;
}
