/** One model call from its start to its one record. Settles once; whatever comes later is ignored. */
import { takeRetries } from './retryCounts.js';
import { readCallError } from './callError.js';
import type { StreamAccumulator } from './streamAccumulator.js';
import type { CallInput, CallOutput, ModelMethod } from './modelCall.js';
import type { ReadExtras } from './callExtras.js';
import { monotonicMs } from '../runtime/runtime.js';
import { knownSecrets } from './redaction/secrets.js';
import type { RecordSettings } from './settings.js';
import type { RecordId } from '../runtime/uuid.js';
import { isObject, nonEmptyString, parseJsonText, toMicroseconds } from '../runtime/values.js';
import type { RequestError, RequestStatus, Tags } from '../wire.js';

/** All that is known when the call is made. */
export interface CallStart {
  readonly id: RecordId;
  readonly method: ModelMethod;
  /** Replaced by what was sent, where that is known only then. */
  input: CallInput;
  /** Without what was copied into the input: a record that waits must hold nothing of the caller's. */
  readonly extras: Omit<ReadExtras, 'promptVariables' | 'metadata'>;
  readonly span: CallSpan | undefined;
  readonly provider: string;
  readonly providerHost: string | undefined;
  readonly openTelemetryTraceId: string | undefined;
  readonly startedAtMs: number;
  readonly startedMonotonicMs: number;
}

/** The span of a trace that a call was made in, as it was then. */
export interface CallSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly tags: Tags | undefined;
  readonly userId: string | undefined;
  readonly sessionId: string | undefined;
}

/** How the call ended. */
export interface CallEnd {
  readonly status: RequestStatus;
  readonly error: RequestError | undefined;
  readonly errorClass: string | undefined;
  readonly output: CallOutput | undefined;
  readonly latencyMs: number | undefined;
  readonly ttftMs: number | undefined;
  readonly httpStatus: number | undefined;
  readonly providerRequestId: string | undefined;
  readonly isRetried: boolean;
  readonly isAbandoned: boolean;
  /** Facts of the end that have no field of their own. */
  readonly notes: Readonly<Record<string, string | number | boolean>>;
}

/** Who keeps the record of an ended call. */
export type RecordCall = (start: CallStart, end: CallEnd) => void;

export type EndedBy = 'end' | 'return' | 'abandon';

/** After the first text the clock is read only every so many pieces. */
const PIECES_PER_LOOK = 16;

export class CallRecorder {
  readonly start: CallStart;
  /** True once the library reads the body itself; until then a raw body may be read by the caller. */
  isParsing = false;
  hasStream = false;
  /** The caller holds the raw stream of bytes; what becomes of it is not seen. */
  isBodyTaken = false;
  /** Takes a background response that is not done yet; true where it will be settled later. */
  suspend: ((call: CallRecorder, answer: unknown) => boolean) | undefined;
  readonly #client: object;
  readonly #settings: RecordSettings;
  readonly #record: RecordCall;
  #whenSettled: ((failure?: { thrown: unknown }) => void)[] | undefined;
  #failure: { thrown: unknown } | undefined;
  #isSettled = false;
  /**
   * What the library knows of the HTTP answer. Read when the call is over: while its first token is waited for, nothing is done
   * that can wait, and openai 7 may put another response in the place of this one.
   */
  #answered: { readonly response?: Response } | undefined;
  #retries = 0;
  #accumulator: StreamAccumulator | undefined;
  #pieces = 0;
  /** When the last sign of the call was seen: an end that is not seen is reported by the garbage collector, much later. */
  #seenMs: number | undefined;
  #ttftMs: number | undefined;
  #firstChunkMs: number | undefined;

  /** `client`: whose key must not appear in an error text. */
  constructor(start: CallStart, client: object, settings: RecordSettings, record: RecordCall) {
    this.start = start;
    this.#client = client;
    this.#settings = settings;
    this.#record = record;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Runs when the call is over; at once where it already is. */
  onSettled(run: (failure?: { thrown: unknown }) => void): void {
    if (this.#isSettled) run(this.#failure);
    else (this.#whenSettled ??= []).push(run);
  }

  /** Notes the HTTP answer as soon as its headers are here. */
  noteResponse(props: unknown): void {
    this.#answered = isObject(props) ? props : undefined;
    this.#retries = takeRetries(props);
    this.#seenMs = this.#elapsedMs();
  }

  /** The whole answer, as the library parsed it. */
  succeed(answer: unknown): void {
    if (this.#isSettled) return;
    if (this.#isSuspended(answer)) return;
    const output = this.#read(answer);
    this.#settle({ status: output.status, error: output.error, output });
  }

  /** The process ends, or too many others wait: what is known of a background response is recorded. */
  giveUpBackground(answer: unknown): void {
    if (this.#failure) {
      this.#settleFailed(this.#failure.thrown, answer);
      return;
    }
    const output = this.#read(answer);
    this.#settle(
      { status: 'incomplete', error: undefined, output, latencyMs: undefined },
      { background: 'unfinished' },
    );
  }

  /** The end of a background response, seen by a later poll. */
  finishBackground(answer: unknown): void {
    const output = this.#read(answer);
    const latencyMs = providerLatencyMs(answer);
    this.#settle({ status: output.status, error: output.error, output, latencyMs }, { background: true });
  }

  /** The caller took the raw response; `answer` is what he read of it, if we could see it. */
  succeedRaw(answer: unknown, reading: 'json' | 'text' | 'unseen', latencyMs = this.#elapsedMs()): void {
    if (this.#isSettled || this.isParsing) return;
    const status = (this.#answered?.response?.status ?? 200) >= 400 ? 'error' : 'success';
    const body = reading === 'unseen' || this.start.input.isStream ? undefined : parseJsonText(answer);
    if (this.#isSuspended(body)) return;
    const output = body === undefined ? undefined : this.#read(body);
    this.#settle(
      { status: output && status === 'success' ? output.status : status, error: output?.error, output, latencyMs },
      { raw_response: reading },
    );
  }

  fail(thrown: unknown): void {
    if (this.#isSettled) return;
    this.#failure = { thrown };
    this.#seenMs = this.#elapsedMs();
    const answer = this.#accumulator?.result();
    // A background response goes on without its listener; a later poll shows how it ended.
    if (!this.#isSuspended(answer)) this.#settleFailed(thrown, answer);
  }

  /** Takes one piece of the stream as it is handed to the caller. */
  addPiece(piece: unknown): void {
    if (this.#isSettled) return;
    this.#accumulator ??= this.start.method.createAccumulator(this.#settings.limits.fieldBytes);
    const hasContent = this.#accumulator.add(piece);
    if (++this.#pieces % PIECES_PER_LOOK !== 0 && this.#ttftMs !== undefined) return;
    const elapsedMs = this.#elapsedMs();
    this.#seenMs = elapsedMs;
    this.#firstChunkMs ??= elapsedMs;
    if (hasContent) this.#ttftMs ??= elapsedMs;
  }

  /** `wasAborted`: the caller aborted it; the library ends such a stream without an error. */
  endStream(by: EndedBy, wasAborted = false): void {
    if (this.#isSettled) return;
    const answer = this.#accumulator?.result();
    if (by !== 'abandon' && !this.#accumulator?.isComplete && this.#isSuspended(answer)) return;
    if (this.#accumulator?.error !== undefined) {
      this.fail(this.#accumulator.error);
      return;
    }
    const output = answer ? this.#read(answer) : undefined;
    const isStopped = by !== 'end' || wasAborted;
    const isWhole = this.#accumulator?.isComplete === true || output?.status === 'error';
    const status = isWhole ? (output?.status ?? 'success') : isStopped ? 'aborted' : 'incomplete';
    const isAbandoned = by === 'abandon';
    if (!isAbandoned) this.#seenMs = this.#elapsedMs();
    this.#settle({ status, error: output?.error, output, isAbandoned, latencyMs: this.#seenMs });
  }

  /** Nobody will ever see the end of this call. */
  abandon(): void {
    if (!this.isBodyTaken && (this.hasStream || this.start.input.isStream)) this.endStream('abandon');
    else this.succeedRaw(undefined, 'unseen', this.#seenMs);
  }

  #elapsedMs(): number {
    return monotonicMs() - this.start.startedMonotonicMs;
  }

  #settleFailed(thrown: unknown, answer: unknown): void {
    const { status, error, errorClass, isTruncated, providerRequestId } = readCallError(thrown, this.#secrets());
    const output = answer === undefined ? undefined : this.#read(answer);
    this.#retries += takeRetries(thrown);
    const httpStatus = error.http_status ?? undefined;
    this.#settle(
      { status, error, errorClass, output, providerRequestId, httpStatus, latencyMs: this.#seenMs },
      isTruncated ? { truncated: true } : {},
    );
  }

  #secrets(): readonly string[] {
    return knownSecrets(this.#settings, this.#client);
  }

  #read(answer: unknown): CallOutput {
    const { limits, captureOutput, captureEmbeddings } = this.#settings;
    return this.start.method.readOutput(answer, {
      fieldLength: limits.fieldBytes,
      capture: captureOutput,
      captureEmbeddings,
      valuesLeft: this.start.input.valuesLeft,
      secrets: () => this.#secrets(),
      isTruncated: this.#accumulator?.isTruncated === true,
    });
  }

  #settle(
    end: { status: RequestStatus; error: RequestError | undefined; output: CallOutput | undefined } & Partial<CallEnd>,
    notes: Record<string, string | number | boolean> = {},
  ): void {
    this.#isSettled = true;
    if (this.#firstChunkMs !== undefined) notes.time_to_first_chunk_ms = toMicroseconds(this.#firstChunkMs);
    if (this.#answered) this.#retries += takeRetries(this.#answered);
    if (this.#retries > 0) notes.attempts = this.#retries + 1;
    const latencyMs = 'latencyMs' in end ? end.latencyMs : this.#elapsedMs();
    const { status: httpStatus, headers } = this.#answered?.response ?? {};
    this.#record(this.start, {
      status: end.status,
      error: end.error,
      errorClass: end.errorClass,
      output: end.output,
      latencyMs: latencyMs === undefined ? undefined : toMicroseconds(latencyMs),
      ttftMs: this.#ttftMs === undefined ? undefined : toMicroseconds(this.#ttftMs),
      httpStatus: typeof httpStatus === 'number' ? httpStatus : end.httpStatus,
      providerRequestId: nonEmptyString(headers?.get?.('x-request-id')) ?? end.providerRequestId,
      isRetried: this.#retries > 0,
      isAbandoned: end.isAbandoned === true,
      notes,
    });
    this.#accumulator = undefined;
    this.#answered = undefined;
    this.#tellSettled();
  }

  /** For the caller the call is over; its record waits for the answer. */
  #isSuspended(answer: unknown): boolean {
    if (!this.suspend?.(this, answer)) return false;
    this.#isSettled = true;
    this.#accumulator = undefined;
    this.#tellSettled();
    return true;
  }

  #tellSettled(): void {
    const waiting = this.#whenSettled ?? [];
    this.#whenSettled = undefined;
    for (const run of waiting) run(this.#failure);
  }
}

/** From the provider's own clock: the time between two polls says nothing about the model. */
function providerLatencyMs(answer: unknown): number | undefined {
  const { created_at: created, completed_at: completed } = (answer ?? {}) as Record<string, unknown>;
  if (typeof created !== 'number' || typeof completed !== 'number' || completed < created) return undefined;
  return (completed - created) * 1_000;
}
