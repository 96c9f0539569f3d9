/**
 * Finds connections whose other end is gone though nobody closed them: a firewall that dropped them, a NAT that forgot
 * them, a failover. Such a connection looks like a slow query. So where a query has been silent for a while, a new
 * connection asks Postgres whether the backend is at work on it. If it is not, the query or its answer was lost: the
 * connection is given up, and with it all that are idle, which went the same way.
 */
import { z } from 'zod';
import { BoundedClient } from './boundedClient.ts';

/** Silence after which we ask. */
const SILENT_MS = 3_000;
const TICK_MS = 500;
/** An answer that was on its way while we asked arrives within this time. */
const GRACE_MS = 250;
const PROBE = { connectionTimeoutMillis: 2_000, answerMs: 2_000, application_name: 'promptlab-watch' };

export interface ConnectionWatchOptions {
  readonly url: string;
  readonly onGiveUp: (connections: number) => void;
}

/** What was seen of a connection that is waited for. */
interface Silence {
  readonly query: number;
  readonly bytesRead: number;
  readonly since: number;
}

/** Watches the connections that wait for an answer, and gives up those whose other end is gone. */
export class ConnectionWatch {
  readonly #options: ConnectionWatchOptions;
  readonly #clients = new Set<BoundedClient>();
  readonly #silences = new Map<BoundedClient, Silence>();
  #timer: NodeJS.Timeout | undefined;
  #isAsking = false;

  constructor(options: ConnectionWatchOptions) {
    this.#options = options;
  }

  /** Watches a connection for as long as it lives. */
  add(client: BoundedClient): void {
    this.#clients.add(client);
    client.once('end', () => {
      this.#clients.delete(client);
      this.#silences.delete(client);
      if (this.#clients.size === 0) this.#stop();
    });
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** Ends every connection that is still open, whatever it waits for. */
  giveUpAll(): void {
    for (const client of this.#clients) client.giveUp('The server stops.');
    this.#stop();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    const now = performance.now();
    for (const client of this.#clients) this.#observe(client, now);
    const silent = [...this.#silences].filter(([, { since }]) => now - since >= SILENT_MS).map(([client]) => client);
    if (silent.length === 0 || this.#isAsking) return;
    this.#isAsking = true;
    this.#giveUpLost(silent)
      // No new connection either: the database is away, and the limits of each query end what waits.
      .catch(() => {})
      .finally(() => (this.#isAsking = false));
  }

  #observe(client: BoundedClient, now: number): void {
    const { busySince: query, bytesRead } = client;
    const last = this.#silences.get(client);
    if (query === null || client.backendPid === null) this.#silences.delete(client);
    else if (last?.query !== query) this.#silences.set(client, { query, bytesRead, since: query });
    else if (last.bytesRead !== bytesRead) this.#silences.set(client, { query, bytesRead, since: now });
  }

  async #giveUpLost(silent: readonly BoundedClient[]): Promise<void> {
    const before = new Map(silent.map((client) => [client, this.#silences.get(client)]));
    const working = await this.#findWorkingBackends(silent);
    await new Promise((resolve) => setTimeout(resolve, GRACE_MS).unref());
    const lost = silent.filter((client) => {
      const { busySince, bytesRead, backendPid } = client;
      const last = before.get(client);
      return (
        this.#clients.has(client) &&
        !working.has(backendPid ?? 0) &&
        last?.query === busySince &&
        last?.bytesRead === bytesRead
      );
    });
    // A query that is worked on is asked after again when it has been silent for as long once more.
    for (const client of silent) {
      const last = this.#silences.get(client);
      if (last && working.has(client.backendPid ?? 0))
        this.#silences.set(client, { ...last, since: performance.now() });
    }
    if (lost.length === 0) return;
    const idle = [...this.#clients].filter((client) => client.busySince === null);
    for (const client of [...lost, ...idle])
      client.giveUp('The connection to the database was lost.', { isLost: true });
    this.#options.onGiveUp(lost.length + idle.length);
  }

  /** Which of their backends are at work, as a new connection sees it. */
  async #findWorkingBackends(clients: readonly BoundedClient[]): Promise<ReadonlySet<number>> {
    const probe = new BoundedClient({ connectionString: this.#options.url, ...PROBE });
    try {
      await probe.connect();
      const answer: unknown = await probe.query(
        `SELECT pid FROM pg_catalog.pg_stat_activity
         WHERE pid = ANY ($1::int[]) AND state NOT IN ('idle', 'idle in transaction', 'idle in transaction (aborted)')`,
        [clients.map((client) => client.backendPid)],
      );
      return new Set(WorkingBackends.parse(answer).rows.map((row) => row.pid));
    } finally {
      void probe.end();
    }
  }
}

const WorkingBackends = z.object({ rows: z.array(z.object({ pid: z.number() })) });
