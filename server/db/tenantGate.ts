/**
 * How many large reads of one organization are made at a time: each holds a connection and a part of the event loop, and
 * ten that are asked for at once must not delay the small reads of others. The rest waits in order.
 */
export class TenantGate {
  readonly #limit: number;
  readonly #running = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(options: { readonly limit: number }) {
    this.#limit = options.limit;
  }

  /** Does `work` when it is its turn. */
  async run<Result>(tenant: string, work: () => Promise<Result>): Promise<Result> {
    const running = this.#running.get(tenant) ?? 0;
    if (running < this.#limit) this.#running.set(tenant, running + 1);
    // Work that ends passes its place on, so that the count stays.
    else await new Promise<void>((resolve) => this.#queueOf(tenant).push(resolve));
    try {
      return await work();
    } finally {
      this.#passOn(tenant);
    }
  }

  #queueOf(tenant: string): (() => void)[] {
    const queue = this.#waiting.get(tenant) ?? [];
    this.#waiting.set(tenant, queue);
    return queue;
  }

  #passOn(tenant: string): void {
    const queue = this.#queueOf(tenant);
    const next = queue.shift();
    if (queue.length === 0) this.#waiting.delete(tenant);
    if (next) return next();
    const running = (this.#running.get(tenant) ?? 1) - 1;
    if (running > 0) this.#running.set(tenant, running);
    else this.#running.delete(tenant);
  }
}
