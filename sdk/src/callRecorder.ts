/** One model call from its start to its one record. Settles once; whatever comes later is ignored. */
import { readCallError } from './openai/callError.js';
import type { StreamAssembler } from './openai/assembler.js';
import type { CallInput } from './openai/input.js';
import type { TrackedMethod } from './openai/methods.js';
import { readOutput, type CallOutput } from './openai/output.js';
import { createAssembler } from './openai/assemblers.js';
import type { ReadExtras } from './callExtras.js';
import { monotonicMs } from './runtime.js';
import { knownSecrets } from './secrets.js';
import type { AmbientSpan } from './state.js';
import type { Settings } from './options.js';
import type { RecordId } from './uuid.js';
import type { RequestError, RequestStatus } from './wire.js';

/** All that is known when the call is made. */
export interface CallStart {
  readonly id: RecordId;
  readonly method: TrackedMethod;
  readonly input: CallInput;
  readonly extras: ReadExtras;
  readonly span: AmbientSpan | undefined;
  readonly provider: string;
  readonly providerHost: string | undefined;
  readonly openTelemetryTraceId: string | undefined;
  readonly startedAtMs: number;
  readonly startedMonotonicMs: number;
  /** Whose key must not appear in an error text. */
  readonly client: object;
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

export class CallRecorder {
  readonly start: CallStart;
  /** True once the library reads the body itself; until then a raw body may be read by the caller. */
  isParsing = false;
  hasStream = false;
  /** Takes a background response that is not done yet; true where it will be settled later. */
  suspend: ((call: CallRecorder, answer: unknown) => boolean) | undefined;
  readonly #settings: Settings;
  readonly #record: RecordCall;
  readonly #whenSettled: ((failure?: { thrown: unknown }) => void)[] = [];
  #failure: { thrown: unknown } | undefined;
  #isSettled = false;
  /** Read when the call is over: while its first token is waited for, nothing is done that can wait. */
  #response: Response | undefined;
  #isRetried = false;
  #assembler: StreamAssembler | undefined;
  #ttftMs: number | undefined;
  #firstChunkMs: number | undefined;

  constructor(start: CallStart, settings: Settings, record: RecordCall) {
    this.start = start;
    this.#settings = settings;
    this.#record = record;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Runs when the call is over; at once where it already is. */
  onSettled(run: (failure?: { thrown: unknown }) => void): void {
    if (this.#isSettled) run(this.#failure);
    else this.#whenSettled.push(run);
  }

  /** Notes the HTTP answer as soon as its headers are here. */
  noteResponse(props: unknown): void {
    const { response, retryOfRequestLogID } = (props ?? {}) as { response?: Response; retryOfRequestLogID?: unknown };
    if (retryOfRequestLogID !== undefined && retryOfRequestLogID !== null) this.#isRetried = true;
    this.#response = response;
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
    if (this.#isSettled) return;
    const output = this.#read(answer);
    this.#settle(
      { status: 'incomplete', error: undefined, output, latencyMs: undefined },
      { background: 'unfinished' },
    );
  }

  /** The end of a background response, seen by a later poll. */
  finishBackground(answer: unknown): void {
    if (this.#isSettled) return;
    const output = this.#read(answer);
    const latencyMs = providerLatencyMs(answer);
    this.#settle({ status: output.status, error: output.error, output, latencyMs }, { background: true });
  }

  /** The caller took the raw response; `answer` is what he read of it, if we could see it. */
  succeedRaw(answer: unknown, reading: 'json' | 'text' | 'unseen'): void {
    if (this.#isSettled || this.isParsing) return;
    const status = (this.#response?.status ?? 200) >= 400 ? 'error' : 'success';
    const output = reading === 'unseen' || this.start.input.isStream ? undefined : this.#read(parseText(answer));
    this.#settle(
      { status: output && status === 'success' ? output.status : status, error: output?.error, output },
      {
        raw_response: reading,
      },
    );
  }

  fail(thrown: unknown): void {
    if (this.#isSettled) return;
    this.#failure = { thrown };
    const { status, error, errorClass, providerRequestId } = readCallError(
      thrown,
      knownSecrets(this.#settings, this.start.client),
    );
    const output = this.#assembler ? this.#read(this.#assembler.result()) : undefined;
    this.#settle({ status, error, errorClass, output, providerRequestId, httpStatus: error.http_status ?? undefined });
  }

  /** Takes one piece of the stream as it is handed to the caller. */
  addPiece(piece: unknown): void {
    if (this.#isSettled) return;
    this.#assembler ??= createAssembler(this.start.method.kind, this.#settings.limits.fieldBytes);
    const hasContent = this.#assembler.add(piece);
    if (this.#ttftMs !== undefined) return;
    const elapsedMs = monotonicMs() - this.start.startedMonotonicMs;
    this.#firstChunkMs ??= elapsedMs;
    if (hasContent) this.#ttftMs = elapsedMs;
  }

  /** `wasAborted`: the caller aborted it; the library ends such a stream without an error. */
  endStream(by: EndedBy, wasAborted = false): void {
    if (this.#isSettled) return;
    const answer = this.#assembler?.result();
    if (by !== 'abandon' && !this.#assembler?.isComplete && this.#isSuspended(answer)) return;
    const output = answer ? this.#read(answer) : undefined;
    if (this.#assembler?.error !== undefined) {
      this.fail(this.#assembler.error);
      return;
    }
    const isStopped = by !== 'end' || wasAborted;
    const status = this.#assembler?.isComplete ? (output?.status ?? 'success') : isStopped ? 'aborted' : 'incomplete';
    this.#settle({ status, error: output?.error, output, isAbandoned: by === 'abandon' });
  }

  /** Nobody will ever see the end of this call. */
  abandon(): void {
    this.endStream('abandon');
  }

  #read(answer: unknown): CallOutput {
    const { limits, captureOutput, captureEmbeddings } = this.#settings;
    return readOutput(this.start.method.kind, answer, {
      fieldLength: limits.fieldBytes,
      capture: captureOutput,
      captureEmbeddings,
    });
  }

  #settle(
    end: { status: RequestStatus; error: RequestError | undefined; output: CallOutput | undefined } & Partial<CallEnd>,
    notes: Record<string, string | number | boolean> = {},
  ): void {
    this.#isSettled = true;
    if (this.#firstChunkMs !== undefined) notes.time_to_first_chunk_ms = round(this.#firstChunkMs);
    const elapsedMs = round(monotonicMs() - this.start.startedMonotonicMs);
    const { status: httpStatus, headers } = this.#response ?? {};
    this.#record(this.start, {
      errorClass: undefined,
      isAbandoned: false,
      ...end,
      latencyMs: 'latencyMs' in end ? end.latencyMs : elapsedMs,
      ttftMs: this.#ttftMs === undefined ? undefined : round(this.#ttftMs),
      httpStatus: typeof httpStatus === 'number' ? httpStatus : end.httpStatus,
      providerRequestId: headers?.get?.('x-request-id') ?? end.providerRequestId,
      isRetried: this.#isRetried,
      notes,
    });
    this.#assembler = undefined;
    this.#response = undefined;
    this.#tellSettled();
  }

  /** For the caller the call is over; its record waits for the answer. */
  #isSuspended(answer: unknown): boolean {
    if (!this.suspend?.(this, answer)) return false;
    this.#tellSettled();
    return true;
  }

  #tellSettled(): void {
    for (const run of this.#whenSettled.splice(0)) run(this.#failure);
  }
}

/** A body read as text is JSON for most endpoints. */
function parseText(answer: unknown): unknown {
  if (typeof answer !== 'string' || !answer.trimStart().startsWith('{')) return answer;
  try {
    return JSON.parse(answer);
  } catch {
    return answer;
  }
}

/** From the provider's own clock: the time between two polls says nothing about the model. */
function providerLatencyMs(answer: unknown): number | undefined {
  const { created_at: created, completed_at: completed } = (answer ?? {}) as Record<string, unknown>;
  if (typeof created !== 'number' || typeof completed !== 'number' || completed < created) return undefined;
  return (completed - created) * 1_000;
}

function round(ms: number): number {
  return Math.max(0, Math.round(ms * 1_000) / 1_000);
}
