/** Background responses: the record of `create` waits until a poll shows how it ended. Bounded; the oldest gives way. */
import { watchUnconsumed } from '../../runtime/unconsumedStreams.js';
import type { CallRecorder } from '../../record/callRecorder.js';
import type { ObservedCall } from '../../record/observedCall.js';
import type { StreamAccumulator } from '../../record/streamAccumulator.js';
import { ResponsesStreamAccumulator } from './streams/responsesStream.js';
import { isObject, isString } from '../../runtime/values.js';

const MAX_WAITING = 1_000;
const OPEN_STATUSES = new Set(['queued', 'in_progress']);

interface Waiting {
  readonly call: CallRecorder;
  readonly answer: unknown;
  readonly watch: { stop(): void };
}

export class BackgroundCalls {
  readonly #waiting = new Map<string, Waiting>();

  /** True where the answer is one that is still being made. */
  suspend(call: CallRecorder, answer: unknown): boolean {
    if (!isObject(answer) || !isString(answer.id) || !OPEN_STATUSES.has(String(answer.status))) return false;
    const { id } = answer;
    const watch = watchUnconsumed(call, () => this.#giveUp(id), Infinity);
    this.#waiting.set(id, { call, answer: { ...answer }, watch });
    if (this.#waiting.size > MAX_WAITING) this.#giveUp(this.#waiting.keys().next().value as string);
    return true;
  }

  /** The observer for a poll of this response, or undefined where no record waits for it. */
  observerOf(id: unknown): ObservedCall | undefined {
    const waiting = isString(id) ? this.#waiting.get(id) : undefined;
    return waiting && new Poll((answer) => this.#finish(id as string, answer));
  }

  giveUpAll(): void {
    for (const id of this.#waiting.keys()) this.#giveUp(id);
  }

  #finish(id: string, answer: unknown): void {
    const waiting = this.#waiting.get(id);
    if (!waiting || !isObject(answer) || OPEN_STATUSES.has(String(answer.status))) return;
    this.#waiting.delete(id);
    waiting.watch.stop();
    waiting.call.finishBackground(answer);
  }

  #giveUp(id: string): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    waiting.watch.stop();
    waiting.call.giveUpBackground(waiting.answer);
  }
}

/** Watches one poll. Its failure says nothing about the response, so only an answer counts. */
class Poll implements ObservedCall {
  isParsing = false;
  hasStream = false;
  isBodyTaken = false;
  readonly isSettled = false;
  readonly #onAnswer: (answer: unknown) => void;
  #accumulator: StreamAccumulator | undefined;

  constructor(onAnswer: (answer: unknown) => void) {
    this.#onAnswer = onAnswer;
  }

  noteResponse(): void {}

  fail(): void {}

  onSettled(): void {}

  succeed(answer: unknown): void {
    this.#onAnswer(answer);
  }

  succeedRaw(answer: unknown, reading: 'json' | 'text' | 'unseen'): void {
    if (reading === 'json') this.#onAnswer(answer);
  }

  addPiece(piece: unknown): void {
    this.#accumulator ??= new ResponsesStreamAccumulator(1_000_000);
    this.#accumulator.add(piece);
    if (this.#accumulator.isComplete) this.#onAnswer(this.#accumulator.result());
  }

  endStream(): void {}

  abandon(): void {}
}
