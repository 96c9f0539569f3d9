/** Takes records in, sends them in batches, and can say at any time what became of them. */
import { reportInternal } from '../runtime/guard.js';
import { messageOf, type DropReason } from '../errors.js';
import type { DeliverySettings, PrepareRecord } from './settings.js';
import { isIoBoundToRequest, monotonicMs, startIdleTimer } from '../runtime/runtime.js';
import { SDK_NAME, SDK_VERSION } from '../version.js';
import type { LogInput, LogReceipt } from '../wire.js';
import { DeliveryLog } from './deliveryLog.js';
import type { DeliveryStats, FlushResult } from './deliveryStats.js';
import { encodeUpload, shrinkEncoded, type EncodedUpload, type EncodeOptions } from './encode.js';
import { FlushWaiters } from './flushWaiters.js';
import { holdExit, releaseExit, unwatchExit, type ExitingDelivery } from './exitFlush.js';
import { RecordQueue, toQueued, type QueuedRecord, type RecordKind, type WriteRecord } from './queue.js';
import { BatchSize } from './batchSize.js';
import { RetryPause } from './retryPause.js';
import { CooperativeScheduler, type SchedulerPressure } from './cooperativeScheduler.js';
import { sendOne } from './sendOne.js';
import { Transport } from './transport.js';
import { decideUpload, type UploadDecision } from './uploadDecision.js';
import { heldBy, newUpload, settledWithin, waitForOthers, type Upload } from './uploads.js';
import { keepAlive } from './waitUntil.js';

/** They may arrive in either order: the server reads records by `started_at`, then by id, which is the order of the calls. */
const MAX_UPLOADS = 2;
const DEFAULT_FLUSH_MS = 10_000;
/** A longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** So late comes no timer of a request that is still there. */
const STALE_TIMER_MS = 1_000;

export class Delivery implements SchedulerPressure, ExitingDelivery {
  readonly settings: DeliverySettings;
  /** Kept by `exitFlush.ts`: whether it watches for this one, and whether this one had its time at the end already. */
  readonly exit = { isWatched: false, hadItsTime: false };
  readonly #queue: RecordQueue;
  readonly #transport: Transport;
  readonly #log: DeliveryLog;
  readonly #prepare: PrepareRecord | undefined;
  readonly #scheduler = new CooperativeScheduler(this);
  readonly #uploads = new Set<Upload>();
  readonly #waiters = new FlushWaiters();
  /** A flush that `waitUntil` knows of has yet to begin, so it will take along what is recorded now. */
  #isFlushAhead = false;
  #encoding: Promise<unknown> = Promise.resolve();
  #sequence = 0;
  #lostAtLastFlush = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the oldest waiting record is to go. */
  #dueAtMs = Infinity;
  #timerDueMs = 0;
  readonly #isRequestBound = isIoBoundToRequest();
  readonly #pause = new RetryPause();
  readonly #batchSize: BatchSize;
  #refusal: 'unauthorized' | 'shut_down' | undefined;

  /** `prepare`: changes or drops each record before it is written. */
  constructor(settings: DeliverySettings, prepare?: PrepareRecord) {
    this.settings = settings;
    this.#prepare = prepare;
    const { limits, batch, request } = settings;
    this.#batchSize = new BatchSize(batch);
    this.#log = new DeliveryLog(settings);
    this.#queue = new RecordQueue({ maxRecords: limits.queueRecords, maxBytes: limits.queueBytes });
    this.#transport = new Transport({
      ...request,
      baseUrl: settings.baseUrl,
      apiKey: settings.apiKey ?? '',
      userAgent: `${SDK_NAME}/${SDK_VERSION}`,
    });
  }

  get pending(): number {
    return this.#queue.length + this.#held.records;
  }

  /** What is on its way, and may come back. */
  get #held(): { records: number; bytes: number } {
    return heldBy(this.#uploads);
  }

  get uploadsInFlight(): number {
    return this.#uploads.size;
  }

  /** Why nothing more is taken. */
  get refusal(): 'unauthorized' | 'shut_down' | undefined {
    return this.#refusal;
  }

  /** Never throws and never waits. False where the record was dropped, which is counted. */
  add(kind: RecordKind, write: WriteRecord, sizeBytes: number): boolean {
    if (this.#refusal) {
      this.#log.drop(this.#refusal);
      return false;
    }
    const wasIdle = this.pending === 0;
    if (!this.#queue.add(toQueued({ kind, write, sizeBytes, sequence: ++this.#sequence }), this.#held)) {
      const { queueRecords, queueBytes } = this.settings.limits;
      this.#log.drop('queue_full');
      this.#log.report(
        'queue_full',
        `The queue is full (${queueRecords} records, ${queueBytes} bytes); new ones are dropped.`,
      );
      return false;
    }
    if (this.#dueAtMs === Infinity) this.#dueAtMs = monotonicMs() + this.settings.batch.intervalMs;
    if (wasIdle) holdExit(this);
    if (!this.#isFlushAhead || this.#isRequestBound) this.#keepAlive();
    // The timer is running already; only a full batch is a reason to look again.
    if (this.#timer === undefined || this.#isRequestBound || (this.#isFull && this.#canStart)) this.#pump();
    return true;
  }

  /** Resolves, never rejects, when all that waits now is settled, or when the time is over. */
  async flush(options?: { timeoutMs?: number }): Promise<FlushResult> {
    const lostBefore = this.#lostAtLastFlush;
    const pending = await this.drain(readTimeout(options));
    const ok = pending === 0 && this.#log.lost === lostBefore && this.#refusal !== 'unauthorized';
    this.#lostAtLastFlush = this.#log.lost;
    return { ok, pending };
  }

  /** A flush of our own: what it loses is still news to the next `flush()`. Resolves with the number that still waits. */
  async drain(timeoutMs: number): Promise<number> {
    if (this.#isRequestBound) return this.#drainInRequest(timeoutMs);
    const sequence = this.#sequence;
    if (this.#pendingUpTo(sequence) > 0) {
      if (this.#uploads.size === 0) this.#pause.tryNow();
      const settled = this.#waiters.wait(sequence, timeoutMs);
      this.#pump();
      await settled;
    }
    return this.#pendingUpTo(sequence);
  }

  /** Flushes, then takes nothing more. Safe to call twice. */
  async shutdown(options?: { timeoutMs?: number }): Promise<{ ok: boolean; dropped: number }> {
    const { ok } = await this.flush(options);
    this.#refusal ??= 'shut_down';
    const left = this.#giveUp(this.#refusal);
    unwatchExit(this);
    return { ok: ok && left === 0, dropped: this.#log.lost };
  }

  stats(): DeliveryStats {
    const { sent, retried, dropped, lastError } = this.#log;
    const queuedBytes = this.#queue.sizeBytes + this.#held.bytes;
    return { queued: this.pending, queuedBytes, sent, retried, dropped: { ...dropped }, lastError };
  }

  countDrop(reason: DropReason): void {
    this.#log.drop(reason);
  }

  /** Sends one record by itself, once, outside the queue. Rejects with `PromptLabError`. */
  async sendNow(log: LogInput): Promise<LogReceipt> {
    const { baseUrl } = this.settings;
    const options = { transport: this.#transport, scheduler: this.#scheduler, encode: this.#encodeOptions, baseUrl };
    const receipt = await sendOne(log, options);
    this.#log.sent++;
    return receipt;
  }

  /** Ends uploads that hold the process; their records go back into the queue. */
  cutUploads(reason: string): void {
    for (const { abort } of this.#uploads) abort.abort(new Error(reason));
  }

  get #encodeOptions(): EncodeOptions {
    return { prepare: this.#prepare, maxBytes: this.settings.limits.recordBytes };
  }

  get #isFull(): boolean {
    return this.#batchSize.isReached(this.#queue);
  }

  get isAwaited(): boolean {
    return !this.#waiters.isEmpty || this.#isRequestBound;
  }

  /** Half of the queue is in use. */
  get isPressed(): boolean {
    const { queueRecords, queueBytes } = this.settings.limits;
    return this.pending * 2 > queueRecords || (this.#queue.sizeBytes + this.#held.bytes) * 2 > queueBytes;
  }

  #pendingUpTo(sequence: number): number {
    let count = this.#queue.countUpTo(sequence);
    for (const { batch } of this.#uploads) for (const queued of batch) if (queued.sequence <= sequence) count++;
    return count;
  }

  /** Starts what may start now, and sets the timer for the rest. */
  #pump(): void {
    if (this.#isRequestBound) {
      this.#pumpInRequest();
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const nowMs = monotonicMs();
    const maxUploads = this.#pause.isAfterFailure ? 1 : MAX_UPLOADS;
    while (
      this.#queue.length > 0 &&
      this.#uploads.size < maxUploads &&
      this.#pause.untilMs <= nowMs &&
      this.#isDue(nowMs)
    ) {
      void this.#start(this.#takeBatch());
    }
    if (this.#queue.length === 0) this.#dueAtMs = Infinity;
    else if (this.#uploads.size < maxUploads) {
      const wakeAtMs = Math.max(this.#pause.untilMs, this.#isDue(nowMs) ? nowMs : this.#dueAtMs);
      this.#timer = startIdleTimer(() => this.#pump(), Math.max(1, wakeAtMs - nowMs));
    }
  }

  /** Where an upload lives no longer than the request it was begun in, each request sends what waits, and waits for nobody else's. */
  #pumpInRequest(): void {
    const nowMs = monotonicMs();
    this.#giveBackStale(nowMs);
    while (this.#queue.length > 0 && this.#pause.untilMs <= nowMs && this.#isDue(nowMs))
      void this.#start(this.#takeBatch());
    if (this.#queue.length === 0) this.#dueAtMs = Infinity;
    // A timer that is overdue was that of a request that has ended.
    else if (this.#timer === undefined || nowMs > this.#timerDueMs + STALE_TIMER_MS) {
      const wakeAtMs = Math.max(this.#pause.untilMs, this.#dueAtMs, nowMs + 1);
      this.#timerDueMs = wakeAtMs;
      this.#timer = startIdleTimer(() => {
        this.#timer = undefined;
        this.#pump();
      }, wakeAtMs - nowMs);
    }
  }

  async #drainInRequest(timeoutMs: number): Promise<number> {
    const sequence = this.#sequence;
    const deadlineMs = monotonicMs() + timeoutMs;
    this.#giveBackStale(monotonicMs());
    this.#pause.tryNow();
    let unsettled = 0;
    while (this.#queue.countUpTo(sequence) > 0) {
      const nowMs = monotonicMs();
      if (nowMs >= deadlineMs) break;
      const uploads: Promise<void>[] = [];
      while (this.#queue.countUpTo(sequence) > 0 && this.#pause.untilMs <= nowMs) {
        const batch = this.#takeBatch();
        unsettled += batch.length;
        uploads.push(this.#start(batch, true).then(() => void (unsettled -= batch.length)));
      }
      const waitMs = uploads.length > 0 ? deadlineMs - nowMs : Math.min(deadlineMs, this.#pause.untilMs) - nowMs;
      await settledWithin(uploads, waitMs);
    }
    await waitForOthers(this.#uploads, sequence, deadlineMs);
    return this.#queue.countUpTo(sequence) + unsettled;
  }

  /** The answer to an upload whose request has ended never comes, and neither does its time limit: the clock tells. */
  #giveBackStale(nowMs: number): void {
    const { baseUrl, request } = this.settings;
    for (const upload of this.#uploads) {
      if (nowMs - upload.startedMs <= request.timeoutMs + STALE_TIMER_MS) continue;
      this.#uploads.delete(upload);
      const outcome = { kind: 'unreachable', message: 'the request it was sent in has ended' } as const;
      const { again, losses } = decideUpload([...upload.batch], outcome, { baseUrl, ...request });
      for (const loss of losses) this.#log.lose(loss);
      this.#queue.putBack(again);
      this.#dueAtMs = 0;
    }
  }

  #takeBatch(): QueuedRecord[] {
    const batch = this.#queue.take(this.#batchSize.limits(this.#queue));
    if (this.#queue.length === 0) this.#dueAtMs = Infinity;
    return batch;
  }

  /** False while no upload may begin anyway, so that a busy caller does not pay for looking. */
  get #canStart(): boolean {
    return this.#uploads.size < MAX_UPLOADS && !this.#pause.isAfterFailure;
  }

  #isDue(nowMs: number): boolean {
    return !this.#waiters.isEmpty || this.#dueAtMs <= nowMs || this.#isFull;
  }

  /** Resolves when the batch is settled, or is to be tried again. */
  #start(batch: QueuedRecord[], isAwaited = false): Promise<void> {
    const upload = newUpload(batch, isAwaited);
    this.#uploads.add(upload);
    return this.#upload(upload)
      .catch((thrown: unknown) => {
        if (!this.#uploads.has(upload)) return [];
        this.#log.drop('internal', batch.length);
        this.#log.report('internal', `Records could not be sent: ${messageOf(thrown)}`, { cause: thrown });
        return [];
      })
      .then((again) => this.#finish(upload, again))
      .catch((thrown: unknown) => reportInternal('finish an upload', thrown));
  }

  /** Gives back the records that are to be tried again. */
  async #upload(upload: Upload): Promise<QueuedRecord[]> {
    const { batch, abort } = upload;
    const { ready, broken, body } = await this.#encode(batch);
    if (!this.#uploads.has(upload)) return [];
    this.#log.drop('masked_out', batch.length - ready.length - broken);
    this.#log.drop('internal', broken);
    if (broken > 0) this.#log.report('internal', `Records that could not be written: ${broken}.`);
    const [first] = ready;
    if (!first) return [];
    const outcome = await this.#transport.send(first.kind, body, abort.signal);
    if (!this.#uploads.has(upload)) return [];
    const { baseUrl, request } = this.settings;
    return this.#carryOut(ready, decideUpload(ready, outcome, { baseUrl, ...request }));
  }

  /** One batch at a time: two together would hold the event loop for twice as long. */
  #encode(batch: readonly QueuedRecord[]): Promise<EncodedUpload> {
    const encode = () => encodeUpload(batch, this.#encodeOptions, this.#scheduler);
    if (this.#isRequestBound) return encode();
    const encoding = this.#encoding.then(encode);
    this.#encoding = encoding.catch(() => {});
    return encoding;
  }

  async #carryOut(batch: readonly QueuedRecord[], decision: UploadDecision): Promise<QueuedRecord[]> {
    const { stored, again, losses, failure } = decision;
    this.#log.sent += stored;
    for (const loss of losses) this.#log.lose(loss);
    if (decision.blocks) this.#block();
    if (decision.shrinks) for (const queued of again) await shrinkEncoded(queued, this.#scheduler);
    if (decision.halves) this.#batchSize.halve(batch);
    if (failure) {
      this.#log.retried++;
      this.#pause.begin(failure.retryAfterMs, monotonicMs());
      if (losses.length === 0 && !this.#refusal) this.#log.report(failure.reason, failure.message);
    } else if (stored > 0) this.#recover();
    return again;
  }

  #finish(upload: Upload, again: readonly QueuedRecord[]): void {
    // Given up meanwhile, and counted then.
    if (!this.#uploads.delete(upload)) return;
    if (this.#refusal) this.#log.drop(this.#refusal, again.length);
    else this.#queue.putBack(again);
    if (again.length > 0) this.#dueAtMs = 0;
    // Records of other requests are theirs to send: what is begun here ends with this one.
    if (!this.#isRequestBound) this.#pump();
    this.#tellWaiters();
  }

  #tellWaiters(): void {
    this.#waiters.tell((sequence) => this.#pendingUpTo(sequence) === 0);
    if (this.pending === 0) releaseExit(this);
  }

  /** What waits and what is on its way counts as lost now: nobody will hear what the server made of it. */
  #giveUp(reason: DropReason): number {
    const left = this.pending;
    this.#log.drop(reason, left);
    this.#queue.clear();
    this.cutUploads('shut down');
    this.#uploads.clear();
    clearTimeout(this.#timer);
    this.#tellWaiters();
    return left;
  }

  #block(): void {
    this.#refusal = 'unauthorized';
    this.#log.drop('unauthorized', this.#queue.clear().length);
  }

  #recover(): void {
    this.#pause.end();
    this.#batchSize.grow();
    this.exit.hadItsTime = false;
  }

  /** A serverless platform freezes the process after its answer, so each record needs a flush that begins after it. */
  #keepAlive(): void {
    keepAlive(this.settings.waitUntil, {
      onWait: () => (this.#isFlushAhead = true),
      flush: () => {
        this.#isFlushAhead = false;
        return this.drain(DEFAULT_FLUSH_MS);
      },
    });
  }
}

/** Whatever the caller passes; a time that is none is the default. */
function readTimeout(options: { timeoutMs?: unknown } | null | undefined): number {
  const timeoutMs = options?.timeoutMs;
  if (typeof timeoutMs !== 'number' || Number.isNaN(timeoutMs)) return DEFAULT_FLUSH_MS;
  return Math.min(timeoutMs, LONGEST_TIMER_MS);
}
