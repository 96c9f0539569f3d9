/**
 * A connection to Postgres that can be given up. node-postgres leaves a query that timed out on its socket, where every
 * later query of that connection waits behind it for ever; here the socket goes with the query. All pools use it.
 */
import pg from 'pg';

export interface BoundedClientConfig extends pg.ClientConfig {
  /** The longest that a query may take, in milliseconds; 0 or absent: no limit. */
  readonly answerMs?: number;
}

/** What the queries of a connection that was given up end with. */
export class SilentConnectionError extends Error {
  readonly code = 'SILENT_CONNECTION';
  /** True where a new connection could be made meanwhile: what only reads may be asked again there. */
  readonly isLost: boolean;

  constructor(message: string, isLost: boolean) {
    super(message);
    this.isLost = isLost;
  }
}

/** Closing takes one message; a peer that does not accept it is not waited for. */
const GOODBYE_MS = 2_000;

/** A client of Postgres that knows which backend serves it, and since when it waits for an answer. */
export class BoundedClient extends pg.Client {
  /** The backend that serves this connection. Null where something between us and Postgres hides it. */
  backendPid: number | null = null;
  /** `performance.now()` when the query began that is being answered; null where there is none. */
  busySince: number | null = null;
  readonly #answerMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(config: BoundedClientConfig) {
    super(config);
    this.#answerMs = config.answerMs ?? 0;
    // Without a listener, a connection that breaks would end the process. Its queries are told.
    this.on('error', () => {});
    this.on('drain', () => this.#rest());
    this.once('end', () => this.#rest());
  }

  /** Bytes that have come from Postgres: while the count grows, the peer is alive. */
  get bytesRead(): number {
    const { stream } = this.connection;
    return 'bytesRead' in stream && typeof stream.bytesRead === 'number' ? stream.bytesRead : 0;
  }

  // All the forms that node-postgres takes: text, a config object, a Submittable, each with or without a callback.
  // oxlint-disable-next-line typescript/no-explicit-any
  override query(...parameters: any[]): any {
    this.busySince = performance.now();
    if (this.#timer) this.#timer.refresh();
    else if (this.#answerMs > 0) this.#timer = setTimeout(() => this.#giveUpQuery(), this.#answerMs);
    return super.query(...(parameters as [string])); // One form stands for all.
  }

  // oxlint-disable-next-line typescript/no-explicit-any
  override end(...parameters: any[]): any {
    const timer = setTimeout(() => this.connection.stream.destroy(), GOODBYE_MS);
    timer.unref();
    this.once('end', () => clearTimeout(timer));
    return super.end(...(parameters as []));
  }

  /** Destroys the socket; what waits for an answer fails with `reason`. */
  giveUp(reason: string, { isLost = false }: { isLost?: boolean } = {}): void {
    this.connection.stream.destroy(new SilentConnectionError(reason, isLost));
  }

  #giveUpQuery(): void {
    this.giveUp(`The database did not answer within ${this.#answerMs} ms.`);
  }

  #rest(): void {
    this.busySince = null;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
