/** One kind of call, made again and again, and what came of it. */
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface SeriesTarget {
  readonly url: string;
  readonly apiKey: string;
}

export interface CallAnswer {
  /** 0 where none came. */
  readonly status: number;
  readonly retryAfter: number | null;
  /** When the call began, by `performance.now()`, and how long its answer took. */
  readonly at: number;
  readonly ms: number;
}

/** One GET; an answer that takes longer than 30 s is none. */
export function get(target: SeriesTarget, path: string, agent?: http.Agent): Promise<CallAnswer> {
  const at = performance.now();
  return new Promise((resolve) => {
    const end = (status: number, retryAfter: string | undefined) =>
      resolve({ status, retryAfter: retryAfter ? Number(retryAfter) : null, at, ms: performance.now() - at });
    const headers = target.apiKey === '' ? {} : { authorization: `Bearer ${target.apiKey}` };
    const req = http.get(`${target.url}${path}`, { agent, headers, timeout: 30_000 }, (res) => {
      res.resume();
      res.on('error', () => end(0, undefined));
      res.on('end', () => end(res.statusCode ?? 0, res.headers['retry-after']));
    });
    req.on('error', () => end(0, undefined));
    req.on('timeout', () => req.destroy());
  });
}

export class CallSeries {
  readonly answers: CallAnswer[] = [];
  readonly #make: () => Promise<CallAnswer>;
  readonly #pauseMs: number;
  #isStopping = false;
  #workers: Promise<void>[] = [];

  constructor(make: () => Promise<CallAnswer>, pauseMs = 50) {
    this.#make = make;
    this.#pauseMs = pauseMs;
  }

  start(workers = 1): this {
    this.#workers = Array.from({ length: workers }, async () => {
      while (!this.#isStopping) {
        this.answers.push(await this.#make());
        await sleep(this.#pauseMs);
      }
    });
    return this;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#workers);
  }

  /** Answers to calls that began after `at`. */
  since(at: number): CallAnswer[] {
    return this.answers.filter((answer) => answer.at >= at);
  }
}

export function isGood({ status }: CallAnswer): boolean {
  return status >= 200 && status < 300;
}

/** The time that 95 of 100 answers took at most. */
export function p95(answers: readonly CallAnswer[]): number {
  const sorted = answers.map(({ ms }) => ms).toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length * 0.95)] ?? Infinity);
}
