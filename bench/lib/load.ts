/** Load from a process of its own, so that the one that measures does not slow down the one that is measured. */
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { onCleanup } from './cleanup.ts';
import type { Payloads } from './payloads.ts';

/**
 * `logs` as our JSON, or the same calls as spans of OTLP in protobuf: `spans` with the attributes of OpenTelemetry's GenAI
 * conventions, `openinference` with those of OpenInference.
 */
export type LoadForm = 'logs' | 'spans' | 'openinference';

/** What is sent where, and how fast. */
export interface LoadSpec {
  readonly port: number;
  readonly path: string;
  readonly apiKey: string;
  readonly payloads: Payloads;
  /** Default: logs. */
  readonly form?: LoadForm;
  /** More headers of each call. */
  readonly headers?: Readonly<Record<string, string>>;
  /** True: the result has the ids of what was acknowledged, which cost the generator some memory and time. */
  readonly keepsIds?: boolean;
  /** Logs in one call; 1 sends single logs. */
  readonly batchSize: number;
  /**
   * `closed`: each connection sends its next call when the last one was answered, until `calls` or `seconds` are over.
   * `open`: calls come at a fixed rate, whatever the server does; latency counts from the time they were due.
   */
  readonly pace:
    | { readonly kind: 'closed'; readonly connections: number; readonly calls?: number; readonly seconds?: number }
    | { readonly kind: 'open'; readonly perSecond: number; readonly seconds: number; readonly connections: number };
}

/** What was sent, and what became of it. */
export interface LoadResult {
  readonly seconds: number;
  /** Calls that were sent. */
  readonly sent: number;
  readonly sentLogs: number;
  /** Logs in calls that were answered 201, or spans in calls answered 200. */
  readonly ackedLogs: number;
  /** Of `keepsIds`: the ids of those logs, or the trace ids of those spans, each in a trace of its own. */
  readonly ackedIds: readonly string[];
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** 503 answers that carried `Retry-After`. */
  readonly retryAfter: number;
  /** Calls that were sent and never answered. */
  readonly unanswered: number;
  /** Calls of an open loop that found no free connection: within the time that a client waits, or before the end. */
  readonly unsent: number;
  /** Milliseconds of the calls that were stored. */
  readonly latency: LatencySummary;
  /** Milliseconds of those answered 503. */
  readonly refusal: LatencySummary;
  /** Seconds from the start until the last call that failed or took longer than 150 ms. */
  readonly lastTroubleSeconds: number;
  /** CPU seconds of the generator. */
  readonly cpuSeconds: number;
}

/** In milliseconds; NaN where there was no such call. */
export interface LatencySummary {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** The process; the clean-up of the run ends it. */
export class LoadGenerator {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(path.join(import.meta.dirname, 'loadGenerator.ts'), {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    onCleanup(() => void this.#child.kill('SIGKILL'));
  }

  /** Runs one load; one at a time. */
  run(spec: LoadSpec): Promise<LoadResult> {
    return new Promise((resolve, reject) => {
      const onExit = () => reject(new Error('The load generator ended.'));
      this.#child.once('exit', onExit);
      this.#child.once('message', (result) => {
        this.#child.off('exit', onExit);
        resolve(result as LoadResult); // Our own child answers each spec with one.
      });
      this.#child.send(spec);
    });
  }
}
