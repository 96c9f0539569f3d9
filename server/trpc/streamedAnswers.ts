/**
 * The large answers of one HTTP call. tRPC puts its answer together as one text; where a procedure answers with a stream,
 * that text holds a placeholder, and the stream is sent in its place.
 */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { LIMITS } from '#shared/primitives';
import { AppError } from '#server/errors';
import { type AnswerBudget, COUNTED_LENGTH, type Reservation } from '#server/http/answerBudget';
import { sendPieces } from '#server/http/sendPieces';
import type { JsonStream } from '#server/jsonStream';

/** Bytes of all answers of a batch: a batch gets no more than two calls of their own would. */
const BATCH_BYTES = 2 * LIMITS.pageBytes;
/** Answers of together so many bytes are put together before they are sent. */
const WHOLE_BYTES = 1024 * 1024;

interface StreamedAnswer {
  readonly stream: JsonStream;
  readonly reservation: Reservation;
}

/** The streamed answers of one HTTP call; `release` ends them, however the call ended. */
export class StreamedAnswers {
  readonly #budget: AnswerBudget;
  /** By placeholder, which no caller can guess. */
  readonly #answers = new Map<string, StreamedAnswer>();
  readonly #ownerOf: () => string;
  #text: Reservation | null = null;
  #bytes = 0;

  /** @param ownerOf whose share of the budget the call takes, as far as that is known when it is answered. */
  constructor(budget: AnswerBudget, ownerOf: () => string) {
    this.#budget = budget;
    this.#ownerOf = ownerOf;
  }

  /**
   * Reserves the bytes of an answer, and returns its placeholder.
   * @throws {AppError} `overloaded` where there is none; `answer_too_large` where the calls before it in the batch have
   *   taken all that one batch may have.
   */
  readonly add = async <Output>(stream: JsonStream): Promise<Output> => {
    if (this.#answers.size > 0 && this.#bytes + stream.totalBytes > BATCH_BYTES) {
      throw new AppError(
        'answer_too_large',
        `The answers of a batch may hold at most ${BATCH_BYTES / 2 ** 20} MB in all; make this call by itself, or with a smaller \`limit\`.`,
      );
    }
    const reservation = this.#budget.reserve(stream.tenant, stream.windowBytes);
    this.#bytes += stream.totalBytes;
    const placeholder = `stream:${randomUUID()}`;
    this.#answers.set(placeholder, { stream, reservation });
    return placeholder as Output; // What is sent in its place is of that type.
  };

  /**
   * Sends what tRPC answered, with the streams in their places.
   * @throws {AppError} `overloaded` where its text alone is long, there is no room for it, and nothing was changed.
   */
  async send(res: ServerResponse, response: Response): Promise<void> {
    const text = await response.text();
    if (text.length >= COUNTED_LENGTH) {
      const isOfChange = res.req.method === 'POST';
      this.#text = this.#budget[isOfChange ? 'count' : 'reserve'](this.#ownerOf(), text.length);
    }
    const answers = [...this.#answers.values()];
    await sendPieces(res, this.#fill(text), {
      totalBytes: text.length + this.#bytes,
      isWhole:
        this.#bytes <= WHOLE_BYTES || (this.#answers.size === 1 && answers.every(({ stream }) => stream.isWhole)),
      begin() {
        res.statusCode = response.status;
        for (const [name, value] of response.headers) res.setHeader(name, value);
      },
    });
  }

  release(): void {
    for (const { reservation } of this.#answers.values()) reservation.release();
    this.#text?.release();
  }

  async *#fill(text: string): AsyncGenerator<readonly Uint8Array[]> {
    let at = 0;
    let before: Uint8Array[] = [];
    for (const [placeholder, { stream, reservation }] of inOrder(text, this.#answers)) {
      const start = text.indexOf(`"${placeholder}"`);
      before.push(Buffer.from(text.slice(at, start)));
      at = start + placeholder.length + 2;
      for await (const buffers of stream.pieces) {
        yield [...before, ...buffers];
        before = [];
      }
      reservation.release();
    }
    yield [...before, Buffer.from(text.slice(at))];
  }
}

/** Those that are in the text, in the order in which they are there. */
function inOrder(text: string, answers: ReadonlyMap<string, StreamedAnswer>): [string, StreamedAnswer][] {
  const placeOf = (placeholder: string) => text.indexOf(`"${placeholder}"`);
  return [...answers]
    .filter(([placeholder]) => placeOf(placeholder) !== -1)
    .toSorted(([one], [other]) => placeOf(one) - placeOf(other));
}
