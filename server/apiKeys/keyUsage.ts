/**
 * When each key was last used. Kept in memory and written in groups: an UPDATE per call would make all calls of one key
 * queue on one row lock. A crash loses a few seconds of a hint.
 */
import type { ApiKeyId } from '#shared/primitives';
import type { KeyUse, StoredApiKey } from './repository.ts';

export interface KeyUsageOptions {
  readonly write: (uses: readonly KeyUse[]) => Promise<void>;
  readonly now: () => Date;
  readonly onError: (error: unknown) => void;
  /** Milliseconds between two writes. */
  readonly intervalMs?: number;
}

/** Notes when keys were used, and writes it down now and then. */
export class KeyUsage {
  readonly #options: KeyUsageOptions;
  #pending = new Map<ApiKeyId, KeyUse>();
  /** Being written: still shown to readers until the write has committed. */
  #writing = new Map<ApiKeyId, KeyUse>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: KeyUsageOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => void this.flush(), this.#options.intervalMs ?? 5_000);
    this.#timer.unref();
  }

  record(key: StoredApiKey): void {
    this.#pending.set(key.id, { org_id: key.org_id, id: key.id, last_used_at: this.#options.now() });
  }

  /** The time not yet written; null where the table is up to date. */
  lastUsedAt(id: ApiKeyId): string | null {
    return (this.#pending.get(id) ?? this.#writing.get(id))?.last_used_at.toISOString() ?? null;
  }

  /** Writes what is pending; what cannot be written now is kept for the next turn. */
  async flush(): Promise<void> {
    if (this.#pending.size === 0 || this.#writing.size > 0) return;
    this.#writing = this.#pending;
    this.#pending = new Map();
    try {
      await this.#options.write([...this.#writing.values()]);
    } catch (error) {
      this.#pending = new Map([...this.#writing, ...this.#pending]);
      this.#options.onError(error);
    } finally {
      this.#writing = new Map();
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }
}
