/** The process that makes load: a LoadSpec comes in as a message, a LoadResult goes out. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './connection.ts';
import type { LatencySummary, LoadResult, LoadSpec } from './load.ts';
import { percentile } from './numbers.ts';
import { fillTemplate, makeLogs, makeTemplates, type PayloadTemplate } from './payloads.ts';

/** A client that gets no connection for so long has given up. */
const GIVE_UP_MS = 5_000;
const LINGER_MS = 15_000;
const TROUBLE_MS = 150;

const knownTemplates = new Map<string, PayloadTemplate[]>();

process.on('message', (spec: LoadSpec) => {
  void new Load(spec).run().then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));

class Load {
  readonly #spec: LoadSpec;
  readonly #bodies: readonly { template: PayloadTemplate; head: Buffer }[];
  readonly #connections: Connection[] = [];
  readonly #latencies: number[] = [];
  readonly #refusals: number[] = [];
  readonly #statuses: Record<string, number> = {};
  #startedAt = 0;
  #sent = 0;
  #answered = 0;
  #retryAfter = 0;
  #unsent = 0;
  #lastTroubleAt = 0;

  constructor(spec: LoadSpec) {
    this.#spec = spec;
    const key = `${spec.payloads} ${spec.batchSize}`;
    const templates = knownTemplates.get(key) ?? makeTemplates(makeLogs(spec.payloads), spec.batchSize);
    knownTemplates.set(key, templates);
    this.#bodies = templates.map((template) => ({ template, head: headOf(spec, template.bytes.length) }));
  }

  async run(): Promise<LoadResult> {
    const cpuBefore = process.cpuUsage();
    this.#startedAt = performance.now();
    if (this.#spec.pace.kind === 'closed') await this.#runClosed(this.#spec.pace);
    else await this.#runOpen(this.#spec.pace);
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    const { user, system } = process.cpuUsage(cpuBefore);
    for (const connection of this.#connections) connection.close();
    return {
      seconds,
      sent: this.#sent,
      sentLogs: this.#sent * this.#spec.batchSize,
      ackedLogs: (this.#statuses['201'] ?? 0) * this.#spec.batchSize,
      statuses: this.#statuses,
      retryAfter: this.#retryAfter,
      unanswered: this.#sent - this.#answered,
      unsent: this.#unsent,
      latency: summarize(this.#latencies),
      refusal: summarize(this.#refusals),
      lastTroubleSeconds: this.#lastTroubleAt === 0 ? 0 : (this.#lastTroubleAt - this.#startedAt) / 1_000,
      cpuSeconds: (user + system) / 1e6,
    };
  }

  async #runClosed(pace: { connections: number; calls?: number; seconds?: number }): Promise<void> {
    const until = this.#startedAt + (pace.seconds ?? Infinity) * 1_000;
    const calls = pace.calls ?? Infinity;
    const work = async () => {
      const connection = this.#open();
      while (this.#sent < calls && performance.now() < until) await this.#exchange(connection, performance.now());
    };
    await Promise.all(Array.from({ length: pace.connections }, work));
  }

  async #runOpen(pace: { perSecond: number; seconds: number; connections: number }): Promise<void> {
    const total = Math.round(pace.perSecond * pace.seconds);
    const idle: Connection[] = [];
    const waiting: number[] = [];
    let issued = 0;
    let nextWaiting = 0;
    let busy = 0;
    const use = async (connection: Connection, dueAt: number) => {
      busy++;
      await this.#exchange(connection, dueAt);
      busy--;
      const next = takeWaiting();
      if (next === undefined) idle.push(connection);
      else void use(connection, next);
    };
    const takeWaiting = (): number | undefined => {
      for (;;) {
        const dueAt = waiting[nextWaiting];
        if (dueAt === undefined) return undefined;
        nextWaiting++;
        if (performance.now() - dueAt < GIVE_UP_MS) return dueAt;
        this.#unsent++;
        this.#lastTroubleAt = performance.now();
      }
    };
    const issueDue = () => {
      const due = Math.min(total, Math.floor(((performance.now() - this.#startedAt) / 1_000) * pace.perSecond));
      for (; issued < due; issued++) {
        const dueAt = this.#startedAt + (issued * 1_000) / pace.perSecond;
        const connection = idle.pop() ?? (this.#connections.length < pace.connections ? this.#open() : undefined);
        if (connection === undefined) waiting.push(dueAt);
        else void use(connection, dueAt);
      }
    };
    while (issued < total) {
      issueDue();
      await sleep(1);
    }
    // The load is over: what no connection was free for is never sent.
    this.#unsent += waiting.length - nextWaiting;
    waiting.length = nextWaiting;
    const lingerUntil = performance.now() + LINGER_MS;
    while (busy > 0 && performance.now() < lingerUntil) await sleep(5);
  }

  #open(): Connection {
    const connection = new Connection(this.#spec.port);
    this.#connections.push(connection);
    return connection;
  }

  async #exchange(connection: Connection, dueAt: number): Promise<void> {
    const body = this.#bodies[this.#sent % this.#bodies.length];
    if (!body) return;
    this.#sent++;
    try {
      const { status, hasRetryAfter } = await connection.exchange(fillTemplate(body.template, body.head));
      const now = performance.now();
      this.#answered++;
      this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
      if (status === 201) this.#latencies.push(now - dueAt);
      if (status === 503) this.#refusals.push(now - dueAt);
      if (status === 503 && hasRetryAfter) this.#retryAfter++;
      if (status !== 201 || now - dueAt > TROUBLE_MS) this.#lastTroubleAt = now;
    } catch {
      this.#lastTroubleAt = performance.now(); // Counted as unanswered.
      await sleep(20);
    }
  }
}

function headOf(spec: LoadSpec, length: number): Buffer {
  return Buffer.from(
    `POST ${spec.path} HTTP/1.1\r\nHost: localhost:${spec.port}\r\nAuthorization: Bearer ${spec.apiKey}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`,
  );
}

function summarize(values: number[]): LatencySummary {
  const sorted = Float64Array.from(values).sort();
  const [p50, p95, p99, max] = [0.5, 0.95, 0.99, 1].map((share) => percentile(sorted, share)) as [
    number,
    number,
    number,
    number,
  ];
  return { p50, p95, p99, max };
}
