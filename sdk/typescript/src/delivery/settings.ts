import type { PromptLabError } from '../errors.js';
import type { LogInput, SpanInput } from '../wire.js';

/** The options that decide when and how records are sent. */
export interface DeliverySettings {
  readonly apiKey: string | undefined;
  readonly baseUrl: string;
  readonly limits: { readonly recordBytes: number; readonly queueRecords: number; readonly queueBytes: number };
  readonly batch: { readonly maxRecords: number; readonly maxBytes: number; readonly intervalMs: number };
  readonly request: {
    readonly timeoutMs: number;
    readonly maxAttempts: number;
    readonly gzipAboveBytes: number;
    readonly fetch: typeof fetch | undefined;
  };
  readonly flushOnExit: boolean;
  readonly exitTimeoutMs: number;
  readonly flushOnSignal: boolean;
  readonly waitUntil: ((work: Promise<unknown>) => void) | undefined;
  readonly onError: ((error: PromptLabError) => void) | undefined;
  readonly debug: boolean;
}

/** Changes a record before it is sent; null drops it. Never rejects. */
export type PrepareRecord = (record: LogInput | SpanInput) => Promise<LogInput | SpanInput | null>;
