/**
 * The witness of a fault: workers that post logs, each until it is acknowledged, always with the same id, and that
 * remember what was acknowledged. What they remember is compared with what is stored (audit.ts).
 */
import { createHash } from 'node:crypto';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogInput } from '#shared/request';
import { newId } from '#server/ids';
import { aLogInput } from '#tests/support/factories';

const RETRIED = new Set([408, 429, 500, 502, 503, 504]);
const BATCH_SIZE = 10;
const PAUSE_MS = 20;
const CALL_MS = 20_000;

export interface WorkloadOptions {
  readonly url: string;
  readonly apiKey: string;
  /** Every fourth worker posts batches, the others single logs. */
  readonly workers: number;
  /** See `TestEnvironment`. */
  readonly paceMs?: number;
}

export class Workload {
  /** Content hash by id. A log is sent before it is acknowledged; what is stored must be among what was sent. */
  readonly sent = new Map<string, string>();
  readonly acked = new Map<string, string>();
  /** Answers by status; `network` where none came. */
  readonly answers = new Map<string, number>();
  /** Logs that a retry found stored already. */
  duplicates = 0;
  /** Answers that are wrong whatever the fault was. */
  readonly problems: string[] = [];
  readonly #options: WorkloadOptions;
  readonly #agent = new http.Agent({ keepAlive: true });
  #isStopping = false;
  #isAbandoned = false;
  #workers: Promise<void>[] = [];

  constructor(options: WorkloadOptions) {
    this.#options = options;
  }

  get target(): { url: string; apiKey: string } {
    return this.#options;
  }

  /** For a log that is sent past the workers: it may be stored. */
  recordSent(log: LogInput & { id: string }): void {
    this.sent.set(log.id, hashContent(log));
  }

  /** The same log was acknowledged. */
  recordAcked(log: LogInput & { id: string }): void {
    this.acked.set(log.id, hashContent(log));
  }

  start(): void {
    this.#workers = Array.from({ length: this.#options.workers }, (_, worker) => this.#work(worker));
  }

  /** Resolves when `count` more logs than now are acknowledged. */
  async untilAcked(count: number, withinMs = 30_000): Promise<void> {
    const goal = this.acked.size + count;
    const deadline = performance.now() + withinMs;
    while (this.acked.size < goal) {
      if (performance.now() > deadline) throw new Error(`Only ${this.acked.size} of ${goal} logs were acknowledged.`);
      await sleep(5);
    }
  }

  /** Waits until each worker's last log is acknowledged. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#workers);
    this.#agent.destroy();
  }

  /** Stops without a last attempt: the server is gone for good. */
  abandon(): void {
    this.#isStopping = true;
    this.#isAbandoned = true;
    this.#agent.destroy();
  }

  /** Calls that were not answered 2xx. */
  get failures(): number {
    let failures = 0;
    for (const [answer, count] of this.answers) if (!answer.startsWith('2')) failures += count;
    return failures;
  }

  async #work(worker: number): Promise<void> {
    const size = worker % 4 === 0 ? BATCH_SIZE : 1;
    const { paceMs = 0 } = this.#options;
    for (let turn = 0; !this.#isStopping; turn++) {
      const logs = Array.from({ length: size }, (_, place) => makeLog(`${worker}/${turn}/${place}`));
      for (const log of logs) this.recordSent(log);
      const body = JSON.stringify(size === 1 ? logs[0] : { logs });
      while (!(await this.#post(body, logs)) && !this.#isAbandoned) await sleep(PAUSE_MS);
      if (paceMs > 0) await sleep(paceMs);
    }
  }

  /** True when the logs need not be sent again. */
  async #post(body: string, logs: readonly { id: string }[]): Promise<boolean> {
    const answer = await post(this.#options, body, this.#agent);
    const status = answer === null ? 'network' : String(answer.status);
    this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
    if (answer === null) return false;
    if (answer.status === 200 || answer.status === 201) {
      for (const { id } of logs) this.acked.set(id, this.sent.get(id) ?? '');
      this.duplicates += countDuplicates(answer);
      return true;
    }
    if (answer.status === 503 && answer.retryAfter === null) this.problems.push('a 503 without Retry-After');
    if (answer.status === 503) return false;
    if (this.problems.length < 20) this.problems.push(`an answer ${answer.status}: ${answer.text.slice(0, 200)}`);
    return !RETRIED.has(answer.status);
  }
}

export interface PostAnswer {
  readonly status: number;
  readonly retryAfter: number | null;
  readonly text: string;
}

/** Posts logs; null where no answer came. */
export function post(
  target: { url: string; apiKey: string },
  body: string,
  agent?: http.Agent,
): Promise<PostAnswer | null> {
  return new Promise((resolve) => {
    const headers = {
      authorization: `Bearer ${target.apiKey}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const req = http.request(
      `${target.url}/api/v1/logs`,
      { method: 'POST', agent, headers, timeout: CALL_MS },
      (res) => {
        let text = '';
        res.setEncoding('utf8');
        res.on('data', (chunk: string) => (text += chunk));
        res.on('error', () => resolve(null));
        res.on('close', () => {
          const retryAfter = res.headers['retry-after'];
          const answer = { status: res.statusCode ?? 0, retryAfter: retryAfter ? Number(retryAfter) : null, text };
          resolve(res.complete ? answer : null);
        });
      },
    );
    req.on('error', () => resolve(null));
    req.on('timeout', () => req.destroy());
    req.end(body);
  });
}

/** Is part of the content of each log, so that a proxy can tell a log from any other call. */
export const LOG_MARK = 'a-log-of-the-workload';

/** A log with content of its own, so that a mix-up of two rows shows in their hash. */
export function makeLog(mark: string): LogInput & { id: string } {
  const words = `${LOG_MARK} ${mark} ${newId()} `.repeat(20);
  return {
    ...aLogInput({ messages: [{ role: 'user', content: words }], response_content: words.toUpperCase() }),
    id: newId(),
  };
}

/** The hash of what a caller wrote and must get back. */
export function hashContent(content: Pick<LogInput, 'model' | 'messages' | 'response_content'>): string {
  const { model, messages, response_content } = content;
  return createHash('sha256')
    .update(JSON.stringify([model, messages, response_content]))
    .digest('hex');
}

function countDuplicates({ status, text }: PostAnswer): number {
  if (status === 200) return 1; // One log that was stored before.
  const { duplicate } = JSON.parse(text) as { duplicate?: number }; // A batch counts them.
  return duplicate ?? 0;
}
