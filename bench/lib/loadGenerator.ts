/** The process that makes load: a LoadSpec comes in as a message, a LoadResult goes out. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './connection.ts';
import type { LatencySummary, LoadResult, LoadSpec } from './load.ts';
import { percentile } from './numbers.ts';
import { fillSpanTemplate, makeSpanTemplates, readTraceIds } from '../otlp/spanPayloads.ts';
import { fillTemplate, makeDemoLogs, makeLogs, makeTemplates, readIds } from './payloads.ts';

/** A client that gets no connection for so long has given up. */
const GIVE_UP_MS = 5_000;
const LINGER_MS = 15_000;
const TROUBLE_MS = 150;

/** A body that is sent again and again, with ids and times of its own each time. */
interface Body {
  readonly length: number;
  /** A copy of it behind the head of a call. */
  readonly fill: (head: Buffer) => Buffer;
  /** The ids of a filled one. */
  readonly idsOf: (message: Buffer, head: Buffer) => string[];
}

const knownBodies = new Map<string, Body[]>();

process.on('message', (spec: LoadSpec) => {
  void new Load(spec).run().then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));

class Load {
  readonly #spec: LoadSpec;
  readonly #bodies: readonly { body: Body; head: Buffer }[];
  /** What a call is answered that was stored. */
  readonly #storedStatus: number;
  readonly #connections: Connection[] = [];
  readonly #latencies: number[] = [];
  readonly #refusals: number[] = [];
  readonly #ackedIds: string[] = [];
  readonly #statuses: Record<string, number> = {};
  #startedAt = 0;
  #sent = 0;
  #answered = 0;
  #retryAfter = 0;
  #unsent = 0;
  #lastTroubleAt = 0;

  constructor(spec: LoadSpec) {
    this.#spec = spec;
    const key = `${spec.form ?? 'logs'} ${spec.payloads} ${spec.batchSize}`;
    const bodies = knownBodies.get(key) ?? makeBodies(spec);
    knownBodies.set(key, bodies);
    this.#bodies = bodies.map((body) => ({ body, head: headOf(spec, body.length) }));
    this.#storedStatus = hasSpans(spec) ? 200 : 201;
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
      ackedLogs: (this.#statuses[this.#storedStatus] ?? 0) * this.#spec.batchSize,
      ackedIds: this.#ackedIds,
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
    const next = this.#bodies[this.#sent % this.#bodies.length];
    if (!next) return;
    this.#sent++;
    try {
      const message = next.body.fill(next.head);
      const { status, hasRetryAfter } = await connection.exchange(message);
      const now = performance.now();
      this.#answered++;
      this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
      if (status === this.#storedStatus) {
        this.#latencies.push(now - dueAt);
        if (this.#spec.keepsIds) this.#ackedIds.push(...next.body.idsOf(message, next.head));
      }
      if (status === 503) this.#refusals.push(now - dueAt);
      if (status === 503 && hasRetryAfter) this.#retryAfter++;
      if (status !== this.#storedStatus || now - dueAt > TROUBLE_MS) this.#lastTroubleAt = now;
    } catch {
      this.#lastTroubleAt = performance.now(); // Counted as unanswered.
      await sleep(20);
    }
  }
}

function hasSpans({ form = 'logs' }: LoadSpec): boolean {
  return form !== 'logs';
}

function makeBodies({ form = 'logs', payloads, batchSize }: LoadSpec): Body[] {
  if (form !== 'logs') {
    return makeSpanTemplates(makeDemoLogs(payloads), { batchSize, conventions: form }).map((template) => ({
      length: template.bytes.length,
      fill: (head) => fillSpanTemplate(template, head),
      idsOf: (message, head) => readTraceIds(template, message.subarray(head.length)),
    }));
  }
  return makeTemplates(makeLogs(payloads), batchSize).map((template) => ({
    length: template.bytes.length,
    fill: (head) => fillTemplate(template, head),
    idsOf: (message, head) => readIds(template, message.subarray(head.length)),
  }));
}

function headOf(spec: LoadSpec, length: number): Buffer {
  const headers = {
    Host: `localhost:${spec.port}`,
    Authorization: `Bearer ${spec.apiKey}`,
    'Content-Type': hasSpans(spec) ? 'application/x-protobuf' : 'application/json',
    'Content-Length': length,
    ...spec.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${spec.path} HTTP/1.1\r\n${lines.join('')}\r\n`);
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
