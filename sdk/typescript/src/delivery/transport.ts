/** Sends one body over HTTP and reads the answer. */
import { messageOf } from '../errors.js';
import { withoutTracing } from '../runtime/openTelemetry.js';
import type { LogBatchResult } from '../wire.js';
import { startIdleTimer } from '../runtime/runtime.js';
import { parseRetryAfter } from './retry.js';
import { gzip } from './gzip.js';
import type { RecordKind } from './queue.js';
import { isString } from '../runtime/values.js';

/** The outcome of one upload. */
export type UploadOutcome =
  | { readonly kind: 'answered'; readonly result: LogBatchResult }
  | {
      readonly kind: 'refused';
      readonly httpStatus: number;
      readonly message: string;
      readonly retryAfterMs: number | undefined;
    }
  | { readonly kind: 'unreadable'; readonly httpStatus: number; readonly message: string }
  | { readonly kind: 'unreachable'; readonly message: string };

export interface TransportOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly userAgent: string;
  readonly timeoutMs: number;
  readonly gzipAboveBytes: number;
  readonly fetch: typeof fetch | undefined;
}

interface Post {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly signal: AbortSignal;
}

const PATHS: Readonly<Record<RecordKind, string>> = { log: '/api/v1/logs', span: '/api/v1/spans' };

export class Transport {
  readonly #options: TransportOptions;
  #mayCompress = true;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /** Never rejects. `signal` cuts the upload off when the process ends. */
  async send(kind: RecordKind, body: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<UploadOutcome> {
    const packed = this.#mayCompress && body.length >= this.#options.gzipAboveBytes ? await gzip(body) : undefined;
    const headers: Record<string, string> = {
      authorization: `Bearer ${this.#options.apiKey}`,
      'content-type': 'application/json',
      'x-promptlab-sdk': this.#options.userAgent,
    };
    const plain: Post = { path: PATHS[kind], headers, body, signal };
    if (!packed) return this.#post(plain);
    const outcome = await this.#post({ ...plain, headers: { ...headers, 'content-encoding': 'gzip' }, body: packed });
    if (outcome.kind !== 'refused' || outcome.httpStatus !== 415) return outcome;
    // Also where an upload beside this one was told so before.
    this.#mayCompress = false;
    return this.#post(plain);
  }

  async #post({ path, headers, body, signal }: Post): Promise<UploadOutcome> {
    const { timeoutMs } = this.#options;
    const abort = new AbortController();
    const cut = new Promise<never>((_, reject) => {
      abort.signal.addEventListener('abort', () => reject(abort.signal.reason as Error), { once: true });
    });
    const onAbort = () => abort.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const timer = startIdleTimer(() => abort.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    if (signal.aborted) onAbort();
    const request: RequestInit = { method: 'POST', headers, body, signal: abort.signal, redirect: 'follow' };
    try {
      // The fetch may be the user's, and deaf to the signal.
      return await Promise.race([cut, this.#exchange(path, request)]);
    } catch (thrown) {
      const reason: unknown = abort.signal.aborted ? abort.signal.reason : thrown;
      return { kind: 'unreachable', message: messageOf(reason) };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }

  async #exchange(path: string, request: RequestInit): Promise<UploadOutcome> {
    const send = this.#options.fetch ?? globalThis.fetch;
    const response = await withoutTracing(() => send(`${this.#options.baseUrl}${path}`, request));
    // Read to its end under the same time limit, so that the connection can be used again.
    return readAnswer(response, await response.text());
  }
}

function readAnswer(response: Response, body: string): UploadOutcome {
  const { status: httpStatus } = response;
  const json = parseJson(body);
  if (isBatchResult(json)) return { kind: 'answered', result: json };
  if (httpStatus >= 200 && httpStatus < 300) {
    const message = `answered ${httpStatus}, but not as PromptLab does; is the base URL right?`;
    return { kind: 'unreadable', httpStatus, message };
  }
  const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), Date.now());
  return { kind: 'refused', httpStatus, message: errorMessage(json) ?? `answered ${httpStatus}`, retryAfterMs };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isBatchResult(value: unknown): value is LogBatchResult {
  return typeof value === 'object' && value !== null && Array.isArray((value as { results?: unknown }).results);
}

function errorMessage(value: unknown): string | undefined {
  const error = (value as { error?: { message?: unknown } } | null | undefined)?.error;
  return isString(error?.message) ? error.message.slice(0, 500) : undefined;
}
