import type { IncomingMessage } from 'node:http';
import type { AppError } from '#server/errors';
import type { Logger } from '#server/log';
import type { ClientAddress } from './clientAddress.ts';

/** An outage of the database refuses hundreds of calls a second: they share a line a second. */
const SHARED_MS = 1_000;
/** The most ids in one line: as many as somebody reads. */
const MOST_IDS = 20;

export interface FailedCall {
  readonly request_id: string;
  readonly req: IncomingMessage;
  /** The procedure, for a call to tRPC. */
  readonly path?: string | undefined;
}

/** Writes every answer of 500 and above to the log, with its request id and who asked, whichever API it came by. */
export class FailureLog {
  readonly #log: Logger;
  readonly #addressOf: ClientAddress;
  #refused = 0;
  #refusedIds: string[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(log: Logger, addressOf: ClientAddress) {
    this.#log = log;
    this.#addressOf = addressOf;
  }

  /** `error` is what was thrown; `failure` is what the caller is told. */
  add(call: FailedCall, failure: AppError, error: unknown): void {
    if (failure.status < 500 || !failure.isLogged) return;
    if (failure.status === 503) this.#addRefusal(call, failure);
    else this.#log.error({ ...this.#describe(call), code: failure.code, err: error }, 'request failed');
  }

  /** The first is written at once with its cause; those of the second that follows as their number, with the first ids. */
  #addRefusal(call: FailedCall, failure: AppError): void {
    if (this.#timer === null) {
      this.#log.warn({ ...this.#describe(call), code: failure.code, err: failure.cause }, 'request refused');
      this.#timer = setTimeout(() => this.#writeRefusals(), SHARED_MS).unref();
      return;
    }
    this.#refused++;
    if (this.#refusedIds.length < MOST_IDS) this.#refusedIds.push(call.request_id);
  }

  #describe({ req, ...call }: FailedCall): object {
    return { ...call, method: req.method ?? '', address: this.#addressOf(req) };
  }

  #writeRefusals(): void {
    this.#timer = null;
    if (this.#refused === 0) return;
    const request_ids = this.#refusedIds;
    this.#log.warn(
      { refused: this.#refused, request_ids, more: this.#refused - request_ids.length },
      'requests refused',
    );
    this.#refused = 0;
    this.#refusedIds = [];
  }
}
