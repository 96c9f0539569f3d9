/**
 * Group commit. Rows wait in a bounded queue; a writer that is free takes what is there, writes it as one statement
 * and settles its rows when that has committed. There is no timer: a lone row waits for nothing, and under load the
 * batches form by themselves while the disk is busy. It knows nothing of HTTP, of requests or of Postgres.
 */
import { AppError } from '#server/errors';
import { StoringRate, workOf } from './storingRate.ts';

export interface QueuedRow {
  /** Whose row: each tenant gets its turn. */
  readonly tenant: string;
  /** Unique among all rows that must not be written twice. */
  readonly key: string;
  readonly bytes: number;
}

/**
 * `conflict`: a duplicate whose values differ from those stored. `unseen`: a duplicate of what another server stored at the
 * same moment, so that it is not known whether they differ.
 */
export type Verdict = 'created' | 'duplicate' | 'conflict' | 'unseen' | 'rejected';
/** The verdict on a row that was there already. */
export type KnownVerdict = Exclude<Verdict, 'created' | 'rejected'>;

export interface BatchWriterOptions<Row extends QueuedRow> {
  /**
   * Writes rows in one transaction and answers, once that has committed, the rows that were there already, by key.
   */
  readonly insert: (rows: readonly Row[]) => Promise<ReadonlyMap<string, KnownVerdict>>;
  /** Tells whose fault a failed insert is: a row's, a passing conflict's, or nobody's here. */
  readonly classify: (error: unknown) => 'row' | 'conflict' | 'unavailable';
  readonly writers?: number;
  /** Bounds of one statement. */
  readonly batchRows?: number;
  readonly batchBytes?: number;
  /** Rows above it are written apart, by one writer at a time: small rows neither wait with them nor behind them. */
  readonly largeRowBytes?: number;
  /** Bounds of what waits. */
  readonly queueRows: number;
  readonly queueBytes: number;
  /** Longest wait in the queue, in milliseconds; a row already being written is waited for. */
  readonly waitMs?: number;
  /** What would wait for longer at the present rate is refused at once, in milliseconds. */
  readonly expectedWaitMs?: number;
  /** Milliseconds of a clock that never jumps. */
  readonly now?: () => number;
  /** Told of each row that Postgres refused: its key and the error, never its content. */
  readonly onPoison?: (key: string, error: unknown) => void;
}

export interface BatchWriterStats {
  readonly queued_rows: number;
  readonly queued_bytes: number;
  readonly in_flight_rows: number;
  readonly oldest_wait_ms: number;
  readonly flushes: number;
  readonly created: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly shed: number;
}

/** The rows of one call to `add`: settled together, when the last of them has its verdict. */
interface Ticket {
  readonly verdicts: Verdict[];
  readonly enqueuedAt: number;
  waiting: number;
  failure: unknown;
  readonly resolve: (verdicts: Verdict[]) => void;
  readonly reject: (error: unknown) => void;
}

interface Entry<Row> {
  readonly row: Row;
  readonly ticket: Ticket;
  readonly index: number;
}

/** The message of a refusal where no more can be stored now. */
export const STORING_MOST = 'The server is storing as fast as it can; send this again in a moment.';

const CONFLICT_RETRIES = 3;

const COUNTED_AS = {
  created: 'created',
  duplicate: 'duplicates',
  conflict: 'duplicates',
  unseen: 'duplicates',
  rejected: 'rejected',
} as const satisfies Record<Verdict, keyof BatchWriterStats>;

/** Takes rows of all organizations in, and stores them in batches; an acknowledgement waits for the commit. */
export class BatchWriter<Row extends QueuedRow> {
  readonly #options: Required<Omit<BatchWriterOptions<Row>, 'onPoison'>> & Pick<BatchWriterOptions<Row>, 'onPoison'>;
  /** First in, first out for each tenant; tenants take turns in the order of this map. */
  readonly #queues = new Map<string, Entry<Row>[]>();
  #freeWriters: number;
  /** Keys that are being written. A second row of that key waits until the first has settled: the first write wins. */
  readonly #inFlightKeys = new Set<string>();
  readonly #rate = new StoringRate();
  #queuedRows = 0;
  #queuedBytes = 0;
  #inFlightRows = 0;
  #isLargeInFlight = false;
  #isPumpScheduled = false;
  #sweep: NodeJS.Timeout | undefined;
  #idleWaiters: (() => void)[] = [];
  readonly #counts = { flushes: 0, created: 0, duplicates: 0, rejected: 0, shed: 0 };

  constructor(options: BatchWriterOptions<Row>) {
    this.#options = {
      writers: 2,
      batchRows: 500,
      batchBytes: 4 * 1024 * 1024,
      largeRowBytes: 128 * 1024,
      waitMs: 5_000,
      expectedWaitMs: 2_000,
      now: () => performance.now(),
      ...options,
    };
    this.#freeWriters = this.#options.writers;
  }

  /**
   * Queues rows of one tenant. Resolves with a verdict for each, in order, when all of them are settled.
   * @throws {AppError} `overloaded` at once where they do not fit; `overloaded` or the database's error later.
   */
  async add(rows: readonly Row[]): Promise<Verdict[]> {
    if (rows.length === 0) return [];
    const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
    const tenant = rows[0]?.tenant ?? '';
    this.#admit(tenant, rows.length, bytes);
    return new Promise<Verdict[]>((resolve, reject) => {
      const ticket: Ticket = {
        verdicts: Array.from({ length: rows.length }, () => 'rejected' as const),
        enqueuedAt: this.#options.now(),
        waiting: rows.length,
        failure: null,
        resolve,
        reject,
      };
      const queue = this.#queues.get(tenant) ?? [];
      this.#queues.set(tenant, queue);
      rows.forEach((row, index) => queue.push({ row, ticket, index }));
      this.#queuedRows += rows.length;
      this.#queuedBytes += bytes;
      this.#schedulePump();
      this.#startSweep();
    });
  }

  /** False where even a single row of the tenant would be refused now: to be asked before the work on a call begins. */
  hasRoom(tenant: string): boolean {
    return this.#hasRoom(tenant, 1, 0);
  }

  /** Resolves when nothing waits and nothing is being written. */
  async drain(): Promise<void> {
    if (this.#isIdle()) return;
    await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  stats(): BatchWriterStats {
    const oldest = Math.min(...[...this.#queues.values()].map((queue) => queue[0]?.ticket.enqueuedAt ?? Infinity));
    return {
      queued_rows: this.#queuedRows,
      queued_bytes: this.#queuedBytes,
      in_flight_rows: this.#inFlightRows,
      oldest_wait_ms: Number.isFinite(oldest) ? this.#options.now() - oldest : 0,
      ...this.#counts,
    };
  }

  /** Refuses at once what does not fit, so that memory never grows with the backlog. */
  #admit(tenant: string, rows: number, bytes: number): void {
    if (this.#hasRoom(tenant, rows, bytes)) return;
    this.#counts.shed += rows;
    throw new AppError('overloaded', STORING_MOST);
  }

  #hasRoom(tenant: string, rows: number, bytes: number): boolean {
    const { queueRows, queueBytes } = this.#options;
    const own = this.#queues.get(tenant)?.length ?? 0;
    // The last quarter is for those who have nothing waiting: one tenant alone cannot shut the others out.
    const open = own > 0 ? 0.75 : 1;
    const isFull = this.#queuedRows + rows > queueRows * open || this.#queuedBytes + bytes > queueBytes * open;
    if (isFull && this.#queuedRows > 0) return false;
    // A call of a tenant that has nothing waiting is always taken: it gets its turn with the others, however long that takes.
    if (own === 0) return true;
    // While others wait, nobody may hold more than a quarter of the queue.
    const othersWait = this.#queuedRows > own;
    if (othersWait && own + rows > queueRows / 4) return false;
    // The first of them is asked about: a large batch waits no longer for its turn than a single row does.
    return this.#expectedWaitMs(tenant, own + 1) <= this.#options.expectedWaitMs;
  }

  /**
   * Milliseconds until the row of a tenant that has `place - 1` others before it would be taken; 0 where that is not known.
   * Tenants take turns: of each other one as many rows come first, where it has them.
   */
  #expectedWaitMs(tenant: string, place: number): number {
    let before = place;
    for (const [other, queue] of this.#queues) if (other !== tenant) before += Math.min(queue.length, place);
    const { batchRows, batchBytes, now } = this.#options;
    const bytes = before * (this.#queuedBytes / this.#queuedRows);
    const backlog = { work: workOf(before, bytes), statements: Math.max(before / batchRows, bytes / batchBytes) };
    return this.#rate.waitMs(backlog, now()) ?? 0;
  }

  /** At the end of this turn of the event loop, so that calls that arrived together are written together. */
  #schedulePump(): void {
    if (this.#isPumpScheduled) return;
    this.#isPumpScheduled = true;
    setImmediate(() => {
      this.#isPumpScheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#queuedRows > 0) {
      const batch = this.#freeWriters > 0 ? this.#take() : [];
      if (batch.length === 0) {
        // All writers are at work, or all that waits is of keys that are being written, or large as one that is; the end of
        // that comes back here.
        this.#rate.begin(this.#options.now());
        return;
      }
      const isLarge = this.#isLarge(batch[0]);
      if (isLarge) this.#isLargeInFlight = true;
      this.#freeWriters--;
      this.#inFlightRows += batch.length;
      void this.#write(batch).finally(() => {
        for (const entry of batch) this.#inFlightKeys.delete(entry.row.key);
        this.#inFlightRows -= batch.length;
        if (isLarge) this.#isLargeInFlight = false;
        this.#freeWriters++;
        if (this.#queuedRows > 0) this.#pump();
        else if (this.#isIdle()) this.#becomeIdle();
      });
    }
  }

  /** A fair batch: one row of each tenant in turn. A key that is already being written waits for a later batch. */
  #take(): Entry<Row>[] {
    const batch: Entry<Row>[] = [];
    const again: Entry<Row>[] = [];
    let bytes = 0;
    const queues = [...this.#queues.entries()];
    const heads = queues.map(() => 0);
    let isMore = true;
    fill: while (isMore) {
      isMore = false;
      for (let turn = 0; turn < queues.length; turn++) {
        const entry = queues[turn]?.[1][heads[turn] ?? 0];
        if (!entry) continue;
        const isLarge = this.#isLarge(entry);
        if (batch.length > 0 ? isLarge !== this.#isLarge(batch[0]) : isLarge && this.#isLargeInFlight) continue;
        isMore = true;
        if (batch.length >= this.#options.batchRows) break fill;
        if (batch.length > 0 && bytes + entry.row.bytes > this.#options.batchBytes) break fill;
        heads[turn] = (heads[turn] ?? 0) + 1;
        if (this.#inFlightKeys.has(entry.row.key)) {
          again.push(entry);
          continue;
        }
        this.#inFlightKeys.add(entry.row.key);
        bytes += entry.row.bytes;
        batch.push(entry);
      }
    }
    queues.forEach(([tenant, queue], turn) => {
      queue.splice(0, heads[turn]);
      queue.unshift(...again.filter((entry) => entry.row.tenant === tenant));
      if (queue.length === 0) this.#queues.delete(tenant);
    });
    // The tenant that was served first goes to the end.
    const first = queues[0];
    if (first && first[1].length > 0) {
      this.#queues.delete(first[0]);
      this.#queues.set(first[0], first[1]);
    }
    this.#removeFromQueue(batch.length, bytes);
    return batch;
  }

  #removeFromQueue(rows: number, bytes: number): void {
    this.#queuedRows -= rows;
    this.#queuedBytes -= bytes;
    if (this.#queuedRows === 0) this.#rate.end();
  }

  #isLarge(entry: Entry<Row> | undefined): boolean {
    return (entry?.row.bytes ?? 0) > this.#options.largeRowBytes;
  }

  /** Writes a batch; a row that cannot be stored is found by halving, and fails alone. */
  async #write(batch: readonly Entry<Row>[]): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      this.#counts.flushes++;
      try {
        const known = await this.#options.insert(batch.map((entry) => entry.row));
        this.#rate.add(workOf(batch.length, sumBytes(batch)), this.#options.now());
        for (const entry of batch) this.#settle(entry, known.get(entry.row.key) ?? 'created');
        return;
      } catch (error) {
        const fault = this.#options.classify(error);
        if (fault === 'conflict' && attempt < CONFLICT_RETRIES) continue;
        if (fault !== 'row') {
          for (const entry of batch) this.#fail(entry, error);
          return;
        }
        const [only] = batch;
        if (batch.length === 1 && only) {
          this.#options.onPoison?.(only.row.key, error);
          this.#settle(only, 'rejected');
          return;
        }
        const middle = batch.length >> 1;
        await this.#write(batch.slice(0, middle));
        await this.#write(batch.slice(middle));
        return;
      }
    }
  }

  #settle(entry: Entry<Row>, verdict: Verdict): void {
    entry.ticket.verdicts[entry.index] = verdict;
    this.#counts[COUNTED_AS[verdict]]++;
    this.#close(entry.ticket);
  }

  #fail(entry: Entry<Row>, error: unknown): void {
    entry.ticket.failure ??= error;
    this.#close(entry.ticket);
  }

  #close(ticket: Ticket): void {
    ticket.waiting--;
    if (ticket.waiting > 0) return;
    if (ticket.failure === null) ticket.resolve(ticket.verdicts);
    else ticket.reject(ticket.failure);
  }

  /** Rows that waited too long are taken out and refused: their callers get an answer while it is still of use. */
  #startSweep(): void {
    if (this.#sweep) return;
    this.#sweep = setInterval(() => {
      const limit = this.#options.now() - this.#options.waitMs;
      for (const [tenant, queue] of this.#queues) {
        const expired = queue.filter((entry) => entry.ticket.enqueuedAt <= limit);
        if (expired.length === 0) continue;
        const rest = queue.filter((entry) => entry.ticket.enqueuedAt > limit);
        if (rest.length === 0) this.#queues.delete(tenant);
        else this.#queues.set(tenant, rest);
        this.#removeFromQueue(expired.length, sumBytes(expired));
        this.#counts.shed += expired.length;
        const error = new AppError('overloaded', 'The log waited too long to be stored; send it again in a moment.');
        for (const entry of expired) this.#fail(entry, error);
      }
      if (this.#isIdle()) this.#becomeIdle();
    }, 250);
    this.#sweep.unref();
  }

  #isIdle(): boolean {
    return this.#queuedRows === 0 && this.#inFlightRows === 0;
  }

  #becomeIdle(): void {
    clearInterval(this.#sweep);
    this.#sweep = undefined;
    for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }
}

function sumBytes(entries: readonly Entry<QueuedRow>[]): number {
  return entries.reduce((sum, { row }) => sum + row.bytes, 0);
}
